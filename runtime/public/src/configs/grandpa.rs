//! GRANDPA: finality.

use crate::*;
use sp_consensus_grandpa::AuthorityId;
use sp_core::crypto::KeyTypeId;
use sp_runtime::traits::{ConstU32, ConstU64};

impl pallet_grandpa::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type WeightInfo = ();
    type MaxAuthorities = super::babe::MaxAuthorities;
    type MaxNominators = ConstU32<0>;
    type MaxSetIdSessionEntries = ConstU64<{ super::babe::REPORT_SESSIONS }>;
    type KeyOwnerProof = <Historical as frame_support::traits::KeyOwnerProofSystem<(KeyTypeId, AuthorityId)>>::Proof;
    type EquivocationReportSystem = pallet_grandpa::EquivocationReportSystem<Self, Offences, Historical, super::babe::ReportLongevity>;
}
