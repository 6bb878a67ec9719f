//! The methods `neurite_*`.

use super::{
    engine_health::EngineClient,
    error::RpcError,
    view::{JobAnswer, RewardsAnswer},
};
use jsonrpsee::{core::async_trait, proc_macros::rpc, Extensions};
use neurite_primitives::{JobId, JobKey};
use neurite_runtime::{opaque::Block, AccountId};
use neurite_traits::api::NeuriteApi;
use sc_rpc_api::check_if_safe;
use serde_json::Value;
use sp_api::ProvideRuntimeApi;
use sp_blockchain::HeaderBackend;
use std::sync::Arc;

/// Jobs in an answer if the caller does not say how many.
const DEFAULT_JOBS: u32 = 20;
/// The most jobs in an answer.
const MAX_JOBS: u32 = 100;

/// What only a node of this chain answers.
#[rpc(server)]
pub(crate) trait NeuriteRpc {
    /// Returns a job with its history of states, alive or recently ended; `null` if there is none.
    #[method(name = "neurite_job", blocking)]
    fn job(&self, sender: AccountId, id: JobId) -> Result<Option<JobAnswer>, RpcError>;

    /// Returns the sender's live and recently ended jobs after the id `after` (all by default), oldest first: `limit` of them, 20
    /// by default and at most 100.
    #[method(name = "neurite_jobs", blocking)]
    fn jobs(&self, sender: AccountId, after: Option<JobId>, limit: Option<u32>) -> Result<Vec<JobAnswer>, RpcError>;

    /// Returns what an account could claim for its deeds.
    #[method(name = "neurite_rewards", blocking)]
    fn rewards(&self, account: AccountId) -> Result<RewardsAnswer, RpcError>;

    /// Returns what the engine beside this node says of itself.
    #[method(name = "neurite_engineHealth", with_extensions)]
    async fn engine_health(&self) -> Result<Value, RpcError>;
}

/// Answers the methods `neurite_*`.
pub(super) struct Neurite<Client> {
    client: Arc<Client>,
    engine: Option<EngineClient>,
}

impl<Client> Neurite<Client> {
    /// Answers from this client's best block and this engine.
    pub(super) fn new(client: Arc<Client>, engine: Option<EngineClient>) -> Self {
        Self { client, engine }
    }
}

#[async_trait]
impl<Client> NeuriteRpcServer for Neurite<Client>
where
    Client: ProvideRuntimeApi<Block> + HeaderBackend<Block> + 'static,
    Client::Api: NeuriteApi<Block>,
{
    fn job(&self, sender: AccountId, id: JobId) -> Result<Option<JobAnswer>, RpcError> {
        let best = self.client.info().best_hash;
        let job = self.client.runtime_api().job(best, JobKey { sender, id })?;
        Ok(job.map(Into::into))
    }

    fn jobs(&self, sender: AccountId, after: Option<JobId>, limit: Option<u32>) -> Result<Vec<JobAnswer>, RpcError> {
        let best = self.client.info().best_hash;
        let jobs = self.client.runtime_api().jobs_of(best, sender, after.unwrap_or_default(), bounded(limit))?;
        Ok(jobs.into_iter().map(Into::into).collect())
    }

    fn rewards(&self, account: AccountId) -> Result<RewardsAnswer, RpcError> {
        let best = self.client.info().best_hash;
        let claimable = self.client.runtime_api().claimable(best, account.clone())?;
        Ok(RewardsAnswer::new(account, best, claimable))
    }

    async fn engine_health(&self, extensions: &Extensions) -> Result<Value, RpcError> {
        check_if_safe(extensions).map_err(RpcError::Denied)?;
        match &self.engine {
            Some(engine) => engine.health().await,
            None => Err(RpcError::NoEngine),
        }
    }
}

/// Returns how many jobs an answer holds.
fn bounded(limit: Option<u32>) -> u32 {
    limit.unwrap_or(DEFAULT_JOBS).min(MAX_JOBS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_bounded() {
        assert_eq!(bounded(None), DEFAULT_JOBS);
        assert_eq!(bounded(Some(0)), 0);
        assert_eq!(bounded(Some(7)), 7);
        assert_eq!(bounded(Some(u32::MAX)), MAX_JOBS);
    }
}
