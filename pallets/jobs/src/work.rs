//! What a worker does: accept, release, report progress, report failure.

use crate::{pallet::*, JobKeyOf, JobOf};
use frame_support::{ensure, pallet_prelude::DispatchResult};
use neurite_primitives::{ContentHash, FailureCode, JobStatus, Moment, Shard, ShardIndex, ShardState, Step};
use neurite_traits::{ChainClock, Deeds};
use sp_runtime::DispatchError;

impl<T: Config> Pallet<T> {
    /// Returns a live job and a copy of its shard, whose node `who` must be.
    fn worked_on(who: &T::AccountId, key: &JobKeyOf<T>, index: ShardIndex) -> Result<(JobOf<T>, Shard<T::AccountId>), DispatchError> {
        let job = Self::live(key)?;
        let shard = job.shards.get(usize::from(index)).ok_or(Error::<T>::ShardNotFound)?.clone();
        ensure!(shard.node == *who, Error::<T>::NotAuthorized);
        Ok((job, shard))
    }

    fn shard_mut(job: &mut JobOf<T>, index: ShardIndex) -> Result<&mut Shard<T::AccountId>, DispatchError> {
        job.shards.get_mut(usize::from(index)).ok_or_else(|| Error::<T>::ShardNotFound.into())
    }

    pub(crate) fn check_accept(who: &T::AccountId, key: &JobKeyOf<T>, index: ShardIndex) -> Result<JobOf<T>, DispatchError> {
        let (job, shard) = Self::worked_on(who, key, index)?;
        let now = T::Clock::active_now();
        Self::ensure_in_time(&job, now)?;
        ensure!(shard.state == ShardState::Assigned, Error::<T>::WrongShardState);
        ensure!(now <= shard.deadline, Error::<T>::DeadlinePassed);
        ensure!(T::Deeds::node(shard.deed).as_ref() == Some(who), Error::<T>::NotEligible);
        Self::ensure_suitable(&job, shard.deed)?;
        Ok(job)
    }

    pub(crate) fn do_accept(who: T::AccountId, key: JobKeyOf<T>, index: ShardIndex) -> DispatchResult {
        let mut job = Self::check_accept(&who, &key, index)?;
        let now = T::Clock::active_now();
        // Nobody has to report before the work begins, so that the first workers to accept are not late because of the last.
        let is_open = job.status == JobStatus::Open;
        let deadline = if is_open { job.accept_by } else { Self::next_report(&job, now) };
        let shard = Self::shard_mut(&mut job, index)?;
        shard.state = ShardState::Accepted;
        shard.deadline = deadline;
        let deed = shard.deed;
        let starts = is_open && job.shards.iter().all(|shard| shard.state == ShardState::Accepted);
        if starts {
            Self::enter(&mut job, JobStatus::InProgress);
            let deadline = Self::next_report(&job, now);
            job.shards.iter_mut().for_each(|shard| shard.deadline = deadline);
        }
        Self::store(&key, &job);
        Self::deposit_event(Event::Accepted { job: key.clone(), shard: index, deed });
        if starts {
            Self::deposit_event(Event::Started { job: key });
        }
        Ok(())
    }

    pub(crate) fn check_release(who: &T::AccountId, key: &JobKeyOf<T>, index: ShardIndex) -> Result<JobOf<T>, DispatchError> {
        let (job, shard) = Self::worked_on(who, key, index)?;
        let now = T::Clock::active_now();
        Self::ensure_in_time(&job, now)?;
        ensure!(matches!(shard.state, ShardState::Assigned | ShardState::Accepted), Error::<T>::WrongShardState);
        // A deadline that was missed stays missed.
        ensure!(now <= shard.deadline, Error::<T>::DeadlinePassed);
        Ok(job)
    }

    pub(crate) fn do_release(who: T::AccountId, key: JobKeyOf<T>, index: ShardIndex) -> DispatchResult {
        let mut job = Self::check_release(&who, &key, index)?;
        let shard = Self::shard_mut(&mut job, index)?;
        shard.state = ShardState::Released;
        let deed = shard.deed;
        Self::store(&key, &job);
        Self::deposit_event(Event::Released { job: key, shard: index, deed });
        Ok(())
    }

    /// Checks that `who` works on the shard now. A report after the shard's own deadline counts while nobody else has it.
    pub(crate) fn check_report(who: &T::AccountId, key: &JobKeyOf<T>, index: ShardIndex) -> Result<JobOf<T>, DispatchError> {
        let (job, shard) = Self::worked_on(who, key, index)?;
        ensure!(job.status == JobStatus::InProgress, Error::<T>::WrongStatus);
        Self::ensure_in_time(&job, T::Clock::active_now())?;
        ensure!(shard.state == ShardState::Accepted, Error::<T>::WrongShardState);
        ensure!(T::Deeds::node(shard.deed).as_ref() == Some(who), Error::<T>::NotEligible);
        Ok(job)
    }

    pub(crate) fn check_progress(
        who: &T::AccountId,
        key: &JobKeyOf<T>,
        index: ShardIndex,
        step: Step,
        has_proof: bool,
    ) -> Result<JobOf<T>, DispatchError> {
        let job = Self::check_report(who, key, index)?;
        let last = job.shards.get(usize::from(index)).map_or(0, |shard| shard.step);
        ensure!(step > last, Error::<T>::StepNotIncreasing);
        ensure!(step <= job.spec.steps, Error::<T>::MaxStepsExceeded);
        ensure!(!has_proof, Error::<T>::ProofNotExpected);
        Ok(job)
    }

    /// Writes a report that was checked.
    pub(crate) fn apply_progress(
        key: JobKeyOf<T>,
        mut job: JobOf<T>,
        index: ShardIndex,
        step: Step,
        commitment: ContentHash,
    ) -> DispatchResult {
        let steps = job.spec.steps;
        let deadline = Self::next_report(&job, T::Clock::active_now());
        let shard = Self::shard_mut(&mut job, index)?;
        shard.step = step;
        shard.commitment = commitment;
        shard.deadline = deadline;
        if step == steps {
            shard.state = ShardState::Complete;
        }
        let deed = shard.deed;
        Self::store(&key, &job);
        Self::deposit_event(Event::Progressed { job: key, shard: index, deed, step, steps, commitment });
        Ok(())
    }

    pub(crate) fn do_report_failure(who: T::AccountId, key: JobKeyOf<T>, index: ShardIndex, code: FailureCode) -> DispatchResult {
        let mut job = Self::check_report(&who, &key, index)?;
        let shard = Self::shard_mut(&mut job, index)?;
        shard.state = ShardState::Failed { code };
        let deed = shard.deed;
        Self::store(&key, &job);
        Self::deposit_event(Event::ShardFailed { job: key, shard: index, deed, code });
        Ok(())
    }

    /// Returns the active moment by which a worker must report next.
    fn next_report(job: &JobOf<T>, now: Moment) -> Moment {
        now.saturating_add(job.spec.report_timeout)
    }
}
