//! Mocks: state in thread-local cells that a test sets, and records of what was called.
//!
//! Each mock is a unit type that implements one trait; `reset` restores all of them.

use crate::*;
use neurite_primitives::{epoch::Offence, AttestedStatus, Balance, DeedId, EpochIndex, JobKey, Moment, NodePublic, NodeSpecs, PageIndex};
use sp_runtime::{DispatchError, DispatchResult, Permill, Weight};
use std::{cell::RefCell, collections::BTreeMap};

/// The account type of the mocks.
pub type AccountId = u64;

/// A deed of [`MockDeeds`].
#[derive(Clone, Debug, Default)]
pub struct MockDeed {
    /// Its owner.
    pub owner: Option<AccountId>,
    /// The account of its node.
    pub node: Option<AccountId>,
    /// The specs of its node.
    pub specs: Option<NodeSpecs>,
    /// Whether it may take work.
    pub eligible: bool,
}

/// A change that [`MockDeedChanges`] heard of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeedChange {
    /// `linked`.
    Linked(DeedId),
    /// `unlinked`.
    Unlinked(DeedId),
    /// `score_committed`.
    Score(DeedId, u64),
}

/// An event that [`MockEpochHooks`] heard of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EpochCall {
    /// `epoch_started`.
    Started(EpochIndex),
    /// `epoch_closing` with deeds and pages.
    Closing(EpochIndex, u32, PageIndex),
    /// `epoch_finished`.
    Finished(EpochIndex),
}

/// The state of all mocks in this thread.
#[derive(Debug, Default)]
pub struct State {
    /// Unix time.
    pub now: Moment,
    /// Active clock.
    pub active_now: Moment,
    /// Current epoch.
    pub epoch: EpochIndex,
    /// The deeds.
    pub deeds: BTreeMap<DeedId, MockDeed>,
    /// Changes heard.
    pub deed_changes: Vec<DeedChange>,
    /// Units credited.
    pub units: BTreeMap<DeedId, Balance>,
    /// Penalties.
    pub offences: Vec<(DeedId, Offence)>,
    /// Deeds that were settled, in this order.
    pub settlements: Vec<DeedId>,
    /// Deeds that cannot be settled.
    pub unsettled: Vec<DeedId>,
    /// Part that goes straight to workers.
    pub direct_share: Permill,
    /// Jobs that may be attested.
    pub attestable: Vec<JobKey<AccountId>>,
    /// Majorities that were applied.
    pub attested: Vec<(JobKey<AccountId>, AttestedStatus, Permill)>,
    /// Jobs whose attestations were forgotten.
    pub forgotten: Vec<JobKey<AccountId>>,
    /// Medians by epoch and page; absent means no quorum.
    pub medians: BTreeMap<(EpochIndex, PageIndex), Vec<u8>>,
    /// Epoch events heard.
    pub epoch_calls: Vec<EpochCall>,
}

thread_local! {
    static STATE: RefCell<State> = RefCell::default();
}

/// Changes or reads the state of the mocks.
pub fn with<R>(f: impl FnOnce(&mut State) -> R) -> R {
    STATE.with(|state| f(&mut state.borrow_mut()))
}

/// Restores the initial state of all mocks.
pub fn reset() {
    with(|state| *state = State::default());
}

/// The account that [`MockRewardPool`] pools rewards in.
pub const POT: AccountId = 9_999;

/// A clock that a test sets.
#[derive(Debug)]
pub struct MockClock;

impl ChainClock for MockClock {
    fn now() -> Moment {
        with(|state| state.now)
    }
    fn active_now() -> Moment {
        with(|state| state.active_now)
    }
    fn epoch() -> EpochIndex {
        with(|state| state.epoch)
    }
}

/// Deeds that a test sets.
#[derive(Debug)]
pub struct MockDeeds;

impl MockDeeds {
    fn get<R>(deed: DeedId, f: impl FnOnce(&MockDeed) -> Option<R>) -> Option<R> {
        with(|state| state.deeds.get(&deed).and_then(f))
    }
}

