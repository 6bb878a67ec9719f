//! Takes the oracles from the session and fixes a committee per epoch.

use crate::*;
use frame_support::traits::OneSessionHandler;
use neurite_primitives::{oracle::OracleId, EpochIndex, PageIndex};
use neurite_traits::{ChainClock, EpochHooks};
use sp_runtime::BoundToRuntimeAppPublic;

impl<T: Config> BoundToRuntimeAppPublic for Pallet<T> {
    type Public = OracleId;
}

impl<T: Config> OneSessionHandler<T::AccountId> for Pallet<T> {
    type Key = OracleId;

    fn on_genesis_session<'a, I>(validators: I)
    where
        I: Iterator<Item = (&'a T::AccountId, OracleId)> + 'a,
    {
        Validators::<T>::put(Self::without_faulty(validators.map(|(_, key)| key)));
    }

    fn on_new_session<'a, I>(_changed: bool, validators: I, _queued_validators: I)
    where
        I: Iterator<Item = (&'a T::AccountId, OracleId)> + 'a,
    {
        Validators::<T>::put(Self::without_faulty(validators.map(|(_, key)| key)));
    }

    /// A validator that is disabled for equivocation keeps its seat until the next session: attesting is no part of consensus.
    fn on_disabled(_: u32) {}
}

impl<T: Config> EpochHooks for Pallet<T> {
    fn epoch_started(epoch: EpochIndex) {
        let previous = epoch.saturating_sub(1);
        if !Closing::<T>::get().iter().any(|closing| closing.epoch == previous) {
            Committees::<T>::remove(previous);
        }
        Committees::<T>::insert(epoch, Validators::<T>::get());
    }

    fn epoch_closing(epoch: EpochIndex, deeds: u32, pages: PageIndex) {
        Closing::<T>::mutate(|list| {
            let closing = ClosingEpoch { epoch, deeds, pages, open: true, cleared: 0 };
            // The epochs settle one at a time; should they ever not, the oldest is given up.
            if list.is_full() && !list.is_empty() {
                Self::forget_epoch(&list.remove(0));
            }
            let _ = list.try_push(closing);
        });
    }

    fn epoch_finished(epoch: EpochIndex) {
        Self::mutate_closing(epoch, |closing| closing.open = false);
    }
}

impl<T: Config> Pallet<T> {
    /// Changes a closing epoch, and forgets it if it is finished and all of its pages are cleared.
    pub(crate) fn mutate_closing(epoch: EpochIndex, change: impl FnOnce(&mut ClosingEpoch)) {
        Closing::<T>::mutate(|list| {
            let Some(closing) = list.iter_mut().find(|closing| closing.epoch == epoch) else { return };
            change(closing);
            if !closing.open && closing.cleared >= closing.pages {
                Self::forget_epoch(closing);
                list.retain(|closing| closing.epoch != epoch);
            }
        });
    }

    /// Removes what is left of an epoch; nothing of the pages that were cleared.
    fn forget_epoch(closing: &ClosingEpoch) {
        for page in closing.cleared..closing.pages {
            PageReports::<T>::remove(closing.epoch, page);
        }
        if closing.epoch != T::Clock::epoch() {
            Committees::<T>::remove(closing.epoch);
        }
    }
}
