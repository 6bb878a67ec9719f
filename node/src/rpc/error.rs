//! Why a method of ours fails.

use jsonrpsee::types::{ErrorObject, ErrorObjectOwned};

/// The code of an error that the runtime's API had.
const RUNTIME_ERROR: i32 = 7_000;
/// The code of an error about the engine; the message says which.
const ENGINE_ERROR: i32 = 7_001;

/// Why a method of ours fails.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum RpcError {
    /// The runtime could not be asked.
    #[error("the runtime did not answer at the best block: {0}")]
    Runtime(#[from] sp_api::ApiError),
    /// The node was started without an engine.
    #[error("this node knows no engine: start neurite-e2 beside it and restart the node with --engine-url http://127.0.0.1:PORT")]
    NoEngine,
    /// The engine did not answer.
    #[error("the engine at {url} does not answer: {reason}; check that neurite-e2 runs and that --engine-url names its port")]
    EngineUnreachable {
        /// Where it was asked.
        url: String,
        /// What went wrong, from the inside out.
        reason: String,
    },
    /// The engine answered with an error.
    #[error("the engine at {url} answered with HTTP status {status}")]
    EngineStatus {
        /// Where it was asked.
        url: String,
        /// The status.
        status: u16,
    },
    /// The engine's answer is too long.
    #[error("the engine at {url} answered with more than {limit} bytes")]
    EngineAnswerTooLong {
        /// Where it was asked.
        url: String,
        /// The most that is read.
        limit: usize,
    },
    /// The engine's answer is no JSON.
    #[error("the engine at {url} answered with something that is no JSON: {reason}")]
    EngineAnswerMalformed {
        /// Where it was asked.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The method is for the node's operator only.
    #[error("{0}")]
    Denied(sc_rpc_api::UnsafeRpcError),
}

impl From<RpcError> for ErrorObjectOwned {
    fn from(error: RpcError) -> Self {
        match error {
            RpcError::Denied(denied) => denied.into(),
            RpcError::Runtime(_) => ErrorObject::owned(RUNTIME_ERROR, error.to_string(), None::<()>),
            _ => ErrorObject::owned(ENGINE_ERROR, error.to_string(), None::<()>),
        }
    }
}
