//! Names of pipelines within an engine, and of stages within a pipeline.

use neurite_config::InstanceSpec;
use neurite_core::JobIdentity;
use serde::{Deserialize, Serialize, Serializer};

/// Names a pipeline within an engine.
///
/// Written as the pipeline's name, or as `job:SENDER/ID/SHARD`; names of pipelines have no colon.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PipelineKey {
    /// A pipeline that somebody asked the engine for, by its document's name.
    Named(String),
    /// A shard of a job; many may run the same document.
    Job {
        /// The account that submitted the job.
        sender: String,
        /// The sender's count at submission.
        id: u32,
        /// The shard's index.
        shard: u16,
    },
}

impl PipelineKey {
    /// Returns the key of a shard.
    pub fn of_job(job: &JobIdentity) -> Self {
        Self::Job { sender: job.sender.clone(), id: job.id, shard: job.shard.index() }
    }
}

impl std::fmt::Display for PipelineKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Named(name) => formatter.write_str(name),
            Self::Job { sender, id, shard } => write!(formatter, "job:{sender}/{id}/{shard}"),
        }
    }
}

impl Serialize for PipelineKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Names a business instance within a pipeline; written as `SIGNATURE/INSTANCE_ID`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StageName {
    /// The business plugin.
    pub signature: String,
    /// The instance.
    pub instance: String,
}

impl StageName {
    /// Returns the name of an instance of a document.
    pub fn of(spec: &InstanceSpec) -> Self {
        Self { signature: spec.plugin.signature.clone(), instance: spec.id.clone() }
    }
}

impl std::fmt::Display for StageName {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}/{}", self.signature, self.instance)
    }
}
