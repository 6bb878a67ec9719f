//! The runtime APIs that explorers, agents and SDKs ask.

use alloc::vec::Vec;
use neurite_primitives::{view::*, DeedId, EpochIndex, JobKey};
use sp_runtime::AccountId32;

sp_api::decl_runtime_apis! {
    /// Answers about jobs, deeds, epochs and rewards.
    #[api_version(1)]
    pub trait NeuriteApi {
        /// Returns a job with its history of states, alive or recently ended.
        fn job(key: JobKey) -> Option<JobView>;
        /// Returns the live and recently ended jobs of a sender, oldest first, at most `limit` after the id `after`.
        fn jobs_of(sender: AccountId32, after: u32, limit: u32) -> Vec<JobView>;
        /// Returns all live jobs, at most `limit` of them after the key `after`, in the order of storage.
        fn live_jobs(after: Option<JobKey>, limit: u32) -> Vec<JobView>;
        /// Returns the document of a live job.
        fn document(key: JobKey) -> Option<DocumentView>;
        /// Returns a deed with its specs, power terms and availability of the last epochs.
        fn deed(deed: DeedId) -> Option<DeedView>;
        /// Returns the deed that a node's account is linked to.
        fn deed_of(node: AccountId32) -> Option<DeedId>;
        /// Returns the issued deeds from `start` on, at most `limit`.
        fn deeds(start: DeedId, limit: u32) -> Vec<DeedView>;
        /// Returns an epoch, `None` meaning the current one.
        fn epoch(epoch: Option<EpochIndex>) -> Option<EpochView>;
        /// Returns the epochs that are closing or kept for claims, and the current one, oldest first.
        fn epochs() -> Vec<EpochView>;
        /// Returns what an account could claim for its deeds.
        fn claimable(owner: AccountId32) -> Vec<ClaimableView>;
        /// Returns the committee of an epoch, `None` meaning the current one.
        fn committee(epoch: Option<EpochIndex>) -> Option<CommitteeView>;
        /// Returns the clocks and the pool.
        fn network() -> NetworkView;
    }
}
