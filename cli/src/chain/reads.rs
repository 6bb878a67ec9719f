//! Questions to the runtime API, each as of the best block.

use super::Chain;
use crate::CliError;
use neurite_agent::{AgentError, ChainAt};
use neurite_primitives::{
    view::{ClaimableView, CommitteeView, DeedView, EpochView, JobView, NetworkView},
    DeedId, EpochIndex, JobKey,
};
use sp_runtime::AccountId32;
use std::future::Future;

/// The most live jobs that are listed.
const MOST_LIVE_JOBS: usize = 10_000;

impl Chain {
    /// A job, alive or recently ended.
    pub async fn job(&self, key: &JobKey) -> Result<Option<JobView>, CliError> {
        self.ask(|at| async move { at.job(key).await }).await
    }

    /// All live and recently ended jobs of a sender, oldest first.
    pub async fn all_jobs_of(&self, sender: &AccountId32) -> Result<Vec<JobView>, CliError> {
        self.ask(|at| async move { at.jobs_of(sender, 0).await }).await
    }

    /// The live jobs of everybody.
    pub async fn all_live_jobs(&self) -> Result<Vec<JobView>, CliError> {
        self.ask(|at| async move { at.live_jobs(MOST_LIVE_JOBS).await }).await.map(|(jobs, _)| jobs)
    }

    /// A deed; nothing if its number is beyond the last one.
    pub async fn deed(&self, deed: DeedId) -> Result<Option<DeedView>, CliError> {
        self.ask(|at| async move { at.deed(deed).await }).await
    }

    /// The deed that a node's account is linked to.
    pub async fn deed_of(&self, node: &AccountId32) -> Result<Option<DeedId>, CliError> {
        self.ask(|at| async move { at.deed_of(node).await }).await
    }

    /// All issued deeds.
    pub async fn all_deeds(&self) -> Result<Vec<DeedView>, CliError> {
        self.ask(|at| async move { at.deeds().await }).await
    }

    /// An epoch, `None` meaning the current one.
    pub async fn epoch(&self, epoch: Option<EpochIndex>) -> Result<Option<EpochView>, CliError> {
        self.ask(|at| async move { at.epoch(epoch).await }).await
    }

    /// The epochs that are closing or kept for claims, and the current one, oldest first.
    pub async fn epochs(&self) -> Result<Vec<EpochView>, CliError> {
        self.ask(|at| async move { at.epochs().await }).await
    }

    /// The oracle committee of an epoch that is open or closing, `None` meaning the current one.
    pub async fn committee(&self, epoch: Option<EpochIndex>) -> Result<Option<CommitteeView>, CliError> {
        self.ask(|at| async move { at.committee(epoch).await }).await
    }

    /// What can be claimed for the deeds of an account.
    pub async fn claimable(&self, owner: &AccountId32) -> Result<Vec<ClaimableView>, CliError> {
        self.ask(|at| async move { at.claimable(owner).await }).await
    }

    /// The clocks and the pool.
    pub async fn network(&self) -> Result<NetworkView, CliError> {
        self.ask(|at| async move { at.network().await }).await
    }

    async fn ask<T, Asking>(&self, question: impl FnOnce(ChainAt) -> Asking) -> Result<T, CliError>
    where
        Asking: Future<Output = Result<T, AgentError>>,
    {
        let best = self.client.best().await.map_err(|error| self.fault(error))?;
        question(self.client.at(best)).await.map_err(|error| self.fault(error))
    }
}
