//! A runtime of balances, timestamps and this pallet; deeds, medians and hooks are mocks that a test sets.

use crate as pallet_poai;
use crate::*;
use frame_support::{
    derive_impl, parameter_types,
    traits::{fungible::Mutate, OnFinalize, OnIdle, OnInitialize, OnPoll, TryState, TryStateSelect},
    weights::{Weight, WeightMeter},
    PalletId,
};
use neurite_primitives::{page_of, Balance, DeedId, EpochIndex, Moment, NodeSpecs};
use neurite_traits::{
    mock::{self, AccountId, MockDeed, MockDeeds, MockEpochHooks, MockMedians},
    ChainClock, DeedChanges,
};
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
    pub type System = frame_system;
    #[runtime::pallet_index(1)]
    pub type Timestamp = pallet_timestamp;
    #[runtime::pallet_index(2)]
    pub type Balances = pallet_balances;
    #[runtime::pallet_index(3)]
    pub type Poai = pallet_poai;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = Block;
    type AccountId = AccountId;
    type Lookup = sp_runtime::traits::IdentityLookup<AccountId>;
    type AccountData = pallet_balances::AccountData<Balance>;
}

impl pallet_timestamp::Config for Test {
    type Moment = Moment;
    type OnTimestampSet = ();
    type MinimumPeriod = frame_support::traits::ConstU64<1>;
    type WeightInfo = ();
}

/// The existential deposit.
pub(crate) const EXISTENTIAL_DEPOSIT: Balance = 100;

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
    type AccountStore = System;
    type Balance = Balance;
    type ExistentialDeposit = frame_support::traits::ConstU128<EXISTENTIAL_DEPOSIT>;
}

parameter_types! {
    pub const PotId: PalletId = PalletId(*b"nrt/poai");
}

impl Config for Test {
    type Currency = Balances;
    type PotId = PotId;
    type Time = Timestamp;
    type Deeds = MockDeeds;
    type Medians = MockMedians;
    type Hooks = MockEpochHooks;
    type WeightInfo = weights::SubstrateWeight<Test>;
}

/// The account that funds everything.
pub(crate) const SPONSOR: AccountId = 1;
/// An account without a deed.
pub(crate) const ANYONE: AccountId = 2;
/// What the sponsor has at genesis.
pub(crate) const FORTUNE: Balance = 1_000_000_000_000;
/// The first timestamp.
pub(crate) const GENESIS: Moment = 1_700_000_000_000;
/// Length of an epoch.
pub(crate) const PERIOD: Moment = 60_000;
/// Length of a report window.
pub(crate) const WINDOW: Moment = 15_000;
/// Time between blocks.
pub(crate) const SLOT: Moment = 3_000;

/// Returns the owner of a deed.
pub(crate) fn owner(deed: DeedId) -> AccountId {
    1_000 + AccountId::from(deed)
}

/// Builds the genesis with these parameters.
pub(crate) fn genesis(poai: GenesisConfig<Test>) -> sp_io::TestExternalities {
    mock::reset();
    let balances = vec![(SPONSOR, FORTUNE), (ANYONE, EXISTENTIAL_DEPOSIT), (Poai::pot(), EXISTENTIAL_DEPOSIT)];
    let config =
        RuntimeGenesisConfig { balances: pallet_balances::GenesisConfig { balances, ..Default::default() }, poai, ..Default::default() };
    config.build_storage().expect("the genesis is valid").into()
}

/// Runs a test with the default parameters in block 1 and checks the invariants at its end.
pub(crate) fn build_and_execute(test: impl FnOnce()) {
    genesis(Default::default()).execute_with(|| {
        System::set_block_number(1);
        test();
        check();
    });
}

/// Checks the invariants and that no money was made or lost.
pub(crate) fn check() {
    AllPalletsWithSystem::try_state(System::block_number(), TryStateSelect::All).expect("the invariants hold");
    let issuance = pallet_balances::TotalIssuance::<Test>::get();
    assert_eq!(issuance, FORTUNE + 2 * EXISTENTIAL_DEPOSIT, "issuance changed");
}

