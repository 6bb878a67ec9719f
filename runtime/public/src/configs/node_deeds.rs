//! Deeds: issued by root, bonded in NEU.

use crate::*;
use frame_system::EnsureRoot;

impl pallet_node_deeds::Config for Runtime {
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type IssueOrigin = EnsureRoot<AccountId>;
    type Clock = Poai;
    type NodeAccount = pallet_node_deeds::EcdsaNodeAccount;
    type Changes = Poai;
    type Rewards = Poai;
    type WeightInfo = pallet_node_deeds::weights::SubstrateWeight<Runtime>;
}
