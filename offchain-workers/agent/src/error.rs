//! What can go wrong between an agent, its chain and its engine.

use std::path::PathBuf;

/// Says why something could not be done.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AgentError {
    /// The node cannot be reached or stopped answering.
    #[error("cannot reach the node at {url}: {reason}")]
    Connection {
        /// The node's RPC address.
        url: String,
        /// What happened.
        reason: String,
    },
    /// The node answered with an error.
    #[error("the node refused {request}: {reason}")]
    Request {
        /// What was asked.
        request: String,
        /// What the node said.
        reason: String,
    },
    /// The node's answer is not what this version expects.
    #[error("cannot decode the answer to {request}: {reason}")]
    Answer {
        /// What was asked.
        request: String,
        /// What is wrong.
        reason: String,
    },
    /// The runtime has no such call.
    #[error("this runtime has no call {call}")]
    NoSuchCall {
        /// The call.
        call: String,
    },
    /// The transaction never entered a block: it is invalid, or was dropped from the pool.
    #[error("{call} was not accepted: {reason}")]
    NotAccepted {
        /// The call.
        call: String,
        /// What the node said.
        reason: String,
    },
    /// The transaction is in a block, but its call failed.
    #[error("{call} failed with {error}: {docs}")]
    Dispatch {
        /// The call.
        call: String,
        /// Pallet and name of the error.
        error: String,
        /// What the runtime's documentation says of it.
        docs: String,
    },
    /// Something took longer than it may.
    #[error("{what} took longer than {seconds} s")]
    Timeout {
        /// What.
        what: String,
        /// How long was waited.
        seconds: u64,
    },
    /// The key file is not usable.
    #[error("the key file {path} is not usable: {reason}")]
    Key {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The text names no key.
    #[error("the text names no signing key: {reason}")]
    Signer {
        /// What is wrong; never the text, which may be a secret.
        reason: String,
    },
    /// A document could not be fetched for now.
    #[error("cannot fetch a document: {reason}")]
    Document {
        /// What happened.
        reason: String,
    },
    /// The engine could not do what it was asked.
    #[error("the engine could not do it: {reason}")]
    Engine {
        /// What happened.
        reason: String,
    },
}

impl AgentError {
    /// Tells whether the same may succeed later without anybody changing anything.
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Connection { .. } | Self::Timeout { .. } | Self::NotAccepted { .. } | Self::Document { .. } | Self::Engine { .. }
        )
    }
}