impl Deeds<AccountId> for MockDeeds {
    fn count() -> u32 {
        with(|state| state.deeds.keys().last().map_or(0, |last| last + 1))
    }
    fn owner(deed: DeedId) -> Option<AccountId> {
        Self::get(deed, |deed| deed.owner)
    }
    fn deed_of(node: &AccountId) -> Option<DeedId> {
        with(|state| state.deeds.iter().find(|(_, deed)| deed.node == Some(*node)).map(|(id, _)| *id))
    }
    fn node(deed: DeedId) -> Option<AccountId> {
        Self::get(deed, |deed| deed.node)
    }
    fn node_public(_: DeedId) -> Option<NodePublic> {
        None
    }
    fn specs(deed: DeedId) -> Option<NodeSpecs> {
        Self::get(deed, |deed| deed.specs.clone())
    }
    fn is_eligible(deed: DeedId) -> bool {
        with(|state| state.deeds.get(&deed).is_some_and(|deed| deed.eligible))
    }
    fn generation(_: DeedId) -> u32 {
        0
    }
}

/// Records changes to deeds.
#[derive(Debug)]
pub struct MockDeedChanges;

impl DeedChanges for MockDeedChanges {
    fn linked(deed: DeedId) {
        with(|state| state.deed_changes.push(DeedChange::Linked(deed)));
    }
    fn unlinked(deed: DeedId) {
        with(|state| state.deed_changes.push(DeedChange::Unlinked(deed)));
    }
    fn score_committed(deed: DeedId, score: u64) {
        with(|state| state.deed_changes.push(DeedChange::Score(deed, score)));
    }
}

/// Records units and offences.
#[derive(Debug)]
pub struct MockRewardPool;

impl RewardPool<AccountId> for MockRewardPool {
    fn account() -> AccountId {
        POT
    }
    fn direct_share() -> Permill {
        with(|state| state.direct_share)
    }
    fn credit_units(deed: DeedId, units: Balance) {
        with(|state| *state.units.entry(deed).or_default() += units);
    }
    fn penalise(deed: DeedId, offence: Offence) {
        with(|state| state.offences.push((deed, offence)));
    }
}

/// Records settlements, and refuses those that a test forbids.
#[derive(Debug)]
pub struct MockDeedRewards;

impl DeedRewards for MockDeedRewards {
    fn settle(deed: DeedId) -> Result<Weight, DispatchError> {
        with(|state| match state.unsettled.contains(&deed) {
            true => Err(DispatchError::Other("unsettled")),
            false => {
                state.settlements.push(deed);
                Ok(Weight::from_parts(1, 0))
            }
        })
    }
    fn max_weight() -> Weight {
        Weight::from_parts(10, 0)
    }
}

/// Records majorities.
#[derive(Debug)]
pub struct MockJobStatusUpdates;

impl JobStatusUpdates<AccountId> for MockJobStatusUpdates {
    fn is_attestable(job: &JobKey<AccountId>) -> bool {
        with(|state| state.attestable.contains(job))
    }
    fn attested(job: &JobKey<AccountId>, status: AttestedStatus, progress: Permill) -> DispatchResult {
        with(|state| state.attested.push((job.clone(), status, progress)));
        Ok(())
    }
}

/// Records forgotten jobs.
#[derive(Debug)]
pub struct MockJobAttestations;

impl JobAttestations<AccountId> for MockJobAttestations {
    fn forget(job: &JobKey<AccountId>) {
        with(|state| state.forgotten.push(job.clone()));
    }
}

/// Medians that a test sets.
#[derive(Debug)]
pub struct MockMedians;

impl AvailabilityMedians for MockMedians {
    fn has_quorum(epoch: EpochIndex, page: PageIndex) -> bool {
        with(|state| state.medians.contains_key(&(epoch, page)))
    }
    fn medians(epoch: EpochIndex, page: PageIndex) -> Option<Vec<u8>> {
        with(|state| state.medians.get(&(epoch, page)).cloned())
    }
    fn clear(epoch: EpochIndex, page: PageIndex) {
        with(|state| state.medians.remove(&(epoch, page)));
    }
    fn committee_bound() -> u32 {
        4
    }
}

/// Records epoch events.
#[derive(Debug)]
pub struct MockEpochHooks;

impl EpochHooks for MockEpochHooks {
    fn epoch_started(epoch: EpochIndex) {
        with(|state| state.epoch_calls.push(EpochCall::Started(epoch)));
    }
    fn epoch_closing(epoch: EpochIndex, deeds: u32, pages: PageIndex) {
        with(|state| state.epoch_calls.push(EpochCall::Closing(epoch, deeds, pages)));
    }
    fn epoch_finished(epoch: EpochIndex) {
        with(|state| state.epoch_calls.push(EpochCall::Finished(epoch)));
    }
}
