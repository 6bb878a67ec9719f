//! A runtime of system, balances and jobs; time, deeds, epochs and the pool are set by the test.

use crate as pallet_jobs;
use frame_support::{
    derive_impl,
    dispatch::DispatchResult,
    traits::{
        fungible::{Inspect, InspectHold},
        ConstU128, Hooks,
    },
};
use neurite_primitives::*;
use neurite_traits::{
    mock::{self as world, AccountId, MockClock, MockDeed, MockDeeds, MockJobAttestations, MockRewardPool, POT},
    JobStatusUpdates,
};
use sp_runtime::{BuildStorage, Permill};

type Block = frame_system::mocking::MockBlock<Test>;

#[frame_support::runtime]
mod runtime {
    #[runtime::runtime]
    #[runtime::derive(
        RuntimeCall,
        RuntimeEvent,
        RuntimeError,
        RuntimeOrigin,
        RuntimeFreezeReason,
        RuntimeHoldReason,
        RuntimeSlashReason,
        RuntimeLockId,
        RuntimeTask
    )]
    pub struct Test;

    #[runtime::pallet_index(0)]
    pub type System = frame_system::Pallet<Test>;
    #[runtime::pallet_index(1)]
    pub type Balances = pallet_balances::Pallet<Test>;
    #[runtime::pallet_index(2)]
    pub type Jobs = pallet_jobs::Pallet<Test>;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = Block;
    type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
    type AccountStore = System;
    type Balance = Balance;
    type ExistentialDeposit = ConstU128<ED>;
}

impl pallet_jobs::Config for Test {
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type Clock = MockClock;
    type Deeds = MockDeeds;
    type RewardPool = MockRewardPool;
    type Attestations = MockJobAttestations;
    type WeightInfo = ();
}

pub(crate) const ED: Balance = 10;
pub(crate) const FUNDS: Balance = 1_000_000;
pub(crate) const REWARD: Balance = 3_000;
pub(crate) const MIN_REWARD: Balance = 100;
pub(crate) const MAX_OPEN: u32 = 3;
pub(crate) const REVIEW: Moment = 120_000;
pub(crate) const CHALLENGE: Moment = 15_000;
pub(crate) const TIMEOUT: Moment = 30_000;
pub(crate) const ACCEPT_IN: Moment = 100_000;
pub(crate) const COMPLETE_IN: Moment = 400_000;
pub(crate) const NOW: Moment = 1_700_000_000_000;
pub(crate) const STEPS: Step = 10;
pub(crate) const WORKERS: u16 = 3;

pub(crate) const SENDER: AccountId = 1;
pub(crate) const STRANGER: AccountId = 2;
/// The main node; has no balance.
pub(crate) const MAIN: AccountId = 3;
/// Deeds `0..DEEDS` are linked and eligible.
pub(crate) const DEEDS: DeedId = 6;
pub(crate) const COMMITMENT: ContentHash = [7; 32];

/// The account that owns a deed.
pub(crate) fn owner(deed: DeedId) -> AccountId {
    50 + u64::from(deed)
}

/// The account of the node of a deed; has no balance.
pub(crate) fn node(deed: DeedId) -> AccountId {
    100 + u64::from(deed)
}

/// Runs a test on a fresh chain and checks all invariants at its end.
pub(crate) fn build_and_execute(test: impl FnOnce()) {
    externalities().execute_with(|| {
        test();
        check_invariants();
    });
}

pub(crate) fn externalities() -> sp_io::TestExternalities {
    world::reset();
    world::with(|state| {
        state.now = NOW;
        state.active_now = 1_000_000;
        state.deeds = (0..DEEDS).map(|deed| (deed, working_deed(deed))).collect();
    });
    let mut storage = frame_system::GenesisConfig::<Test>::default().build_storage().unwrap();
    let mut balances = vec![(SENDER, FUNDS), (STRANGER, FUNDS), (POT, ED)];
    balances.extend((0..DEEDS).map(|deed| (owner(deed), FUNDS)));
    pallet_balances::GenesisConfig::<Test> { balances, ..Default::default() }.assimilate_storage(&mut storage).unwrap();
    pallet_jobs::GenesisConfig::<Test> {
        supervisor: Some(MAIN),
        max_open_jobs: MAX_OPEN,
        review_period: REVIEW,
        challenge_window: CHALLENGE,
        min_reward: MIN_REWARD,
    }
    .assimilate_storage(&mut storage)
    .unwrap();
    let mut externalities = sp_io::TestExternalities::new(storage);
    externalities.execute_with(|| System::set_block_number(1));
    externalities
}

/// Checks the pallet's invariants and that no money was made or lost.
pub(crate) fn check_invariants() {
    Jobs::try_state(System::block_number()).unwrap();
    let everywhere: Balance = frame_system::Account::<Test>::iter_keys().map(|who| Balances::total_balance(&who)).sum();
    assert_eq!(everywhere, Balances::total_issuance());
    let genesis = ED + FUNDS * (2 + Balance::from(DEEDS));
    assert_eq!(Balances::total_issuance(), genesis);
}

