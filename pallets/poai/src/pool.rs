//! What others tell this pallet, units, penalties and changes to deeds, and the entries in which it is kept.

use crate::{entry::DeedEntry, *};
use frame_support::BoundedVec;
use neurite_primitives::{epoch::Offence, page_of, Balance, DeedId, EpochIndex};
use neurite_traits::{ChainClock, DeedChanges, Deeds, PoolSummary, RewardPool};
use sp_runtime::Permill;

impl<T: Config> RewardPool<T::AccountId> for Pallet<T> {
    fn account() -> T::AccountId {
        Self::pot()
    }

    fn direct_share() -> Permill {
        CurrentParameters::<T>::get().direct_share
    }

    fn credit_units(deed: DeedId, units: Balance) {
        let settled = SettledCount::<T>::get();
        let credited = Self::with_known_entry(deed, |entry, epoch| {
            entry.credit(units, epoch, settled);
            epoch
        });
        if let Some(epoch) = credited {
            Self::deposit_event(Event::UnitsCredited { deed, epoch, units });
        }
    }

    fn penalise(deed: DeedId, offence: Offence) {
        let settled = SettledCount::<T>::get();
        let penalised = Self::with_known_entry(deed, |entry, epoch| {
            entry.penalise(offence, epoch, settled);
            epoch
        });
        if let Some(epoch) = penalised {
            Self::deposit_event(Event::Penalised { deed, epoch, offence });
        }
    }
}

impl<T: Config> PoolSummary for Pallet<T> {
    fn reserved() -> Balance {
        Reserved::<T>::get()
    }
}

impl<T: Config> DeedChanges for Pallet<T> {
    /// The score is that of the specs that the deed has now, so that a new node does not inherit its predecessor's.
    fn linked(deed: DeedId) {
        let score = T::Deeds::specs(deed).map_or(0, |specs| specs.benchmark.score);
        Self::with_entry(deed, |entry, epoch| {
            entry.link(epoch);
            entry.commit_score(score, epoch);
        });
    }

    fn unlinked(deed: DeedId) {
        Self::with_known_entry(deed, |entry, epoch| entry.unlink(epoch));
    }

    fn score_committed(deed: DeedId, score: u64) {
        Self::with_entry(deed, |entry, epoch| entry.commit_score(score, epoch));
    }
}

impl<T: Config> Pallet<T> {
    /// Returns what the work of epochs knows of a deed, if it was ever linked.
    pub(crate) fn entry(deed: DeedId) -> Option<DeedEntry> {
        let (page, position) = page_of(deed);
        let position = usize::try_from(position).ok()?;
        Pages::<T>::get(page).get(position).copied()
    }

    /// Changes the entry of a deed in the current epoch; the page grows to the deed.
    fn with_entry(deed: DeedId, change: impl FnOnce(&mut DeedEntry, EpochIndex)) {
        let (page, position) = page_of(deed);
        let Ok(position) = usize::try_from(position) else { return };
        let epoch = Self::epoch();
        Pages::<T>::mutate(page, |entries| {
            let length = entries.len().max(position.saturating_add(1));
            let mut grown = core::mem::take(entries).into_inner();
            grown.resize(length, DeedEntry::default());
            // A position is below the size of a page, so that nothing is cut off.
            *entries = BoundedVec::truncate_from(grown);
            if let Some(entry) = entries.get_mut(position) {
                change(entry, epoch);
            }
        });
        TrackedDeeds::<T>::mutate(|count| *count = (*count).max(deed.saturating_add(1)));
    }

    /// Changes the entry of a deed in the current epoch, if it was ever linked.
    fn with_known_entry<R>(deed: DeedId, change: impl FnOnce(&mut DeedEntry, EpochIndex) -> R) -> Option<R> {
        let (page, position) = page_of(deed);
        let position = usize::try_from(position).ok()?;
        let epoch = Self::epoch();
        Pages::<T>::mutate_exists(page, |entries| {
            let entry = entries.as_mut()?.get_mut(position)?;
            Some(change(entry, epoch))
        })
    }
}
