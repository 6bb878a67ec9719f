//! The treasury: a pot that root spends from. It creates nothing and burns nothing.

use super::DAYS;
use crate::*;
use frame_support::{
    parameter_types,
    traits::tokens::{PayFromAccount, UnityAssetBalanceConversion},
    PalletId,
};
use frame_system::{EnsureRoot, EnsureRootWithSuccess};
use sp_runtime::{
    traits::{ConstU32, IdentityLookup},
    Permill,
};

parameter_types! {
    pub const TreasuryPalletId: PalletId = PalletId(*b"nr/trsry");
    /// The account of the treasury.
    pub TreasuryAccount: AccountId = Treasury::account_id();
    pub const SpendPeriod: BlockNumber = DAYS;
    pub const PayoutPeriod: BlockNumber = 30 * DAYS;
    /// What is not spent stays in the pot.
    pub const NothingBurnt: Permill = Permill::zero();
    pub const Everything: Balance = Balance::MAX;
}

impl pallet_treasury::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type Currency = Balances;
    type RejectOrigin = EnsureRoot<AccountId>;
    type SpendPeriod = SpendPeriod;
    type Burn = NothingBurnt;
    type BurnDestination = super::SlashesToPool;
    type PalletId = TreasuryPalletId;
    type WeightInfo = pallet_treasury::weights::SubstrateWeight<Runtime>;
    type SpendFunds = ();
    type MaxApprovals = ConstU32<64>;
    type SpendOrigin = EnsureRootWithSuccess<AccountId, Everything>;
    type AssetKind = ();
    type Beneficiary = AccountId;
    type BeneficiaryLookup = IdentityLookup<AccountId>;
    type Paymaster = PayFromAccount<Balances, TreasuryAccount>;
    type BalanceConverter = UnityAssetBalanceConversion;
    type PayoutPeriod = PayoutPeriod;
    type BlockNumberProvider = System;
}