pub(crate) fn working_deed(deed: DeedId) -> MockDeed {
    MockDeed { owner: Some(owner(deed)), node: Some(node(deed)), specs: Some(specs()), eligible: true }
}

pub(crate) fn specs() -> NodeSpecs {
    NodeSpecs {
        cores: 4,
        memory_mib: 8_192,
        gpu_memory_mib: 0,
        backends: vec![Backend::OnnxCpu].try_into().unwrap(),
        tags: Default::default(),
        benchmark: Benchmark { version: 1, score: 1_000, measured_at: 0 },
    }
}

pub(crate) fn change_deed(deed: DeedId, change: impl FnOnce(&mut MockDeed)) {
    world::with(|state| change(state.deeds.get_mut(&deed).unwrap()));
}

/// Lets time pass on both clocks.
pub(crate) fn advance(by: Moment) {
    world::with(|state| {
        state.active_now += by;
        state.now += by;
    });
}

pub(crate) fn active_now() -> Moment {
    world::with(|state| state.active_now)
}

pub(crate) fn unix_now() -> Moment {
    world::with(|state| state.now)
}

pub(crate) fn spec() -> JobSpec<AccountId> {
    let document = b"{\"NAME\":\"digits\"}".to_vec();
    JobSpec {
        document: *blake3::hash(&document).as_bytes(),
        source: DocumentSource::Inline(document.try_into().unwrap()),
        workers: WORKERS,
        steps: STEPS,
        requirements: Requirements { memory_mib: 1_024, backends: vec![Backend::OnnxCpu].try_into().unwrap(), ..Default::default() },
        reward: REWARD,
        accept_by: unix_now() + ACCEPT_IN,
        complete_by: unix_now() + COMPLETE_IN,
        report_timeout: TIMEOUT,
        verification: Verification::None,
        privacy: Privacy::Plain,
        delegate: None,
    }
}

pub(crate) fn key(id: JobId) -> JobKey<AccountId> {
    JobKey { sender: SENDER, id }
}

pub(crate) fn job(id: JobId) -> Job<AccountId> {
    crate::Jobs::<Test>::get(SENDER, id).unwrap()
}

pub(crate) fn record(id: JobId) -> JobRecord {
    crate::Records::<Test>::get(SENDER, id).unwrap()
}

pub(crate) fn signed(who: AccountId) -> RuntimeOrigin {
    RuntimeOrigin::signed(who)
}

/// Submits the job of [`spec`] and returns its key.
pub(crate) fn submitted() -> JobKey<AccountId> {
    Jobs::submit(signed(SENDER), spec()).unwrap();
    key(crate::JobCount::<Test>::get(SENDER))
}

/// Submits a job and offers its shards to the deeds 0, 1 and 2.
pub(crate) fn assigned() -> JobKey<AccountId> {
    let key = submitted();
    assign(&key, &[0, 1, 2]).unwrap();
    key
}

/// Submits a job and lets it start on the deeds 0, 1 and 2.
pub(crate) fn started() -> JobKey<AccountId> {
    let key = assigned();
    for deed in 0..3 {
        accept(&key, deed).unwrap();
    }
    key
}

/// Submits a job whose three shards are all complete.
pub(crate) fn completed() -> JobKey<AccountId> {
    let key = started();
    for deed in 0..3 {
        report(&key, deed, STEPS).unwrap();
    }
    key
}

pub(crate) fn assign(key: &JobKey<AccountId>, deeds: &[DeedId]) -> DispatchResult {
    Jobs::assign(signed(MAIN), key.clone(), deeds.to_vec().try_into().unwrap())
}

/// Lets the node of a deed accept the shard of the same number.
pub(crate) fn accept(key: &JobKey<AccountId>, deed: DeedId) -> DispatchResult {
    Jobs::accept(signed(node(deed)), key.clone(), deed as ShardIndex)
}

/// Lets the node of a deed report on the shard of the same number.
pub(crate) fn report(key: &JobKey<AccountId>, deed: DeedId, step: Step) -> DispatchResult {
    Jobs::report_progress(signed(node(deed)), key.clone(), deed as ShardIndex, step, COMMITMENT, None)
}

/// Applies a majority of the oracles.
pub(crate) fn attest(key: &JobKey<AccountId>, status: AttestedStatus, percent: u32) {
    Jobs::attested(key, status, Permill::from_percent(percent)).unwrap();
}

/// Returns what is held in escrow on an account.
pub(crate) fn held(who: AccountId) -> Balance {
    Balances::balance_on_hold(&pallet_jobs::HoldReason::Escrow.into(), &who)
}

pub(crate) fn free(who: AccountId) -> Balance {
    Balances::balance(&who)
}

pub(crate) fn units(deed: DeedId) -> Balance {
    world::with(|state| state.units.get(&deed).copied().unwrap_or_default())
}
