//! The chain as the command line sees it: questions as of the best block, and calls that are followed into a block.
//!
//! A thin layer over [`neurite_agent::ChainClient`], whose errors become ours with their hints. A call has succeeded when it is in a best
//! block without an error; a fork may still undo it, which a later question shows.

mod reads;
mod storage;
mod writes;

pub use neurite_agent::{calls, Call};

use crate::CliError;
use neurite_agent::{AgentError, ChainClient};
use sp_core::H256;

/// A connected node.
#[derive(Debug, Clone)]
pub struct Chain {
    client: ChainClient,
    genesis: H256,
}

impl Chain {
    /// Connects to a node; its RPC may be on another machine, and without encryption.
    pub async fn connect(url: &str) -> Result<Self, CliError> {
        let client = ChainClient::new(url);
        let genesis = client.genesis().await.map_err(|error| failure(url, error))?;
        Ok(Self { client, genesis })
    }

    /// Hash of the genesis block.
    pub fn genesis(&self) -> H256 {
        self.genesis
    }

    fn fault(&self, error: AgentError) -> CliError {
        failure(self.client.url(), error)
    }
}

/// Turns a failure of the client into ours.
fn failure(url: &str, error: AgentError) -> CliError {
    match error {
        AgentError::Connection { url, reason } => CliError::Chain { url, reason: cause(&reason).to_owned() },
        AgentError::Timeout { what, seconds } => CliError::Timeout { what, seconds },
        AgentError::NotAccepted { call, reason } => CliError::Invalid { call, reason },
        AgentError::Dispatch { call, error, docs } => CliError::Refused { call, error, docs },
        AgentError::Request { request: question, reason } | AgentError::Answer { request: question, reason } => {
            CliError::Answer { question, reason }
        }
        AgentError::NoSuchCall { call } => CliError::Answer { question: call, reason: "this runtime has no such call".into() },
        AgentError::Signer { reason } => CliError::Signer { reason },
        other => CliError::Chain { url: url.to_owned(), reason: other.to_string() },
    }
}

/// Leaves out the layers of the client through which a reason came.
fn cause(mut reason: &str) -> &str {
    while let Some(rest) = ["RPC error: ", "client error: "].iter().find_map(|layer| reason.strip_prefix(layer)) {
        reason = rest;
    }
    reason
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_that_failed_keeps_its_name_and_advice() {
        let error = AgentError::Dispatch { call: "Jobs.submit".into(), error: "Jobs.RewardTooSmall".into(), docs: "Pay more.".into() };
        let error = failure("ws://a", error);
        assert_eq!((error.kind(), error.to_string().as_str()), ("refused", "Jobs.submit failed: Jobs.RewardTooSmall"));
        assert_eq!(error.hint(), "Pay more.");
    }

    #[test]
    fn the_layers_of_the_client_do_not_show() {
        assert_eq!(cause("RPC error: client error: RPC error: client error: refused (os error 111)"), "refused (os error 111)");
    }

    #[test]
    fn what_has_no_kind_of_its_own_names_the_node() {
        let error = failure("ws://a", AgentError::Engine { reason: "b".into() });
        assert!(error.to_string().contains("ws://a") && error.to_string().contains('b'), "{error}");
    }
}
