//! What runtime APIs ask. Nothing here is called while a block is executed.

use crate::*;
use alloc::vec::Vec;
use neurite_primitives::{
    epoch::{EpochState, PowerTerms},
    page_of,
    view::{ClaimableView, DeedEpochView, EpochView},
    Balance, DeedId, EpochIndex, PAGE_SIZE,
};
use neurite_traits::ChainClock;

/// The most epochs that [`Pallet::deed_epochs`] returns.
pub const VIEW_EPOCHS: usize = 16;

impl<T: Config> Pallet<T> {
    /// Returns the first epoch for whose whole length a deed is linked and bonded, if it is.
    pub fn active_from(deed: DeedId) -> Option<EpochIndex> {
        Self::entry(deed).and_then(|entry| entry.active_from)
    }

    /// Returns the life-time availability of a deed in units of 1/255 epoch.
    pub fn lifetime(deed: DeedId) -> u64 {
        Self::entry(deed).map_or(0, |entry| entry.lifetime)
    }

    /// Returns the terms of a deed's power score as they stand now, in the current epoch.
    pub fn terms_now(deed: DeedId) -> PowerTerms {
        let basis = Basis::from(&CurrentParameters::<T>::get());
        let entry = Self::entry(deed).unwrap_or_default();
        entry.terms(Self::epoch(), SettledCount::<T>::get(), &basis)
    }

    /// Returns how a deed fared in the last settled epochs that are kept, at most [`VIEW_EPOCHS`], oldest first.
    pub fn deed_epochs(deed: DeedId) -> Vec<DeedEpochView> {
        let mut views: Vec<_> = Self::kept_epochs().rev().filter_map(|epoch| Self::deed_epoch(deed, epoch)).take(VIEW_EPOCHS).collect();
        views.reverse();
        views
    }

    /// Returns an epoch, `None` meaning the current one.
    pub fn epoch_view(epoch: Option<EpochIndex>) -> Option<EpochView> {
        let current = Current::<T>::get();
        match epoch {
            None => current.map(Self::open_view),
            Some(index) => match Epochs::<T>::get(index) {
                Some(record) => Some(Self::record_view(index, record)),
                None => current.filter(|open| open.index == index).map(Self::open_view),
            },
        }
    }

    /// Returns the epochs that are closing or kept for claims, and the current one, oldest first.
    pub fn epochs() -> Vec<EpochView> {
        Self::kept_epochs().chain(Current::<T>::get().map(|open| open.index)).filter_map(|epoch| Self::epoch_view(Some(epoch))).collect()
    }

    /// Returns what could be claimed for some deeds, by deed and epoch.
    pub fn claimable_of(deeds: &[DeedId]) -> Vec<ClaimableView> {
        let of = |deed: DeedId| {
            let views = Self::kept_epochs().filter_map(move |epoch| Self::deed_epoch(deed, epoch));
            let due = views.filter(|view| !view.claimed && view.reward > 0);
            due.map(move |view| ClaimableView { deed, epoch: view.epoch, amount: view.reward })
        };
        deeds.iter().copied().flat_map(of).collect()
    }

    /// Returns the balance of the pot.
    pub fn pot_balance() -> Balance {
        use frame_support::traits::fungible::Inspect;
        T::Currency::balance(&Self::pot())
    }

    fn kept_epochs() -> core::ops::Range<EpochIndex> {
        OldestEpoch::<T>::get()..Self::epoch()
    }

    fn deed_epoch(deed: DeedId, epoch: EpochIndex) -> Option<DeedEpochView> {
        let record = Epochs::<T>::get(epoch).filter(|record| record.state == EpochState::Settled)?;
        let IndexEntry { availability, index, terms } = Self::index_entry(epoch, deed)?;
        let (page, position) = page_of(deed);
        let claimed = Claimed::<T>::get(epoch, page).contains(position);
        Some(DeedEpochView { epoch, availability, terms, index, reward: record.reward(index), claimed })
    }

    fn open_view(open: OpenEpoch) -> EpochView {
        let deeds = TrackedDeeds::<T>::get();
        EpochView {
            index: open.index,
            state: EpochState::Open,
            start: open.start,
            end: open.end,
            pages: deeds.div_ceil(PAGE_SIZE),
            deeds,
            reserved: 0,
            total_index: 0,
            claimed: 0,
            settled_count: SettledCount::<T>::get(),
        }
    }

    fn record_view(index: EpochIndex, record: EpochRecord) -> EpochView {
        EpochView {
            index,
            state: record.state,
            start: record.start,
            end: record.end,
            pages: record.pages,
            deeds: record.deeds,
            reserved: record.reserved,
            total_index: record.total_index,
            claimed: record.claimed,
            settled_count: record.settled_count,
        }
    }
}
