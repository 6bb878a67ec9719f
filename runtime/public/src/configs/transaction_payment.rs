//! Fees: by weight and length, to the block's author.

use crate::*;
use frame_support::{
    parameter_types,
    traits::{fungible::Balanced, Imbalance, OnUnbalanced},
    weights::{ConstantMultiplier, IdentityFee},
};
use pallet_transaction_payment::{FungibleAdapter, Multiplier, TargetedFeeAdjustment};
use sp_runtime::{traits::Bounded, FixedPointNumber, Perquintill};

parameter_types! {
    pub const TransactionByteFee: Balance = NEU / 1_000_000;
    pub const TargetBlockFullness: Perquintill = Perquintill::from_percent(25);
    pub AdjustmentVariable: Multiplier = Multiplier::saturating_from_rational(1, 100_000);
    pub MinimumMultiplier: Multiplier = Multiplier::saturating_from_rational(1, 10);
    pub MaximumMultiplier: Multiplier = Bounded::max_value();
}

/// Gives fees and tips to the author, or to the pool where the author is unknown or cannot receive.
#[derive(Debug)]
pub struct FeesToAuthor;

impl OnUnbalanced<super::balances::Credit> for FeesToAuthor {
    fn on_unbalanceds(credits: impl Iterator<Item = super::balances::Credit>) {
        let Some(total) = credits.reduce(Imbalance::merge) else { return };
        let unpaid = match Authorship::author() {
            Some(author) => Balances::resolve(&author, total).err(),
            None => Some(total),
        };
        if let Some(credit) = unpaid {
            super::balances::to_pool(credit);
        }
    }
}

impl pallet_transaction_payment::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type OnChargeTransaction = FungibleAdapter<Balances, FeesToAuthor>;
    type WeightToFee = IdentityFee<Balance>;
    type LengthToFee = ConstantMultiplier<Balance, TransactionByteFee>;
    type FeeMultiplierUpdate = TargetedFeeAdjustment<Self, TargetBlockFullness, AdjustmentVariable, MinimumMultiplier, MaximumMultiplier>;
    type OperationalFeeMultiplier = frame_support::traits::ConstU8<5>;
    type WeightInfo = pallet_transaction_payment::weights::SubstrateWeight<Runtime>;
}

impl pallet_skip_feeless_payment::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
}
