//! Vesting: NEU held at genesis, network rewards for the pool.

use crate::*;

impl pallet_vesting::Config for Runtime {
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type Clock = Poai;
    type RewardPool = Poai;
    type WeightInfo = pallet_vesting::weights::SubstrateWeight<Runtime>;
}
