//! BABE: who may author which slot.

use crate::*;
use frame_support::parameter_types;
use sp_consensus_babe::AuthorityId;
use sp_core::crypto::KeyTypeId;
use sp_runtime::traits::{ConstU32, ConstU64};

/// How many sessions an equivocation may be reported.
pub(super) const REPORT_SESSIONS: u64 = 168;

parameter_types! {
    pub const ReportLongevity: u64 = REPORT_SESSIONS * SESSION_SLOTS;
}

/// The most validators.
pub(super) type MaxAuthorities = ConstU32<{ neurite_primitives::MAX_ORACLES }>;

impl pallet_babe::Config for Runtime {
    type EpochDuration = ConstU64<SESSION_SLOTS>;
    type ExpectedBlockTime = ConstU64<SLOT_DURATION>;
    type EpochChangeTrigger = pallet_babe::ExternalTrigger;
    type DisabledValidators = Session;
    type WeightInfo = ();
    type MaxAuthorities = MaxAuthorities;
    type MaxNominators = ConstU32<0>;
    type KeyOwnerProof = <Historical as frame_support::traits::KeyOwnerProofSystem<(KeyTypeId, AuthorityId)>>::Proof;
    type EquivocationReportSystem = pallet_babe::EquivocationReportSystem<Self, Offences, Historical, ReportLongevity>;
}