/// Runs the next block with a timestamp, and as much work as `poll` and `idle` allow.
pub(crate) fn run_block_with(timestamp: Moment, poll: Weight, idle: Weight) {
    let number = System::block_number() + 1;
    System::set_block_number(number);
    AllPalletsWithSystem::on_initialize(number);
    Timestamp::set_timestamp(timestamp);
    AllPalletsWithSystem::on_poll(number, &mut WeightMeter::with_limit(poll));
    AllPalletsWithSystem::on_idle(number, idle);
    AllPalletsWithSystem::on_finalize(number);
}

/// Runs the next block with a timestamp and all the weight there is.
pub(crate) fn run_block(timestamp: Moment) {
    run_block_with(timestamp, Weight::MAX, Weight::MAX);
}

/// Runs blocks every [`SLOT`] until the chain's time is at least `moment`; the first one at [`GENESIS`].
pub(crate) fn run_to(moment: Moment) {
    loop {
        let now = Poai::now();
        if now >= moment {
            return;
        }
        run_block(if now == 0 { GENESIS } else { now + SLOT });
    }
}

/// Runs blocks until an epoch is current and the one before it finished.
pub(crate) fn run_to_epoch(epoch: EpochIndex) {
    while Poai::epoch() < epoch || WorkCursor::<Test>::exists() {
        run_block(if Poai::now() == 0 { GENESIS } else { Poai::now() + SLOT });
    }
}

/// Issues and links a deed with a score, in the first epoch at the earliest.
pub(crate) fn link(deed: DeedId, score: u64) {
    if Poai::epoch() == 0 {
        run_to_epoch(1);
    }
    let owner = Some(owner(deed));
    let mock_deed = MockDeed { owner, specs: Some(specs(score)), eligible: true, ..Default::default() };
    mock::with(|state| state.deeds.insert(deed, mock_deed));
    Poai::linked(deed);
}

/// Returns specs with a score.
pub(crate) fn specs(score: u64) -> NodeSpecs {
    NodeSpecs {
        cores: 1,
        memory_mib: 1,
        gpu_memory_mib: 0,
        backends: Default::default(),
        tags: Default::default(),
        benchmark: neurite_primitives::Benchmark { version: 1, score, measured_at: 0 },
    }
}

/// Reports the availability of the deeds of an epoch, one value for all, on all pages.
pub(crate) fn report(epoch: EpochIndex, availability: u8) {
    let last = TrackedDeeds::<Test>::get().saturating_sub(1);
    for page in 0..=page_of(last).0 {
        report_page(epoch, page, vec![availability; 256]);
    }
}

/// Reports the availability of the deeds of a page.
pub(crate) fn report_page(epoch: EpochIndex, page: u32, values: Vec<u8>) {
    mock::with(|state| state.medians.insert((epoch, page), values));
}

/// Pays money into the pot.
pub(crate) fn fund(amount: Balance) {
    use frame_support::traits::tokens::Preservation::Preserve;
    Balances::transfer(&SPONSOR, &Poai::pot(), amount, Preserve).expect("the sponsor is rich");
}

/// Returns the free balance of an account.
pub(crate) fn balance(account: AccountId) -> Balance {
    Balances::free_balance(account)
}

/// Returns the events of this pallet since the last call.
pub(crate) fn take_events() -> Vec<Event<Test>> {
    let records = System::read_events_for_pallet::<Event<Test>>();
    System::reset_events();
    records
}

/// Funds, reports and settles the current epoch; its successor is current afterwards. Returns the settled epoch.
pub(crate) fn settle_epoch(reserved: Balance, availability: u8) -> EpochIndex {
    run_to_epoch(Poai::epoch().max(1));
    let epoch = Poai::epoch();
    fund(reserved);
    report(epoch, availability);
    run_to_epoch(epoch + 1);
    epoch
}

/// Claims the rewards of a deed for epochs in the name of anyone.
pub(crate) fn claim(deed: DeedId, epochs: &[EpochIndex]) -> sp_runtime::DispatchResult {
    let epochs = epochs.to_vec().try_into().expect("few epochs");
    // As a call in a block, it changes nothing if it fails.
    frame_support::storage::with_storage_layer(|| Poai::claim(RuntimeOrigin::signed(ANYONE), deed, epochs))
}
