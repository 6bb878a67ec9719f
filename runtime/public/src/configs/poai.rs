//! Proof of AI: the pot, the time and the committee's medians.

use crate::*;
use frame_support::{parameter_types, PalletId};

parameter_types! {
    pub const PotId: PalletId = PalletId(*b"nr/rwrds");
}

impl pallet_poai::Config for Runtime {
    type Currency = Balances;
    type PotId = PotId;
    type Time = Timestamp;
    type Deeds = NodeDeeds;
    type Medians = Oracles;
    type Hooks = (Oracles, (Vesting, super::governance::SubmissionDeposits));
    type WeightInfo = pallet_poai::weights::SubstrateWeight<Runtime>;
}
