//! What can be seen of a pipeline.

use crate::{PipelineKey, StageName, StageState, StageStatus};
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

/// What can be seen of a target of payloads. Counts begin with the engine.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct TargetStatus {
    /// Its name within the pipeline: the plugin and a hash of its parameters.
    pub name: String,
    /// The communication plugin.
    pub signature: String,
    /// Payloads that were handed over.
    pub sent: u64,
    /// Payloads that were dropped: refused by the target, or without room in a queue.
    pub dropped: u64,
    /// Attempts that the target did not answer.
    pub retries: u64,
    /// Payloads that wait on disk until it answers.
    pub waiting: u64,
    /// Their bytes.
    pub waiting_bytes: u64,
}

impl TargetStatus {
    /// Makes the status of a target that is about to begin.
    pub(crate) fn new(name: String, signature: String) -> Self {
        Self { name, signature, ..Self::default() }
    }
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
    /// Rows of the shard that all business instances have processed; failed ones do not count.
    pub done: u64,
    /// Rows of the shard; `None` before it is opened, or for a source without an end.
    pub total: Option<u64>,
    /// Rows of a live source that were dropped inside it since it was last opened, because they were not taken in time.
    pub source_dropped: u64,
    /// The business instances.
    pub stages: Vec<StageStatus>,
    /// Where payloads go.
    pub targets: Vec<TargetStatus>,
    /// Payloads that were handed over since the engine started; one that goes to two targets counts twice.
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

    /// Changes what can be seen of a stage, and with it how far the pipeline is.
    pub(crate) fn update_stage(&mut self, name: &StageName, change: impl FnOnce(&mut StageStatus)) {
        if let Some(status) = self.stages.iter_mut().find(|status| status.name == *name) {
            change(status);
        }
        let counts = |status: &&StageStatus| !matches!(status.state, StageState::Failed { .. });
        if let Some(done) = self.stages.iter().filter(counts).map(|status| status.done).min() {
            self.done = done;
        }
    }

    /// Shows a target.
    pub(crate) fn add_target(&mut self, target: TargetStatus) {
        self.targets.push(target);
    }

    /// Changes what can be seen of a target, and with it of all payloads. One that is no longer shown still counts.
    pub(crate) fn update_target(&mut self, name: &str, change: impl FnOnce(&mut TargetStatus)) {
        let mut hidden = TargetStatus::default();
        let target = self.targets.iter_mut().find(|target| target.name == name).unwrap_or(&mut hidden);
        let (sent, dropped) = (target.sent, target.dropped);
        change(target);
        self.payloads_sent += target.sent - sent;
        self.payloads_dropped += target.dropped - dropped;
    }

    /// Shows a target no more, whose last payloads were dropped.
    pub(crate) fn remove_target(&mut self, name: &str, dropped: u64) {
        self.payloads_dropped += dropped;
        self.targets.retain(|target| target.name != name);
    }
}
