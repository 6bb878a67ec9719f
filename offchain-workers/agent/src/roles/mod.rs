//! The duties of a worker and of a supervisor, driven by new best blocks.

mod control;
mod status;
mod supervisor;
mod worker;

pub use control::{EngineControl, EngineFault, JobAssignment, NodeTable, MAX_DOCUMENT};
pub use status::RoleStatus;
pub use supervisor::run_supervisor;
pub use worker::run_worker;

use crate::{AgentError, Call, ChainClient, Signer, Submitted};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// The most transactions whose fate is watched at once.
const MAX_WATCHED: usize = 64;

/// Sends the transactions of a role and reports their fate.
///
/// Sending returns once the node has a transaction in its pool; whether it succeeds in a block is watched beside the duties, which
/// look at the chain and not at this.
#[derive(Clone, Debug)]
struct Sender {
    chain: ChainClient,
    signer: Signer,
    watched: Arc<Semaphore>,
}

impl Sender {
    fn new(chain: ChainClient, signer: Signer) -> Self {
        Self { chain, signer, watched: Arc::new(Semaphore::new(MAX_WATCHED)) }
    }

    async fn send(&self, call: &Call) -> Result<(), AgentError> {
        let submitted = self.chain.submit(&self.signer, call).await?;
        tracing::debug!(call = call.title(), "sent");
        self.watch(submitted, call.title());
        Ok(())
    }

    fn watch(&self, submitted: Submitted, call: String) {
        // With too many on their way, the rest goes unwatched: the chain shows what became of it.
        let Ok(permit) = self.watched.clone().try_acquire_owned() else { return };
        tokio::spawn(async move {
            match submitted.in_block().await {
                Ok(included) => tracing::debug!(call, block = ?included.block, "included"),
                Err(error) => tracing::warn!(call, %error, "a transaction did not succeed"),
            }
            drop(permit);
        });
    }
}
