//! What can be seen of a pipeline.

use crate::PipelineKey;
use neurite_core::{FailureClass, JobIdentity, PluginError};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

/// The blake3 hash of the canonical JSON of a result, as the chain holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Commitment(pub [u8; 32]);

impl std::fmt::Display for Commitment {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&hex::encode(self.0))
    }
}

impl Serialize for Commitment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Commitment {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut hash = [0; 32];
        hex::decode_to_slice(&text, &mut hash).map_err(serde::de::Error::custom)?;
        Ok(Self(hash))
    }
}

/// Why a pipeline failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Failure {
    /// Whose fault it is.
    pub class: FailureClass,
    /// What happened.
    pub reason: String,
}

impl From<PluginError> for Failure {
    fn from(error: PluginError) -> Self {
        Self { class: error.class(), reason: error.to_string() }
    }
}

/// Where a pipeline stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum PipelineState {
    /// Plugins are being opened and the last checkpoint restored.
    Starting,
    /// Works.
    Running,
    /// Drained; goes on from its checkpoint when the engine starts again.
    Resting,
    /// Every stage is finished.
    Complete {
        /// The result: that of the only business instance that has one, or of several by `SIGNATURE/INSTANCE_ID`.
        result: Value,
        /// What stands for it on chain.
        commitment: Commitment,
    },
    /// Ended by a failure.
    Failed {
        /// Why.
        failure: Failure,
    },
}

impl PipelineState {
    /// Tells whether nothing more will happen, in this run of the engine or a later one.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Complete { .. } | Self::Failed { .. })
    }
}

/// How far one business instance is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StageStatus {
    /// The business plugin.
    pub signature: String,
    /// The instance.
    pub instance: String,
    /// Rows of the shard that it has processed.
    pub done: u64,
}

/// What can be seen of a pipeline.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PipelineStatus {
    /// Its name within the engine.
    pub key: PipelineKey,
    /// Its document's name.
    pub name: String,
    /// Who started it.
    pub owner: String,
    /// blake3 hash of its document, in hexadecimal digits.
    pub document: String,
    /// The job that it is part of.
    pub job: Option<JobIdentity>,
    /// Where it stands.
    #[serde(flatten)]
    pub state: PipelineState,
    /// Rows of the shard that all business instances have processed.
    pub done: u64,
    /// Rows of the shard; `None` before it is opened, or for a source without an end.
    pub total: Option<u64>,
    /// The business instances.
    pub stages: Vec<StageStatus>,
    /// Payloads that were handed over since the engine started.
    pub payloads_sent: u64,
    /// Payloads that were dropped since the engine started.
    pub payloads_dropped: u64,
    /// Calls that were made again after a transient failure since the engine started.
    pub retries: u64,
    /// Unix time in milliseconds at which the pipeline was accepted.
    pub accepted_at: u64,
}

impl PipelineStatus {
    /// Returns the step of the job that is done: `floor(done / total * steps)`, the last one only when complete; 0 without a job.
    pub fn step(&self) -> u32 {
        let steps = self.job.as_ref().map_or(0, |job| job.steps);
        if matches!(self.state, PipelineState::Complete { .. }) {
            return steps;
        }
        let scaled = u128::from(self.done) * u128::from(steps);
        let step = scaled.checked_div(u128::from(self.total.unwrap_or(0))).unwrap_or(0);
        u32::try_from(step).unwrap_or(u32::MAX).min(steps.saturating_sub(1))
    }

    /// Sets how far a stage is, and with it the pipeline.
    pub(crate) fn advance(&mut self, stage: usize, done: u64) {
        if let Some(status) = self.stages.get_mut(stage) {
            status.done = done;
        }
        self.done = self.stages.iter().map(|status| status.done).min().unwrap_or(0);
    }
}
