//! The errors of serving, and which of them pass by themselves.

use std::{path::PathBuf, time::Duration};

/// An error of the serving manager or of a request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ServingError {
    /// The model's file is missing, corrupt, of another digest than asked for, or uses what the backend does not support.
    #[error("model {} cannot be served: {reason}", path.display())]
    ModelInvalid {
        /// The model's file.
        path: PathBuf,
        /// What the serving process found.
        reason: String,
    },
    /// The backend's library could not be loaded.
    #[error("backend library {} cannot be used: {reason}", path.display())]
    BackendUnavailable {
        /// The library's file.
        path: PathBuf,
        /// What the serving process found.
        reason: String,
    },
    /// The serving program could not be started.
    #[error("serving program {} cannot be started: {reason}", program.display())]
    Spawn {
        /// The program.
        program: PathBuf,
        /// The system's message.
        reason: String,
    },
    /// The process did not load its model in time.
    #[error("the process of model {} was not ready after {after:?}", path.display())]
    StartTimeout {
        /// The model's file.
        path: PathBuf,
        /// The configured limit.
        after: Duration,
    },
    /// The process ended while it had the request or before it was ready.
    #[error("the process of model {} ended: {reason}", path.display())]
    ProcessEnded {
        /// The model's file.
        path: PathBuf,
        /// How it ended, as far as known.
        reason: String,
    },
    /// The process did not answer in time and was killed.
    #[error("no answer from model {} within {after:?}", path.display())]
    RequestTimeout {
        /// The model's file.
        path: PathBuf,
        /// The limit.
        after: Duration,
    },
    /// Too many requests wait for the model.
    #[error("{limit} requests already wait for model {}", path.display())]
    Overloaded {
        /// The model's file.
        path: PathBuf,
        /// The bound of the queue.
        limit: usize,
    },
    /// Too many models are held.
    #[error("{limit} models are already held")]
    TooManyModels {
        /// The configured limit.
        limit: usize,
    },
    /// The manager is shutting down.
    #[error("serving is shutting down")]
    ShuttingDown,
    /// The tensors of a request do not fit the model.
    #[error("the tensors do not fit the model: {reason}")]
    InvalidInput {
        /// The first thing that does not fit.
        reason: String,
    },
    /// The tensors of a request are larger than a slot.
    #[error("the tensors take {bytes} bytes, at most {limit} are possible")]
    TooLarge {
        /// What they take.
        bytes: usize,
        /// What a slot offers.
        limit: usize,
    },
    /// The backend refused or failed the inference.
    #[error("inference failed: {reason}")]
    InferenceFailed {
        /// The backend's message.
        reason: String,
    },
    /// The process needed more memory than the model may have.
    #[error("model {} needs more memory than its limit of {limit} bytes: {reason}", path.display())]
    MemoryExceeded {
        /// The model's file.
        path: PathBuf,
        /// The limit of [`ModelSpec::memory`](crate::ModelSpec::memory).
        limit: u64,
        /// What the serving process found, or how it ended.
        reason: String,
    },
    /// The process wrote a response that breaks the transport's rules.
    #[error("the process of model {} broke the transport: {reason}", path.display())]
    BrokenTransport {
        /// The model's file.
        path: PathBuf,
        /// The rule.
        reason: String,
    },
}

impl ServingError {
    /// Tells whether the same request may succeed later without anybody changing anything.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::StartTimeout { .. }
            | Self::ProcessEnded { .. }
            | Self::RequestTimeout { .. }
            | Self::Overloaded { .. }
            | Self::TooManyModels { .. } => true,
            Self::ModelInvalid { .. }
            | Self::BackendUnavailable { .. }
            | Self::Spawn { .. }
            | Self::ShuttingDown
            | Self::InvalidInput { .. }
            | Self::TooLarge { .. }
            | Self::InferenceFailed { .. }
            | Self::MemoryExceeded { .. }
            | Self::BrokenTransport { .. } => false,
        }
    }
}
