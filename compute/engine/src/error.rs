//! Why the engine refused.

use crate::PipelineKey;
use neurite_config::DocumentError;
use neurite_core::PluginError;

/// Why the engine refused a request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// The document is invalid; nothing was stored.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// Owner or job are not named properly.
    #[error("{field}: {reason}")]
    Request {
        /// What is wrong.
        field: &'static str,
        /// Why.
        reason: &'static str,
    },
    /// A pipeline of this name exists.
    #[error("pipeline {key} exists")]
    AlreadyExists {
        /// The pipeline.
        key: PipelineKey,
    },
    /// The pipeline belongs to somebody else.
    #[error("pipeline {key} belongs to another owner")]
    NotOwned {
        /// The pipeline.
        key: PipelineKey,
    },
    /// There is no such pipeline.
    #[error("no pipeline {key}")]
    NotFound {
        /// The pipeline.
        key: PipelineKey,
    },
    /// The pipeline is part of a job, whose document the chain holds.
    #[error("pipeline {key} is part of a job, its document cannot be replaced")]
    PartOfJob {
        /// The pipeline.
        key: PipelineKey,
    },
    /// The pipeline has no result yet.
    #[error("pipeline {key} is not complete")]
    NotComplete {
        /// The pipeline.
        key: PipelineKey,
    },
    /// There is no room for another pipeline.
    #[error("{limit} pipelines exist, no more are possible")]
    TooManyPipelines {
        /// The limit.
        limit: usize,
    },
    /// The engine is about to end.
    #[error("engine is shutting down")]
    ShuttingDown,
    /// A payload could not be handed over.
    #[error("payload not sent: {0}")]
    Payload(PluginError),
    /// The store failed or holds what this engine does not understand.
    #[error("store: {reason}")]
    Store {
        /// What happened.
        reason: String,
    },
}
