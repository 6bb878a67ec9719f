//! Sessions, their history for reports of equivocation, and offences.

use crate::*;
use frame_support::parameter_types;
use pallet_session::historical;
use sp_runtime::traits::{ConvertInto, OpaqueKeys};
use sp_staking::SessionIndex;

parameter_types! {
    pub const KeyDeposit: Balance = 0;
}

/// Plans sessions from the list of validators and forgets those too old to be reported.
#[derive(Debug)]
pub struct PlannedSessions;

impl pallet_session::SessionManager<AccountId> for PlannedSessions {
    fn new_session(index: SessionIndex) -> Option<Vec<AccountId>> {
        <Validators as pallet_session::SessionManager<AccountId>>::new_session(index)
    }

    fn start_session(_: SessionIndex) {}

    fn end_session(index: SessionIndex) {
        <Self as historical::SessionManager<AccountId, ()>>::end_session(index);
    }
}

impl historical::SessionManager<AccountId, ()> for PlannedSessions {
    fn new_session(index: SessionIndex) -> Option<Vec<(AccountId, ())>> {
        <Validators as historical::SessionManager<AccountId, ()>>::new_session(index)
    }

    fn start_session(_: SessionIndex) {}

    fn end_session(index: SessionIndex) {
        let kept = SessionIndex::try_from(super::babe::REPORT_SESSIONS).unwrap_or(SessionIndex::MAX);
        historical::Pallet::<Runtime>::prune_up_to(index.saturating_sub(kept));
    }
}

impl pallet_session::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type ValidatorId = AccountId;
    type ValidatorIdOf = ConvertInto;
    type ShouldEndSession = Babe;
    type NextSessionRotation = Babe;
    type SessionManager = historical::NoteHistoricalRoot<Self, PlannedSessions>;
    type SessionHandler = <SessionKeys as OpaqueKeys>::KeyTypeIdProviders;
    type Keys = SessionKeys;
    type DisablingStrategy = pallet_session::disabling::UpToLimitDisablingStrategy;
    type WeightInfo = pallet_session::weights::SubstrateWeight<Runtime>;
    type Currency = Balances;
    type KeyDeposit = KeyDeposit;
}

impl historical::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type FullIdentification = ();
    type FullIdentificationOf = UnitIdentification;
}

/// Every validator is identified by its account alone.
#[derive(Debug)]
pub struct UnitIdentification;

impl sp_runtime::traits::Convert<AccountId, Option<()>> for UnitIdentification {
    fn convert(_: AccountId) -> Option<()> {
        Some(())
    }
}

impl pallet_offences::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type IdentificationTuple = historical::IdentificationTuple<Self>;
    type OnOffenceHandler = Validators;
}
