//! A runtime of system, balances and this pallet; time is set by the test.

use crate as pallet_vesting;
use crate::*;
use frame_support::{
    derive_impl,
    traits::{fungible::InspectHold, ConstU128, Hooks},
};
use neurite_primitives::{Balance, Moment};
use neurite_traits::mock::{self as world, AccountId, MockClock, MockRewardPool, POT};
use sp_runtime::BuildStorage;

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
        RuntimeTask,
        RuntimeViewFunction
    )]
    pub struct Test;

    #[runtime::pallet_index(0)]
    pub type System = frame_system::Pallet<Test>;
    #[runtime::pallet_index(1)]
    pub type Balances = pallet_balances::Pallet<Test>;
    #[runtime::pallet_index(2)]
    pub type Vesting = pallet_vesting::Pallet<Test>;
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

impl Config for Test {
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type Clock = MockClock;
    type RewardPool = MockRewardPool;
    type WeightInfo = ();
}

pub(crate) const ED: Balance = 10;
/// Of the team, and an investor.
pub(crate) const ALICE: AccountId = 1;
/// A partner.
pub(crate) const BOB: AccountId = 2;
/// Has no schedule.
pub(crate) const ANYONE: AccountId = 3;
/// Unix time from which the schedules count.
pub(crate) const START: Moment = 1_700_000_000_000;
pub(crate) const TEAM: Balance = 1_000_003;
pub(crate) const SALE: Balance = 777;
pub(crate) const PARTNERS: Balance = 40_000;
/// A multiple of the weights of the decreasing curve, so that years release whole numbers.
pub(crate) const REWARDS: Balance = 665_000;
/// All accounts have this beside what is held.
pub(crate) const FREE: Balance = 100;

/// What the accounts are given at genesis.
pub(crate) fn allocations() -> Vec<(AccountId, Purpose, Balance)> {
    vec![
        (ALICE, Purpose::Team, TEAM),
        (ALICE, Purpose::PrivateSale, SALE),
        (BOB, Purpose::Partners, PARTNERS),
        (POT, Purpose::NetworkRewards, REWARDS),
    ]
}

/// Builds a genesis with these allocations; balances are what [`allocations`] needs.
pub(crate) fn genesis(allocations: Vec<(AccountId, Purpose, Balance)>) -> sp_io::TestExternalities {
    world::reset();
    let balances = vec![(ALICE, FREE + TEAM + SALE), (BOB, FREE + PARTNERS), (ANYONE, FREE), (POT, FREE + REWARDS)];
    let balances = pallet_balances::GenesisConfig { balances, ..Default::default() };
    let vesting = pallet_vesting::GenesisConfig { start: START, allocations };
    RuntimeGenesisConfig { balances, vesting, ..Default::default() }.build_storage().unwrap().into()
}

/// Runs a test on a fresh chain at its first second, and checks all invariants and the issuance at its end.
pub(crate) fn build_and_execute(test: impl FnOnce()) {
    genesis(allocations()).execute_with(|| {
        System::set_block_number(1);
        set_elapsed(0);
        let issuance = Balances::total_issuance();
        test();
        check();
        assert_eq!(Balances::total_issuance(), issuance, "issuance changed");
    });
}

/// Checks all invariants.
pub(crate) fn check() {
    Vesting::try_state(System::block_number()).unwrap();
}

/// Sets the chain's time to some milliseconds after the start.
pub(crate) fn set_elapsed(elapsed: Moment) {
    world::with(|state| state.now = START + elapsed);
}

/// Releases what is due to an account, in the name of anyone.
pub(crate) fn release(who: AccountId) -> frame_support::dispatch::DispatchResult {
    Vesting::release(RuntimeOrigin::signed(ANYONE), who)
}

/// Returns what is held on an account.
pub(crate) fn held(who: AccountId) -> Balance {
    Balances::balance_on_hold(&HoldReason::Vesting.into(), &who)
}
