//! How the escrow of a job is divided, and who earned units by it.

use crate::{endings::Division, pallet::*, JobKeyOf, JobOf};
use frame_support::storage::with_storage_layer;
use neurite_primitives::{Balance, Shard, Step};
use neurite_traits::{Deeds, RewardPool};
use sp_runtime::{helpers_128bit::multiply_by_rational_with_rounding, DispatchError, Rounding};

/// Returns the part of `amount` that belongs to `step` of `steps`, rounded down.
fn part(amount: Balance, step: Step, steps: Balance) -> Balance {
    multiply_by_rational_with_rounding(amount, Balance::from(step), steps.max(1), Rounding::Down).unwrap_or(0)
}

impl<T: Config> Pallet<T> {
    /// Pays out a job that is done: the direct share to the owners of the workers' deeds, the rest to the pool.
    pub(crate) fn pay_completed(key: &JobKeyOf<T>, job: &JobOf<T>) -> Result<Division, DispatchError> {
        let escrow = Escrows::<T>::get(&key.sender, key.id);
        let to_workers = Self::pay_workers(key, job, T::RewardPool::direct_share().mul_floor(escrow));
        let to_pool = escrow.saturating_sub(to_workers);
        Self::pay_from_escrow(key, &T::RewardPool::account(), to_pool)?;
        Self::credit_units(key, job, to_pool);
        Ok(Division { to_pool, to_workers, refunded: 0 })
    }

    /// Divides the escrow of a job after its review by the progress that was attested.
    pub(crate) fn pay_reviewed(key: &JobKeyOf<T>, job: &JobOf<T>) -> Result<Division, DispatchError> {
        let escrow = Escrows::<T>::get(&key.sender, key.id);
        let to_pool = job.progress.mul_floor(escrow);
        let refunded = escrow.saturating_sub(to_pool);
        Self::pay_from_escrow(key, &T::RewardPool::account(), to_pool)?;
        Self::refund_from_escrow(key, refunded)?;
        Self::credit_units(key, job, to_pool);
        Ok(Division { to_pool, to_workers: 0, refunded })
    }

    /// Pays the owners of the workers' deeds by steps done; what an owner cannot receive (its account would stay below the
    /// existential deposit) is left for the pool. Returns what was paid.
    fn pay_workers(key: &JobKeyOf<T>, job: &JobOf<T>, direct: Balance) -> Balance {
        let steps = Self::steps_done(job);
        let mut paid: Balance = 0;
        for shard in &job.shards {
            let amount = part(direct, shard.step, steps);
            let Some(owner) = T::Deeds::owner(shard.deed).filter(|_| amount > 0) else { continue };
            if with_storage_layer(|| Self::pay_from_escrow(key, &owner, amount)).is_ok() {
                paid = paid.saturating_add(amount);
                Self::deposit_event(Event::WorkerPaid { job: key.clone(), deed: shard.deed, owner, amount });
            }
        }
        paid
    }

    /// Credits the workers' deeds with what went to the pool, by steps done.
    fn credit_units(key: &JobKeyOf<T>, job: &JobOf<T>, to_pool: Balance) {
        let steps = Self::steps_done(job);
        for shard in &job.shards {
            let units = part(to_pool, shard.step, steps);
            if units > 0 && !Self::works_for_itself(key, job, shard) {
                T::RewardPool::credit_units(shard.deed, units);
                Self::deposit_event(Event::UnitsCredited { job: key.clone(), deed: shard.deed, units });
            }
        }
    }

    /// Tells whether sender or delegate own the worker, whose work then is outside the reward protocol.
    fn works_for_itself(key: &JobKeyOf<T>, job: &JobOf<T>, shard: &Shard<T::AccountId>) -> bool {
        let owner = T::Deeds::owner(shard.deed);
        shard.node == key.sender || owner.as_ref() == Some(&key.sender) || (owner.is_some() && owner == job.delegate)
    }

    fn steps_done(job: &JobOf<T>) -> Balance {
        job.shards.iter().fold(0, |sum: Balance, shard| sum.saturating_add(Balance::from(shard.step)))
    }
}
