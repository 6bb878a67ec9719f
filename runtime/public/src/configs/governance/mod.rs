//! Governance: holders of tokens decide by referendum, and what they approve is done with root's rights.
//!
//! There is one track, [`tracks`], so that one sentence says who may do what: whatever is root's to do, parameters of every pallet and
//! upgrades of the runtime included, a referendum does, and on a public network nobody else. Whoever owns tokens votes with them,
//! free, held or bonded; tokens that nobody owns, in the reward pool and the treasury, do not count. Deposits come back, or go to the
//! reward pool if root kills a referendum: issuance never changes.

mod deposits;
mod tracks;
mod treasury;

pub(super) use deposits::SubmissionDeposits;

use crate::*;
use frame_support::{
    parameter_types,
    traits::{fungible::HoldConsideration, fungible::Inspect, Currency, EqualPrivilegeOnly, Get, LinearStoragePrice, OnUnbalanced},
    weights::Weight,
};
use frame_system::{EnsureRoot, EnsureSigned};
use sp_runtime::{traits::ConstU32, Perbill};

/// Blocks of an hour.
const HOURS: BlockNumber = 1_200;
const _: () = assert!(HOURS as u64 * SLOT_DURATION == 3_600_000, "blocks have another length");
/// Blocks of a day.
const DAYS: BlockNumber = 24 * HOURS;

parameter_types! {
    pub const PreimageDepositBase: Balance = super::utility::deposit(2, 64);
    pub const PreimageDepositByte: Balance = super::utility::deposit(0, 1);
    pub const PreimageHoldReason: RuntimeHoldReason = RuntimeHoldReason::Preimage(pallet_preimage::HoldReason::Preimage);
    /// What is decided must not crowd out what keeps the chain going.
    pub MaximumSchedulerWeight: Weight = Perbill::from_percent(60) * super::system::RuntimeBlockWeights::get().max_block;
    /// As long as an enactment at least, so that who decided bears what was decided.
    pub const VoteLockingPeriod: BlockNumber = 7 * DAYS;
    pub const SubmissionDeposit: Balance = 100 * NEU;
    pub const UndecidingTimeout: BlockNumber = 14 * DAYS;
    /// Every minute the scheduler looks after referenda.
    pub const AlarmInterval: BlockNumber = HOURS / 60;
}

impl pallet_preimage::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type WeightInfo = pallet_preimage::weights::SubstrateWeight<Runtime>;
    type Currency = Balances;
    type ManagerOrigin = EnsureRoot<AccountId>;
    type Consideration =
        HoldConsideration<AccountId, Balances, PreimageHoldReason, LinearStoragePrice<PreimageDepositBase, PreimageDepositByte, Balance>>;
}

impl pallet_scheduler::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type RuntimeOrigin = RuntimeOrigin;
    type PalletsOrigin = OriginCaller;
    type RuntimeCall = RuntimeCall;
    type MaximumWeight = MaximumSchedulerWeight;
    type ScheduleOrigin = EnsureRoot<AccountId>;
    type OriginPrivilegeCmp = EqualPrivilegeOnly;
    type MaxScheduledPerBlock = ConstU32<50>;
    type WeightInfo = pallet_scheduler::weights::SubstrateWeight<Runtime>;
    type Preimages = Preimage;
    type BlockNumberProvider = System;
}

/// All tokens that somebody owns and so may vote with: those of the reward pool and of the treasury do not count.
#[derive(Debug)]
pub struct VotableSupply;

impl Get<Balance> for VotableSupply {
    fn get() -> Balance {
        let unowned = [super::balances::PotAccount::get(), treasury::TreasuryAccount::get()];
        let unowned = unowned.iter().map(<Balances as Inspect<AccountId>>::total_balance);
        unowned.fold(<Balances as Inspect<AccountId>>::total_issuance(), Balance::saturating_sub)
    }
}

impl pallet_conviction_voting::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type WeightInfo = pallet_conviction_voting::weights::SubstrateWeight<Runtime>;
    type Currency = Balances;
    type Polls = Referenda;
    type MaxTurnout = VotableSupply;
    type MaxVotes = ConstU32<64>;
    type VoteLockingPeriod = VoteLockingPeriod;
    type BlockNumberProvider = System;
    type VotingHooks = ();
}

/// Gives deposits that were lost to the reward pool.
#[derive(Debug)]
pub struct SlashesToPool;

impl OnUnbalanced<pallet_balances::NegativeImbalance<Runtime>> for SlashesToPool {
    fn on_nonzero_unbalanced(lost: pallet_balances::NegativeImbalance<Runtime>) {
        Balances::resolve_creating(&super::balances::PotAccount::get(), lost);
    }
}

impl pallet_referenda::Config for Runtime {
    type RuntimeCall = RuntimeCall;
    type RuntimeEvent = RuntimeEvent;
    type WeightInfo = pallet_referenda::weights::SubstrateWeight<Runtime>;
    type Scheduler = Scheduler;
    type Currency = Balances;
    type SubmitOrigin = EnsureSigned<AccountId>;
    type CancelOrigin = EnsureRoot<AccountId>;
    type KillOrigin = EnsureRoot<AccountId>;
    type Slash = SlashesToPool;
    type Votes = pallet_conviction_voting::VotesOf<Runtime>;
    type Tally = pallet_conviction_voting::TallyOf<Runtime>;
    type SubmissionDeposit = SubmissionDeposit;
    type MaxQueued = ConstU32<100>;
    type UndecidingTimeout = UndecidingTimeout;
    type AlarmInterval = AlarmInterval;
    type Tracks = tracks::Tracks;
    type Preimages = Preimage;
    type BlockNumberProvider = System;
}
