//! What the session and offences pallets ask of the list.

use crate::*;
use alloc::vec::Vec;
use frame_support::weights::Weight;
use sp_runtime::Perbill;
use sp_staking::{
    offence::{OffenceDetails, OnOffenceHandler},
    SessionIndex,
};

impl<T: Config> pallet_session::SessionManager<T::AccountId> for Pallet<T> {
    fn new_session(_: SessionIndex) -> Option<Vec<T::AccountId>> {
        let validators = Validators::<T>::get().into_inner();
        (!validators.is_empty()).then_some(validators)
    }

    fn start_session(_: SessionIndex) {}

    fn end_session(_: SessionIndex) {}
}

impl<T: Config> pallet_session::historical::SessionManager<T::AccountId, ()> for Pallet<T> {
    fn new_session(index: SessionIndex) -> Option<Vec<(T::AccountId, ())>> {
        let validators = <Self as pallet_session::SessionManager<_>>::new_session(index)?;
        Some(validators.into_iter().map(|validator| (validator, ())).collect())
    }

    fn start_session(_: SessionIndex) {}

    fn end_session(_: SessionIndex) {}
}

impl<T: Config, Reporter> OnOffenceHandler<Reporter, (T::AccountId, ()), Weight> for Pallet<T> {
    fn on_offence(offenders: &[OffenceDetails<Reporter, (T::AccountId, ())>], _: &[Perbill], session: SessionIndex) -> Weight {
        for details in offenders {
            let (validator, ()) = &details.offender;
            match Self::do_remove(validator) {
                Ok(()) => Self::deposit_event(Event::Expelled { validator: validator.clone() }),
                Err(error) => {
                    log::warn!(target: LOG_TARGET, "offender of session {session} stays in the list: {error:?}")
                }
            }
        }
        T::WeightInfo::remove().saturating_mul(offenders.len() as u64)
    }
}
