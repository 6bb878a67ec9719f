//! The pallet's invariants, checked over its whole state.

use crate::{pallet::*, schedules::sum, Purpose, Schedule};
use alloc::collections::BTreeSet;
use frame_support::ensure;
use neurite_traits::RewardPool;
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
    /// Checks every invariant that the crate's documentation guarantees.
    pub fn do_try_state() -> Result<(), TryRuntimeError> {
        let elapsed = Self::elapsed();
        for (who, schedules) in Schedules::<T>::iter() {
            ensure!(!schedules.is_empty(), "an account has an empty list of schedules");
            let purposes: BTreeSet<_> = schedules.iter().map(|schedule| schedule.purpose).collect();
            ensure!(purposes.len() == schedules.len(), "an account has two schedules for one purpose");
            let is_pool = who == T::RewardPool::account();
            for Schedule { purpose, total, released } in &schedules {
                ensure!(is_pool == (*purpose == Purpose::NetworkRewards), "network rewards are not the pool's");
                ensure!(released < total, "a schedule is kept that is over");
                ensure!(*released <= purpose.curve().vested(*total, elapsed), "more was released than is vested");
            }
        }
        // On every account of the chain, so that no hold is left without a schedule.
        for who in frame_system::Account::<T>::iter_keys() {
            let scheduled = sum(Schedules::<T>::get(&who).iter().map(Schedule::held));
            ensure!(Self::held_on(&who) == scheduled, "schedules and hold of an account differ");
        }
        Ok(())
    }
}
