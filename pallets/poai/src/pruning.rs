//! The end of an epoch: what is left is released to the pool, and its pages are removed.

use crate::*;
use frame_support::weights::WeightMeter;
use neurite_primitives::{epoch::EpochState, Balance, EpochIndex};
use neurite_traits::ChainClock;

impl<T: Config> Pallet<T> {
    /// Releases what is still reserved for an epoch to the pool, and returns it. The caller stores or removes the record.
    pub(crate) fn release(record: &mut EpochRecord) -> Balance {
        let amount = record.outstanding();
        record.released = record.released.saturating_add(amount);
        Reserved::<T>::mutate(|sum| *sum = sum.saturating_sub(amount));
        amount
    }

    /// Releases epochs whose claim window is over and removes their pages, as far as the meter goes.
    pub(crate) fn prune(meter: &mut WeightMeter) {
        loop {
            match Pruning::<T>::get() {
                Some(start) => {
                    let rest = Self::prune_pages(start, meter);
                    Pruning::<T>::set(rest);
                    if rest.is_some() {
                        return;
                    }
                }
                None => {
                    let epoch = OldestEpoch::<T>::get();
                    let over = epoch.saturating_add(CurrentParameters::<T>::get().claim_window) < Self::epoch();
                    if !over || meter.try_consume(T::WeightInfo::release_epoch()).is_err() {
                        return;
                    }
                    Self::release_epoch(epoch);
                }
            }
        }
    }

    /// Ends the claims of an epoch. Every epoch before the last two is finished, as only the last but one can be closing.
    fn release_epoch(epoch: EpochIndex) {
        OldestEpoch::<T>::put(epoch.saturating_add(1));
        let Some(mut record) = Epochs::<T>::take(epoch) else { return };
        let amount = Self::release(&mut record);
        if record.state == EpochState::Settled {
            Pruning::<T>::put(PruneCursor { epoch, page: 0, pages: record.pages });
        }
        Self::deposit_event(Event::RewardsReleased { epoch, amount });
    }

    /// Removes pages until the meter or the pages end; returns where to go on.
    fn prune_pages(start: PruneCursor, meter: &mut WeightMeter) -> Option<PruneCursor> {
        for page in start.page..start.pages {
            if meter.try_consume(T::WeightInfo::prune_page()).is_err() {
                return Some(PruneCursor { page, ..start });
            }
            Indices::<T>::remove(start.epoch, page);
            Claimed::<T>::remove(start.epoch, page);
        }
        None
    }
}
