//! Questions to the runtime at one block.

use super::{BlockId, ChainClient};
use crate::AgentError;
use codec::{Decode, DecodeAll, Encode};
use neurite_primitives::{
    view::{ClaimableView, CommitteeView, DeedView, DocumentView, EpochView, JobView, NetworkView},
    DeedId, EpochIndex, JobId, JobKey,
};
use sp_runtime::AccountId32;

/// The trait of the runtime's API that all questions go to.
const API: &str = "NeuriteApi";
/// How many jobs or deeds are asked for at once.
const PAGE: u32 = 64;
/// The most jobs or deeds that are read to the end.
const MOST: usize = 100_000;

/// What can be read at one block.
#[derive(Clone, Debug)]
pub struct ChainAt {
    pub(super) chain: ChainClient,
    pub(super) block: BlockId,
}

/// Every function fails with `Connection`, `Timeout`, `Request` (for a block whose state is gone, for example) or `Answer`.
#[allow(clippy::missing_errors_doc)] // Said once for all.
impl ChainAt {
    /// Returns the block.
    pub fn block(&self) -> BlockId {
        self.block
    }

    /// Returns a job, alive or recently ended.
    pub async fn job(&self, key: &JobKey) -> Result<Option<JobView>, AgentError> {
        self.ask("job", key).await
    }

    /// Returns the jobs of a sender after an id, oldest first.
    pub async fn jobs_of(&self, sender: &AccountId32, after: JobId) -> Result<Vec<JobView>, AgentError> {
        let mut jobs: Vec<JobView> = Vec::new();
        loop {
            let after = jobs.last().map_or(after, |job| job.key.id);
            let more: Vec<JobView> = self.ask("jobs_of", (sender, after, PAGE)).await?;
            if more.is_empty() || jobs.len() >= MOST {
                return Ok(jobs);
            }
            jobs.extend(more);
        }
    }

    /// Returns the live jobs, and whether these are all.
    pub async fn live_jobs(&self, most: usize) -> Result<(Vec<JobView>, bool), AgentError> {
        let mut jobs: Vec<JobView> = Vec::new();
        loop {
            let after = jobs.last().map(|job| &job.key);
            let more: Vec<JobView> = self.ask("live_jobs", (after, PAGE)).await?;
            if more.is_empty() {
                return Ok((jobs, true));
            }
            if jobs.len() >= most {
                return Ok((jobs, false));
            }
            jobs.extend(more);
        }
    }

    /// Returns the document of a live job.
    pub async fn document(&self, key: &JobKey) -> Result<Option<DocumentView>, AgentError> {
        self.ask("document", key).await
    }

    /// Returns a deed.
    pub async fn deed(&self, deed: DeedId) -> Result<Option<DeedView>, AgentError> {
        self.ask("deed", deed).await
    }

    /// Returns the deed that a node is linked to.
    pub async fn deed_of(&self, node: &AccountId32) -> Result<Option<DeedId>, AgentError> {
        self.ask("deed_of", node).await
    }

    /// Returns the issued deeds.
    pub async fn deeds(&self) -> Result<Vec<DeedView>, AgentError> {
        let mut deeds: Vec<DeedView> = Vec::new();
        loop {
            let start = deeds.last().map_or(0, |deed| deed.id.saturating_add(1));
            let more: Vec<DeedView> = self.ask("deeds", (start, PAGE)).await?;
            if more.is_empty() || deeds.len() >= MOST {
                return Ok(deeds);
            }
            deeds.extend(more);
        }
    }

    /// Returns an epoch, `None` meaning the current one.
    pub async fn epoch(&self, epoch: Option<EpochIndex>) -> Result<Option<EpochView>, AgentError> {
        self.ask("epoch", epoch).await
    }

    /// Returns the epochs that are closing or kept for claims, and the current one, oldest first.
    pub async fn epochs(&self) -> Result<Vec<EpochView>, AgentError> {
        self.ask("epochs", ()).await
    }

    /// Returns what an account could claim for its deeds.
    pub async fn claimable(&self, owner: &AccountId32) -> Result<Vec<ClaimableView>, AgentError> {
        self.ask("claimable", owner).await
    }

    /// Returns the committee of an epoch, `None` meaning the current one.
    pub async fn committee(&self, epoch: Option<EpochIndex>) -> Result<Option<CommitteeView>, AgentError> {
        self.ask("committee", epoch).await
    }

    /// Returns the clocks and the pool.
    pub async fn network(&self) -> Result<NetworkView, AgentError> {
        self.ask("network", ()).await
    }

    async fn ask<R: Decode>(&self, function: &str, arguments: impl Encode) -> Result<R, AgentError> {
        let request = format!("{API}_{function}");
        let connection = self.chain.connection().await?;
        let arguments = arguments.encode();
        let call = connection.methods.state_call(&request, Some(&arguments), Some(subxt::utils::H256(self.block.hash.0)));
        let bytes = self.chain.request(&request, call).await?;
        R::decode_all(&mut &bytes[..]).map_err(|error| AgentError::Answer { request, reason: error.to_string() })
    }
}
