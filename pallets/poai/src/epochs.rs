//! The clocks, and the turn from one epoch to the next.

use crate::*;
use frame_support::{
    traits::{fungible::Inspect, Get, Time},
    weights::Weight,
    PalletId,
};
use neurite_primitives::{epoch::EpochState, Balance, EpochIndex, Moment, MAX_ACTIVE_STEP, PAGE_SIZE};
use neurite_traits::{ChainClock, EpochHooks};
use sp_runtime::traits::AccountIdConversion;

impl<T: Config> ChainClock for Pallet<T> {
    fn now() -> Moment {
        T::Time::now()
    }

    fn active_now() -> Moment {
        ActiveNow::<T>::get()
    }

    fn epoch() -> EpochIndex {
        Current::<T>::get().map_or(0, |epoch| epoch.index)
    }
}

impl<T: Config> Pallet<T> {
    /// Returns the account that pools rewards.
    pub fn pot() -> T::AccountId {
        <T::PotId as Get<PalletId>>::get().into_account_truncating()
    }

    /// Returns what is in the pot beyond the existential deposit and what is reserved: the pool.
    pub fn pool() -> Balance {
        T::Currency::balance(&Self::pot()).saturating_sub(T::Currency::minimum_balance()).saturating_sub(Reserved::<T>::get())
    }

    /// Advances the active clock by the time since the block before, as far as a block may.
    pub(crate) fn advance_clock() {
        let (now, last) = (T::Time::now(), LastMoment::<T>::get());
        if now == last {
            return;
        }
        if last != 0 {
            let step = now.saturating_sub(last).min(MAX_ACTIVE_STEP);
            ActiveNow::<T>::mutate(|active| *active = active.saturating_add(step));
        }
        LastMoment::<T>::put(now);
    }

    /// Starts the first epoch at the first timestamp, and turns to the next one when the current one's time is over and the one
    /// before is finished.
    pub(crate) fn turn_epoch() -> Weight {
        let now = T::Time::now();
        let quiet = T::WeightInfo::on_initialize();
        match Current::<T>::get() {
            None if now == 0 => return quiet,
            None => Self::start_epoch(1, now),
            Some(epoch) if now < epoch.end || WorkCursor::<T>::exists() => return quiet,
            Some(epoch) => {
                Self::close_epoch(&epoch);
                Self::start_epoch(epoch.index.saturating_add(1), latest_boundary(&epoch, now));
            }
        }
        quiet.saturating_add(T::WeightInfo::turn_epoch())
    }

    fn start_epoch(epoch: EpochIndex, start: Moment) {
        let end = start.saturating_add(CurrentParameters::<T>::get().epoch_period);
        Current::<T>::put(OpenEpoch { index: epoch, start, end });
        T::Hooks::epoch_started(epoch);
        Self::deposit_event(Event::EpochStarted { epoch, start, end });
    }

    /// Reserves the pool for an epoch and opens its report window.
    fn close_epoch(open: &OpenEpoch) {
        let (epoch, reserved, parameters) = (open.index, Self::pool(), CurrentParameters::<T>::get());
        let deeds = TrackedDeeds::<T>::get();
        let pages = deeds.div_ceil(PAGE_SIZE);
        let record = EpochRecord {
            state: EpochState::Closing,
            start: open.start,
            end: open.end,
            deeds,
            pages,
            basis: (&parameters).into(),
            reserved,
            total_index: 0,
            claimed: 0,
            released: 0,
            settled_count: SettledCount::<T>::get(),
        };
        Reserved::<T>::mutate(|sum| *sum = sum.saturating_add(reserved));
        Epochs::<T>::insert(epoch, record);
        let until = ActiveNow::<T>::get().saturating_add(parameters.report_window);
        WorkCursor::<T>::put(Cursor { epoch, page: 0, phase: Phase::Reports { until } });
        T::Hooks::epoch_closing(epoch, deeds, pages);
        Self::deposit_event(Event::EpochClosing { epoch, reserved, deeds, pages });
    }
}

/// Returns the latest point that has passed of the grid that begins with an epoch and has its length.
fn latest_boundary(epoch: &OpenEpoch, now: Moment) -> Moment {
    let since_end = now.saturating_sub(epoch.end);
    let period = epoch.end.saturating_sub(epoch.start);
    let into_epoch = since_end.checked_rem(period).unwrap_or_default();
    now.saturating_sub(into_epoch)
}
