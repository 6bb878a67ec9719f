//! Balances: dust goes to the reward pool, so that total issuance never changes.

use crate::*;
use frame_support::{
    parameter_types,
    traits::{fungible::Balanced, tokens::imbalance::ResolveTo, ConstU32, VariantCountOf},
};

parameter_types! {
    pub const ExistentialDeposit: Balance = EXISTENTIAL_DEPOSIT;
    /// The account that pools rewards.
    pub PotAccount: AccountId = <Poai as neurite_traits::RewardPool<AccountId>>::account();
}

/// A part of the issuance that is about to find an owner.
pub(super) type Credit = frame_support::traits::fungible::Credit<AccountId, Balances>;

impl pallet_balances::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type RuntimeHoldReason = RuntimeHoldReason;
    type RuntimeFreezeReason = RuntimeFreezeReason;
    type Balance = Balance;
    type DustRemoval = ResolveTo<PotAccount, Balances>;
    type ExistentialDeposit = ExistentialDeposit;
    type AccountStore = System;
    type WeightInfo = pallet_balances::weights::SubstrateWeight<Runtime>;
    type MaxLocks = ConstU32<50>;
    type MaxReserves = ConstU32<50>;
    type ReserveIdentifier = [u8; 8];
    type FreezeIdentifier = RuntimeFreezeReason;
    type MaxFreezes = VariantCountOf<RuntimeFreezeReason>;
    type DoneSlashHandler = ();
}

/// Puts a credit into the pool, which always exists.
pub(super) fn to_pool(credit: Credit) {
    // The pot holds the existential deposit from genesis, so resolving cannot fail; a credit that did would burn.
    let _ = Balances::resolve(&PotAccount::get(), credit);
}
