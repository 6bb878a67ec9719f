//! Why the off-chain worker could not do its duty.

use neurite_duties::reply::ReplyError;
use sp_runtime::offchain::http;

/// Why the off-chain worker could not do its duty for now.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HookError {
    /// The node was started without the URL of an engine.
    #[error("the node was started without the url of an engine")]
    NoEngine,
    /// The stored URL is not one of the HTTP scheme, or too long.
    #[error("the url of the engine is malformed")]
    MalformedUrl,
    /// The engine does not answer, or not in time.
    #[error("the engine does not answer: {reason:?}")]
    Unreachable {
        /// What the transport said.
        reason: http::Error,
    },
    /// The engine answers something other than success.
    #[error("the engine answers with status {status}")]
    Status {
        /// The HTTP status.
        status: u16,
    },
    /// The engine's reply is not taken.
    #[error("the engine's reply is not taken: {0}")]
    Reply(#[from] ReplyError),
    /// The key of a seat has left the keystore.
    #[error("the keystore does not sign for seat {oracle} of epoch {epoch}")]
    NoKey {
        /// The epoch of the seat.
        epoch: u32,
        /// The position in its committee.
        oracle: u32,
    },
    /// The transaction pool does not take the transaction; most often because it has it already.
    #[error("the transaction pool does not take the transaction")]
    PoolRefused,
}

impl From<http::Error> for HookError {
    fn from(reason: http::Error) -> Self {
        Self::Unreachable { reason }
    }
}
