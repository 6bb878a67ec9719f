//! Jobs: escrow in NEU, deeds as workers, the pool as their reward.

use crate::*;

impl pallet_jobs::Config for Runtime {
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type Clock = Poai;
    type Deeds = NodeDeeds;
    type RewardPool = Poai;
    type Attestations = Oracles;
    type WeightInfo = pallet_jobs::weights::SubstrateWeight<Runtime>;
}
