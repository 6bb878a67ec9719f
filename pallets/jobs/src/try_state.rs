//! The pallet's invariants, checked over its whole state.

use crate::{pallet::*, JobOf, MAX_DURATION};
use alloc::collections::BTreeMap;
use frame_support::{ensure, traits::fungible::InspectHold};
use neurite_primitives::{Balance, JobId, JobStatus, ShardState};
use neurite_traits::ChainClock;
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
    /// Checks every invariant that the crate's documentation guarantees.
    pub(crate) fn do_try_state() -> Result<(), TryRuntimeError> {
        let mut open = BTreeMap::<T::AccountId, u32>::new();
        let mut delegated = BTreeMap::<T::AccountId, u32>::new();
        for (sender, id, job) in Jobs::<T>::iter() {
            Self::check_job(&sender, id, &job)?;
            increment(&mut open, sender);
            if let Some(delegate) = job.delegate {
                increment(&mut delegated, delegate);
            }
        }
        let counted: BTreeMap<_, _> = OpenJobs::<T>::iter().collect();
        ensure!(counted == open, "OpenJobs does not count the live jobs");
        for (delegate, jobs) in delegated {
            ensure!(frame_system::Pallet::<T>::sufficients(&delegate) >= jobs, "a delegate may not sign");
        }
        for (sender, id) in Records::<T>::iter_keys() {
            ensure!(!Jobs::<T>::contains_key(&sender, id), "a live job has a record");
            ensure!(id <= JobCount::<T>::get(&sender), "a record has an id beyond the count");
        }
        Self::check_money()
    }

    fn check_job(sender: &T::AccountId, id: JobId, job: &JobOf<T>) -> Result<(), TryRuntimeError> {
        ensure!(id <= JobCount::<T>::get(sender), "a job has an id beyond the count");
        ensure!(job.spec.reward > 0, "a job has no reward");
        ensure!(Escrows::<T>::get(sender, id) == job.spec.reward, "the escrow of a job is not its reward");
        ensure!(!job.status.is_terminal(), "a live job is in a last state");
        ensure!(job.history.last().map(|entry| entry.status) == Some(job.status), "the history lacks the state");
        let horizon = T::Clock::active_now().saturating_add(MAX_DURATION);
        let deadline = match job.status {
            JobStatus::Open => job.accept_by,
            JobStatus::InProgress => job.complete_by,
            _ => job.wait_until,
        };
        ensure!(deadline > 0 && deadline <= horizon, "a live job has no deadline");
        let waits = matches!(job.status, JobStatus::Done | JobStatus::UnderReview);
        ensure!(waits == job.ending.is_some(), "a job has a reason to end without waiting for it, or none");
        Self::check_shards(job)
    }

    fn check_shards(job: &JobOf<T>) -> Result<(), TryRuntimeError> {
        let complete = job.shards.len() == usize::from(job.spec.workers);
        ensure!(complete || (job.status == JobStatus::Open && job.shards.is_empty()), "a job lacks shards");
        for shard in &job.shards {
            ensure!(shard.step <= job.spec.steps, "a shard is beyond its last step");
            let is_done = shard.step == job.spec.steps;
            ensure!(is_done == (shard.state == ShardState::Complete), "a shard is complete without its last step");
            ensure!(job.status != JobStatus::Done || is_done, "a job is done without all its shards");
        }
        ensure!(job.progress <= Self::reported_progress(job), "more progress is attested than reported");
        Ok(())
    }

    /// Compares the ledger with what is held, on every account of the chain.
    fn check_money() -> Result<(), TryRuntimeError> {
        let (mut ledger, mut total) = (BTreeMap::<T::AccountId, Balance>::new(), 0 as Balance);
        for (sender, id, amount) in Escrows::<T>::iter() {
            ensure!(Jobs::<T>::contains_key(&sender, id), "money is in escrow for no job");
            total = total.saturating_add(amount);
            let sum = ledger.entry(sender).or_default();
            *sum = sum.saturating_add(amount);
        }
        ensure!(total == TotalEscrow::<T>::get(), "the total is not the sum of the ledger");
        let reason = HoldReason::Escrow.into();
        for (sender, amount) in &ledger {
            ensure!(T::Currency::balance_on_hold(&reason, sender) == *amount, "ledger and hold of a sender differ");
        }
        for account in frame_system::Account::<T>::iter_keys() {
            let recorded = ledger.get(&account).copied().unwrap_or_default();
            ensure!(T::Currency::balance_on_hold(&reason, &account) == recorded, "an account holds without a job");
        }
        Ok(())
    }
}

fn increment<Key: Ord>(counts: &mut BTreeMap<Key, u32>, key: Key) {
    let count = counts.entry(key).or_default();
    *count = count.saturating_add(1);
}
