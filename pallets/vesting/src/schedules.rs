//! Schedules: made at genesis, released as time passes.

use crate::{pallet::*, Purpose, Schedule};
use frame_support::{
    ensure,
    traits::{
        fungible::{InspectHold, MutateHold},
        tokens::Precision,
    },
};
use neurite_primitives::{Balance, EpochIndex, Moment, PageIndex};
use neurite_traits::{ChainClock, EpochHooks, RewardPool};
use sp_runtime::{DispatchError, DispatchResult};

impl<T: Config> Pallet<T> {
    /// Holds an amount on its account and stores its schedule.
    pub(crate) fn allocate(who: &T::AccountId, purpose: Purpose, total: Balance) -> DispatchResult {
        let for_pool = *who == T::RewardPool::account();
        ensure!(for_pool == (purpose == Purpose::NetworkRewards), Error::<T>::WrongPurpose);
        ensure!(total > 0, Error::<T>::NothingToRelease);
        Schedules::<T>::try_mutate(who, |schedules| {
            ensure!(schedules.iter().all(|other| other.purpose != purpose), Error::<T>::AlreadyExists);
            let schedule = Schedule { purpose, total, released: 0 };
            schedules.try_push(schedule).map_err(|_| Error::<T>::MaxSchedulesExceeded)?;
            T::Currency::hold(&HoldReason::Vesting.into(), who, total)
        })
    }

    /// Releases what is due of all schedules of an account; returns it.
    pub(crate) fn do_release(who: &T::AccountId) -> Result<Balance, DispatchError> {
        let mut schedules = Schedules::<T>::get(who);
        ensure!(!schedules.is_empty(), Error::<T>::NotFound);
        let elapsed = Self::elapsed();
        let mut amount: Balance = 0;
        for schedule in schedules.iter_mut() {
            let due = schedule.due(elapsed);
            schedule.released = schedule.released.saturating_add(due);
            amount = amount.saturating_add(due);
        }
        ensure!(amount > 0, Error::<T>::NothingToRelease);
        T::Currency::release(&HoldReason::Vesting.into(), who, amount, Precision::Exact)?;
        schedules.retain(|schedule| schedule.held() > 0);
        let held = sum(schedules.iter().map(Schedule::held));
        match schedules.is_empty() {
            true => Schedules::<T>::remove(who),
            false => Schedules::<T>::insert(who, schedules),
        }
        Self::deposit_event(Event::Released { who: who.clone(), amount, held });
        Ok(amount)
    }

    /// Returns the time in milliseconds since the start; zero before it.
    pub(crate) fn elapsed() -> Moment {
        T::Clock::now().saturating_sub(Start::<T>::get())
    }

    /// Returns what is held under this pallet's reason on an account.
    pub(crate) fn held_on(who: &T::AccountId) -> Balance {
        T::Currency::balance_on_hold(&HoldReason::Vesting.into(), who)
    }
}

/// Adds amounts up.
pub(crate) fn sum(amounts: impl Iterator<Item = Balance>) -> Balance {
    amounts.fold(0, |sum, amount| sum.saturating_add(amount))
}

/// Releases network rewards to the pool at the start of each epoch, so that they flow whether or not somebody asks.
impl<T: Config> EpochHooks for Pallet<T> {
    fn epoch_started(epoch: EpochIndex) {
        let pool = T::RewardPool::account();
        if !Schedules::<T>::contains_key(&pool) {
            return;
        }
        match Self::do_release(&pool) {
            Ok(_) => {}
            Err(error) if error == Error::<T>::NothingToRelease.into() => {}
            Err(error) => log::error!(target: crate::LOG_TARGET, "epoch {epoch}: network rewards cannot be released: {error:?}"),
        }
    }

    fn epoch_closing(_: EpochIndex, _: u32, _: PageIndex) {}

    fn epoch_finished(_: EpochIndex) {}
}
