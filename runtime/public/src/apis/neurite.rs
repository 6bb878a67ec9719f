//! The answers of `NeuriteApi`, joined from the pallets.

use super::*;
use neurite_traits::{ChainClock, Deeds, JobLedger, PoolSummary, RewardPool};
use sp_core::H256;
use sp_runtime::traits::Zero;

/// The most entries in one answer.
const MAX_ENTRIES: u32 = 1_024;

pub(super) fn job(key: JobKey) -> Option<JobView> {
    Jobs::job_view(&key)
}

pub(super) fn jobs_of(sender: AccountId, after: u32, limit: u32) -> Vec<JobView> {
    Jobs::jobs_of(&sender, after, limit.min(MAX_ENTRIES))
}

pub(super) fn live_jobs(after: Option<JobKey>, limit: u32) -> Vec<JobView> {
    Jobs::live_jobs(after.as_ref(), limit.min(MAX_ENTRIES))
}

pub(super) fn document(key: JobKey) -> Option<DocumentView> {
    Jobs::document(&key)
}

pub(super) fn deed(id: DeedId) -> Option<DeedView> {
    let deed = NodeDeeds::deed(id)?;
    let link = deed.link.as_ref();
    Some(DeedView {
        id,
        owner: deed.owner.clone(),
        node: link.map(|link| link.node),
        node_account: link.map(|link| link.account.clone()),
        generation: deed.generation,
        active_from: Poai::active_from(id),
        eligible: NodeDeeds::is_eligible(id),
        specs: link.and_then(|link| link.specs.clone()),
        lifetime: Poai::lifetime(id),
        terms: Poai::terms_now(id),
        epochs: Poai::deed_epochs(id),
    })
}

pub(super) fn deed_of(node: AccountId) -> Option<DeedId> {
    <NodeDeeds as Deeds<AccountId>>::deed_of(&node)
}

pub(super) fn deeds(start: DeedId, limit: u32) -> Vec<DeedView> {
    NodeDeeds::issued(start, limit.min(MAX_ENTRIES)).into_iter().filter_map(deed).collect()
}

pub(super) fn epoch(epoch: Option<EpochIndex>) -> Option<EpochView> {
    Poai::epoch_view(epoch)
}

pub(super) fn epochs() -> Vec<EpochView> {
    Poai::epochs()
}

pub(super) fn claimable(owner: AccountId) -> Vec<ClaimableView> {
    let issued = NodeDeeds::issued(0, u32::MAX);
    let own: Vec<DeedId> =
        issued.into_iter().filter(|id| NodeDeeds::deed(*id).and_then(|deed| deed.owner).as_ref() == Some(&owner)).collect();
    Poai::claimable_of(&own)
}

pub(super) fn committee(epoch: Option<EpochIndex>) -> Option<CommitteeView> {
    Oracles::committee(epoch)
}

pub(super) fn network() -> NetworkView {
    NetworkView {
        genesis: genesis(),
        now: <Poai as ChainClock>::now(),
        active_now: <Poai as ChainClock>::active_now(),
        pot: <Poai as RewardPool<AccountId>>::account(),
        pot_balance: Poai::pot_balance(),
        reserved: <Poai as PoolSummary>::reserved(),
        escrow: <Jobs as JobLedger>::total_escrow(),
        supervisor: pallet_jobs::Supervisor::<Runtime>::get(),
        deeds: <NodeDeeds as Deeds<AccountId>>::count(),
    }
}

fn genesis() -> H256 {
    System::block_hash(BlockNumber::zero())
}
