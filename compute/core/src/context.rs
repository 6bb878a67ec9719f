//! What a plugin instance is told about where it runs.

use crate::{ConfinedFolder, PluginError, Services};
use serde::{Deserialize, Serialize};
use std::{ops::Range, path::PathBuf};

/// The part of the input that one worker takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    index: u16,
    count: u16,
}

impl Shard {
    /// The only shard of an input that is not divided.
    pub const WHOLE: Self = Self { index: 0, count: 1 };

    /// Makes shard `index` of `count`; `None` unless `index < count`.
    pub fn new(index: u16, count: u16) -> Option<Self> {
        (index < count).then_some(Self { index, count })
    }

    /// Returns the position among the shards, from 0.
    pub fn index(self) -> u16 {
        self.index
    }

    /// Returns the number of shards, at least 1.
    pub fn count(self) -> u16 {
        self.count
    }

    /// Returns this shard's rows of an input of `total` rows.
    ///
    /// The ranges of all shards are contiguous, cover every row once and differ in length by at most one.
    pub fn range(self, total: u64) -> Range<u64> {
        let bound = |index: u16| {
            let product = u128::from(total).saturating_mul(u128::from(index));
            let quotient = product.checked_div(u128::from(self.count)).unwrap_or(0);
            u64::try_from(quotient).unwrap_or(u64::MAX)
        };
        bound(self.index)..bound(self.index.saturating_add(1))
    }
}

/// The job and shard that a pipeline works on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobIdentity {
    /// The account that submitted the job, as its address is written.
    pub sender: String,
    /// The sender's count at submission.
    pub id: u32,
    /// The shard.
    pub shard: Shard,
    /// The deed of the worker.
    pub deed: u32,
    /// Steps of progress that the shard is divided into, at least 1.
    pub steps: u32,
}

/// Where a plugin instance runs.
#[derive(Debug, Clone)]
pub struct Context {
    /// The pipeline's name.
    pub pipeline: String,
    /// The signature of the plugin that is opened.
    pub signature: String,
    /// The business instance that it is opened for; empty for what the whole pipeline shares.
    pub instance: String,
    /// The shard to work on; [`Shard::WHOLE`] without a job.
    pub shard: Shard,
    /// The job, if the pipeline is part of one.
    pub job: Option<JobIdentity>,
    /// The inputs that documents may name.
    pub data: ConfinedFolder,
    /// The models that documents may name.
    pub models: ConfinedFolder,
    /// The folder of this pipeline's own files, for plugins that write any; made on first use.
    pub outputs: PathBuf,
    /// What the engine does for plugins.
    pub services: Services,
}

impl Context {
    /// Refuses a plugin that shares something with the engine's other pipelines to the jobs of strangers.
    ///
    /// The name of a pipeline is its document's to choose, so that it would lead a job to what is not its own.
    ///
    /// # Errors
    /// `Parameters` if the pipeline is part of a job.
    pub fn refuse_jobs(&self) -> Result<(), PluginError> {
        match self.job {
            Some(_) => {
                Err(PluginError::parameters("", format!("{} is for pipelines of this engine's operator, not for jobs", self.signature)))
            }
            None => Ok(()),
        }
    }
}
