//! What `on_idle` does: a few jobs and records per block, in the order of storage, round and round.
//!
//! A cursor remembers the last one looked at. Whatever fails is left as it was, logged, and tried again in the next round.

use crate::{pallet::*, JobKeyOf, WeightInfo};
use frame_support::{pallet_prelude::Weight, storage::with_storage_layer, weights::WeightMeter};
use neurite_primitives::JobKey;
use neurite_traits::ChainClock;

/// The most live jobs that are looked at in one block.
const JOBS_PER_BLOCK: u32 = 16;
/// The most records that are looked at in one block.
const RECORDS_PER_BLOCK: u32 = 16;

impl<T: Config> Pallet<T> {
    /// Applies what is due within `limit` and returns the weight consumed.
    pub(crate) fn sweep(limit: Weight) -> Weight {
        let mut meter = WeightMeter::with_limit(limit);
        if meter.try_consume(T::WeightInfo::sweep_cursors()).is_err() {
            return meter.consumed();
        }
        Self::sweep_jobs(&mut meter);
        Self::sweep_records(&mut meter);
        meter.consumed()
    }

    fn sweep_jobs(meter: &mut WeightMeter) {
        let now = T::Clock::active_now();
        let start = JobCursor::<T>::get();
        let mut cursor = start.clone();
        for _ in 0..JOBS_PER_BLOCK {
            if meter.try_consume(T::WeightInfo::sweep_job()).is_err() {
                break;
            }
            let Some(key) = Self::job_after(cursor.as_ref()) else {
                cursor = None;
                break;
            };
            let due = Jobs::<T>::get(&key.sender, key.id).filter(|job| Self::is_due(job, now));
            if let Some(job) = due {
                if meter.try_consume(T::WeightInfo::end()).is_err() {
                    break;
                }
                if let Err(error) = with_storage_layer(|| Self::apply_due(key.clone(), job)) {
                    log::error!(target: "runtime::jobs", "what is due to a job cannot be applied: {error:?}, {key:?}");
                }
            }
            cursor = Some(key);
        }
        if cursor != start {
            JobCursor::<T>::set(cursor);
        }
    }

    fn sweep_records(meter: &mut WeightMeter) {
        let now = T::Clock::active_now();
        let start = RecordCursor::<T>::get();
        let mut cursor = start.clone();
        for _ in 0..RECORDS_PER_BLOCK {
            if meter.try_consume(T::WeightInfo::sweep_record()).is_err() {
                break;
            }
            let Some(key) = Self::record_after(cursor.as_ref()) else {
                cursor = None;
                break;
            };
            if Records::<T>::get(&key.sender, key.id).is_some_and(|record| now >= record.prune_at) {
                Self::prune(key.clone());
            }
            cursor = Some(key);
        }
        if cursor != start {
            RecordCursor::<T>::set(cursor);
        }
    }

    /// Returns the live job after this one in the order of storage, whether this one still lives or not.
    pub(crate) fn job_after(key: Option<&JobKeyOf<T>>) -> Option<JobKeyOf<T>> {
        let mut keys = match key {
            Some(key) => Jobs::<T>::iter_keys_from(Jobs::<T>::hashed_key_for(&key.sender, key.id)),
            None => Jobs::<T>::iter_keys(),
        };
        keys.next().map(|(sender, id)| JobKey { sender, id })
    }

    fn record_after(key: Option<&JobKeyOf<T>>) -> Option<JobKeyOf<T>> {
        let mut keys = match key {
            Some(key) => Records::<T>::iter_keys_from(Records::<T>::hashed_key_for(&key.sender, key.id)),
            None => Records::<T>::iter_keys(),
        };
        keys.next().map(|(sender, id)| JobKey { sender, id })
    }
}
