//! A runtime of system, balances and deeds; time and epochs are set by the test.

use crate as pallet_node_deeds;
use frame_support::{
    derive_impl,
    traits::{ConstU128, Hooks},
};
use frame_system::{EnsureRoot, EnsureSignedBy};
use neurite_primitives::{messages::LinkProof, Backend, Balance, Benchmark, DeedId, Moment, NodePublic, NodeSignature, NodeSpecs, Tag};
use neurite_traits::mock::{self as world, AccountId, DeedChange, MockClock, MockDeedChanges, MockDeedRewards};
use sp_core::{ecdsa, Pair};
use sp_runtime::{traits::Convert, BuildStorage};

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
    pub type NodeDeeds = pallet_node_deeds::Pallet<Test>;
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

frame_support::ord_parameter_types! {
    pub const Issuer: AccountId = ISSUER;
}

/// Gives a node's key an account of the mock's kind.
pub struct ShortAccount;

impl Convert<NodePublic, AccountId> for ShortAccount {
    fn convert(node: NodePublic) -> AccountId {
        let hash = sp_io::hashing::blake2_128(&node.0);
        u64::from_le_bytes(hash[..8].try_into().unwrap())
    }
}

impl pallet_node_deeds::Config for Test {
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type IssueOrigin = frame_support::traits::EitherOfDiverse<EnsureRoot<AccountId>, EnsureSignedBy<Issuer, AccountId>>;
    type Clock = MockClock;
    type NodeAccount = ShortAccount;
    type Changes = MockDeedChanges;
    type Rewards = MockDeedRewards;
    type WeightInfo = crate::weights::SubstrateWeight<Test>;
}

pub(crate) const ED: Balance = 10;
pub(crate) const BOND: Balance = 1_000;
pub(crate) const FUNDS: Balance = 10_000;
pub(crate) const COOL_DOWN: Moment = 20_000;
pub(crate) const WINDOW: Moment = 50_000;
pub(crate) const TOTAL: u32 = 300;
pub(crate) const ISSUER: AccountId = 77;
pub(crate) const ALICE: AccountId = 1;
pub(crate) const BOB: AccountId = 2;
pub(crate) const PAUPER: AccountId = 3;
/// Owned by Alice from the start.
pub(crate) const DEED: DeedId = 0;
/// Owned by Bob from the start.
pub(crate) const BOBS_DEED: DeedId = 1;
/// Owned by nobody at the start.
pub(crate) const FREE_DEED: DeedId = 256;

/// Runs a test on a fresh chain and checks all invariants at its end.
pub(crate) fn build_and_execute(test: impl FnOnce()) {
    world::reset();
    let mut storage = frame_system::GenesisConfig::<Test>::default().build_storage().unwrap();
    pallet_balances::GenesisConfig::<Test> { balances: vec![(ALICE, FUNDS), (BOB, FUNDS), (PAUPER, BOND)], ..Default::default() }
        .assimilate_storage(&mut storage)
        .unwrap();
    pallet_node_deeds::GenesisConfig::<Test> {
        total: TOTAL,
        bond: BOND,
        link_cool_down: COOL_DOWN,
        challenge_window: WINDOW,
        issued: vec![(DEED, ALICE), (BOBS_DEED, BOB), (2, PAUPER)],
    }
    .assimilate_storage(&mut storage)
    .unwrap();
    sp_io::TestExternalities::new(storage).execute_with(|| {
        System::set_block_number(1);
        advance(1_000);
        test();
        NodeDeeds::try_state(System::block_number()).unwrap();
    });
}

/// Lets active time pass.
pub(crate) fn advance(by: Moment) {
    world::with(|state| {
        state.active_now += by;
        state.now += by;
    });
}

pub(crate) fn set_epoch(epoch: u32) {
    world::with(|state| state.epoch = epoch);
}

pub(crate) fn changes() -> Vec<DeedChange> {
    world::with(|state| state.deed_changes.clone())
}

/// Returns the key of the node with this number.
pub(crate) fn pair(number: u8) -> ecdsa::Pair {
    ecdsa::Pair::from_seed(&[number; 32])
}

pub(crate) fn account(number: u8) -> AccountId {
    ShortAccount::convert(pair(number).public())
}

/// Signs the proof that the deed's next link needs.
pub(crate) fn proof(number: u8, deed: DeedId, owner: AccountId) -> NodeSignature {
    let generation = NodeDeeds::deed(deed).unwrap().generation;
    let statement = LinkProof { genesis: NodeDeeds::genesis_hash(), deed, owner, generation };
    pair(number).sign(&statement.signing_bytes())
}

/// Links a deed to the node with this number.
pub(crate) fn link(owner: AccountId, deed: DeedId, number: u8) -> frame_support::dispatch::DispatchResult {
    let proof = proof(number, deed, owner);
    NodeDeeds::link(RuntimeOrigin::signed(owner), deed, pair(number).public(), proof)
}

pub(crate) fn specs(score: u64) -> NodeSpecs {
    NodeSpecs {
        cores: 4,
        memory_mib: 8_192,
        gpu_memory_mib: 0,
        backends: vec![Backend::OnnxCpu].try_into().unwrap(),
        tags: vec![tag("eu-west")].try_into().unwrap(),
        benchmark: Benchmark { version: 1, score, measured_at: 5 },
    }
}

pub(crate) fn tag(text: &str) -> Tag {
    text.as_bytes().to_vec().try_into().unwrap()
}

/// Returns what is held as bonds on an account.
pub(crate) fn held(who: AccountId) -> Balance {
    use frame_support::traits::fungible::InspectHold;
    Balances::balance_on_hold(&pallet_node_deeds::HoldReason::DeedBond.into(), &who)
}
