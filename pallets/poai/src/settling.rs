//! The work on the closing epoch, page by page.
//!
//! First every page is checked for a quorum, so that an epoch is voided before anything changed; then pages are settled; then
//! oracles may forget the epoch, and their reports are removed. Each step is paid from a meter before it is done; where the meter
//! ends, the cursor stays, and the next block goes on from there.

use crate::*;
use frame_support::{weights::WeightMeter, BoundedVec};
use neurite_primitives::{epoch::EpochState, EpochIndex, PageIndex};
use neurite_traits::{AvailabilityMedians, EpochHooks};

/// What follows a step.
enum Next {
    /// Another step.
    Step(Cursor),
    /// Nothing: all is done.
    Done,
    /// The same step, later.
    Wait,
}

impl<T: Config> Pallet<T> {
    /// Works on the closing epoch, then on what may be pruned, as far as the meter goes.
    pub(crate) fn work(meter: &mut WeightMeter) {
        if meter.try_consume(T::WeightInfo::work_base()).is_err() {
            return;
        }
        if let Some(start) = WorkCursor::<T>::get() {
            let rest = Self::settle_from(start, meter);
            if rest != Some(start) {
                WorkCursor::<T>::set(rest);
            }
        }
        Self::prune(meter);
    }

    /// Does steps until the meter or the work ends; returns where to go on.
    fn settle_from(start: Cursor, meter: &mut WeightMeter) -> Option<Cursor> {
        let mut cursor = start;
        loop {
            match Self::step(cursor, meter) {
                Next::Step(next) => cursor = next,
                Next::Wait => return Some(cursor),
                Next::Done => return None,
            }
        }
    }

    fn step(cursor: Cursor, meter: &mut WeightMeter) -> Next {
        let Some(record) = Epochs::<T>::get(cursor.epoch) else { return Next::Done };
        match cursor.phase {
            Phase::Reports { until } if ActiveNow::<T>::get() < until => Next::Wait,
            Phase::Reports { .. } => Next::Step(cursor.first_page(Phase::Quorum)),
            Phase::Quorum => Self::step_quorum(cursor, record, meter),
            Phase::Settling { total_index } => Self::step_settling(cursor, record, total_index, meter),
            Phase::Clearing => Self::step_clearing(cursor, &record, meter),
        }
    }

    fn step_quorum(cursor: Cursor, record: EpochRecord, meter: &mut WeightMeter) -> Next {
        let oracles = T::Medians::committee_bound();
        if cursor.page >= record.pages {
            return Next::Step(cursor.first_page(Phase::Settling { total_index: 0 }));
        }
        // What voids the epoch is paid for with each page, and counted only where it happens.
        let check = T::WeightInfo::check_quorum(oracles);
        if !meter.can_consume(check.saturating_add(T::WeightInfo::finish_epoch())) {
            return Next::Wait;
        }
        meter.consume(check);
        if T::Medians::has_quorum(cursor.epoch, cursor.page) {
            return Next::Step(cursor.next_page(Phase::Quorum));
        }
        meter.consume(T::WeightInfo::finish_epoch());
        Self::void(cursor, record);
        Next::Step(cursor.first_page(Phase::Clearing))
    }

    fn step_settling(cursor: Cursor, record: EpochRecord, total_index: u128, meter: &mut WeightMeter) -> Next {
        if cursor.page >= record.pages {
            if meter.try_consume(T::WeightInfo::finish_epoch()).is_err() {
                return Next::Wait;
            }
            Self::finish(cursor.epoch, record, total_index);
            return Next::Step(cursor.first_page(Phase::Clearing));
        }
        if meter.try_consume(T::WeightInfo::settle_page(T::Medians::committee_bound())).is_err() {
            return Next::Wait;
        }
        let sum = Self::settle_page(cursor.epoch, cursor.page, &record);
        Next::Step(cursor.next_page(Phase::Settling { total_index: total_index.saturating_add(sum) }))
    }

    fn step_clearing(cursor: Cursor, record: &EpochRecord, meter: &mut WeightMeter) -> Next {
        if cursor.page >= record.pages {
            return Next::Done;
        }
        if meter.try_consume(T::WeightInfo::clear_page(T::Medians::committee_bound())).is_err() {
            return Next::Wait;
        }
        T::Medians::clear(cursor.epoch, cursor.page);
        Next::Step(cursor.next_page(Phase::Clearing))
    }

    /// Settles a page and returns the sum of its indices.
    fn settle_page(epoch: EpochIndex, page: PageIndex, record: &EpochRecord) -> u128 {
        let medians = T::Medians::medians(epoch, page).unwrap_or_default();
        let length = usize::try_from(record.page_length(page)).unwrap_or(usize::MAX);
        let settled = SettledCount::<T>::get().saturating_add(1);
        let mut entries = Pages::<T>::get(page);
        if entries.is_empty() {
            return 0;
        }
        let mut total = 0u128;
        let reported = medians.into_iter().chain(core::iter::repeat(0));
        let indices = entries.iter_mut().take(length).zip(reported).map(|(entry, reported)| {
            let index = entry.settle(epoch, reported, settled, &record.basis);
            total = total.saturating_add(index.index);
            index
        });
        // At most as many indices as entries, so that nothing is cut off.
        let indices = BoundedVec::truncate_from(indices.collect());
        Indices::<T>::insert(epoch, page, indices);
        Pages::<T>::insert(page, entries);
        total
    }

    /// Fixes the rewards of an epoch whose pages are all settled.
    fn finish(epoch: EpochIndex, mut record: EpochRecord, total_index: u128) {
        let settled_count = SettledCount::<T>::get().saturating_add(1);
        SettledCount::<T>::put(settled_count);
        record.state = EpochState::Settled;
        record.total_index = total_index;
        record.settled_count = settled_count;
        if total_index == 0 {
            Self::release(&mut record);
        }
        let reserved = record.outstanding();
        Epochs::<T>::insert(epoch, record);
        T::Hooks::epoch_finished(epoch);
        Self::deposit_event(Event::EpochSettled { epoch, reserved, total_index, settled_count });
    }

    /// Voids an epoch because of the page that the cursor names.
    fn void(cursor: Cursor, mut record: EpochRecord) {
        let Cursor { epoch, page, .. } = cursor;
        record.state = EpochState::Voided;
        let released = Self::release(&mut record);
        Epochs::<T>::insert(epoch, record);
        T::Hooks::epoch_finished(epoch);
        Self::deposit_event(Event::PageWithoutQuorum { epoch, page });
        Self::deposit_event(Event::EpochVoided { epoch, released });
    }
}
