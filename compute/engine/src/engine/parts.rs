//! What an engine is made of, is asked for and reports.

use crate::{limits::MAX_OWNER, EngineError, EngineLimits, PayloadBus, PipelineKey};
use neurite_config::PluginSpec;
use neurite_core::{CanonicalJson, Clock, ConfinedFolder, JobIdentity, Registry, Services};
use redb::Database;
use std::{path::PathBuf, sync::Arc};

/// What an engine is made of.
pub struct EngineParts {
    /// The plugins that exist.
    pub registry: Arc<Registry>,
    /// The database of the base folder; the engine's tables begin with `engine-`.
    pub database: Arc<Database>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// How results are written to be committed to.
    pub canonical: Arc<dyn CanonicalJson>,
    /// Inputs that documents may name.
    pub data: ConfinedFolder,
    /// Models that documents may name.
    pub models: ConfinedFolder,
    /// The folder below which pipelines write files of their own, each in one of its name.
    pub outputs: PathBuf,
    /// What the engine does for plugins; its bus is a clone of [`EngineParts::bus`].
    pub services: Services,
    /// Where the engine publishes every payload that leaves a stage.
    pub bus: PayloadBus,
    /// Where payloads go if the document does not say.
    pub communication: PluginSpec,
    /// What is allowed.
    pub limits: EngineLimits,
}

/// A wish to run a pipeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartRequest {
    /// Who wishes it; the only one who may stop it. At most [`MAX_OWNER`] bytes.
    pub owner: String,
    /// The pipeline document, byte for byte.
    pub document: Vec<u8>,
    /// The job and shard that it is for; without it, the pipeline is named by its document.
    pub job: Option<JobIdentity>,
}

impl StartRequest {
    /// Checks owner and job; they come from the chain or from signed messages, but keys are made of them.
    pub(super) fn validate(&self) -> Result<(), EngineError> {
        let plain =
            |text: &str| !text.is_empty() && text.len() <= MAX_OWNER && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'/');
        let fault = |field, reason| Err(EngineError::Request { field, reason });
        if !plain(&self.owner) {
            return fault("owner", "must be 1 to 128 printable ASCII characters other than /");
        }
        match &self.job {
            Some(job) if !plain(&job.sender) => fault("job.sender", "must be 1 to 128 printable ASCII characters other than /"),
            Some(job) if job.steps == 0 => fault("job.steps", "must be at least 1"),
            _ => Ok(()),
        }
    }
}

/// How the pipelines came to rest.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DrainReport {
    /// Pipelines that finished what they held and wrote a checkpoint, or had ended before.
    pub rested: usize,
    /// Pipelines that were cut off at the deadline; they go on from their last checkpoint.
    pub cut_off: Vec<PipelineKey>,
}
