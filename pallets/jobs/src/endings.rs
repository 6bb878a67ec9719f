//! How jobs end: the waits that begin, and what is due when they are over.

use crate::{pallet::*, JobKeyOf, JobOf};
use frame_support::{ensure, pallet_prelude::DispatchResult};
use neurite_primitives::{Balance, Ending, JobRecord, JobStatus, Moment, GRACE};
use neurite_traits::{ChainClock, JobAttestations};

/// How the money of a job was divided.
#[derive(Clone, Copy, Default)]
pub(crate) struct Division {
    pub(crate) to_pool: Balance,
    pub(crate) to_workers: Balance,
    pub(crate) refunded: Balance,
}

impl<T: Config> Pallet<T> {
    /// Locks the money for review.
    pub(crate) fn start_review(key: JobKeyOf<T>, mut job: JobOf<T>, reason: Ending) {
        job.wait_until = T::Clock::active_now().saturating_add(ReviewPeriod::<T>::get());
        job.ending = Some(reason);
        Self::enter(&mut job, JobStatus::UnderReview);
        Self::store(&key, &job);
        Self::deposit_event(Event::ReviewStarted {
            job: key,
            reason,
            locked: job.spec.reward,
            progress: job.progress,
            wait_until: job.wait_until,
        });
    }

    /// Lets the money of a job that is done wait for challenges.
    pub(crate) fn start_challenge_window(key: JobKeyOf<T>, mut job: JobOf<T>) {
        job.wait_until = T::Clock::active_now().saturating_add(ChallengeWindow::<T>::get());
        job.ending = Some(Ending::Completed);
        Self::enter(&mut job, JobStatus::Done);
        Self::store(&key, &job);
        Self::deposit_event(Event::DoneAttested { job: key, reward: job.spec.reward, wait_until: job.wait_until });
    }

    pub(crate) fn do_poke(key: JobKeyOf<T>) -> DispatchResult {
        let now = T::Clock::active_now();
        if let Some(job) = Jobs::<T>::get(&key.sender, key.id) {
            ensure!(Self::is_due(&job, now), Error::<T>::NothingDue);
            return Self::apply_due(key, job);
        }
        let record = Records::<T>::get(&key.sender, key.id).ok_or(Error::<T>::NotFound)?;
        ensure!(now >= record.prune_at, Error::<T>::NothingDue);
        Self::prune(key);
        Ok(())
    }

    /// Tells whether a deadline or wait of the job is over.
    ///
    /// Work that was reported before the deadline may be attested during the grace after it.
    pub(crate) fn is_due(job: &JobOf<T>, now: Moment) -> bool {
        match job.status {
            JobStatus::Open => now > job.accept_by,
            JobStatus::InProgress => now >= job.complete_by.saturating_add(GRACE),
            JobStatus::Done | JobStatus::UnderReview | JobStatus::Settled | JobStatus::Expired => now >= job.wait_until,
        }
    }

    /// Applies what is due to a job.
    pub(crate) fn apply_due(key: JobKeyOf<T>, job: JobOf<T>) -> DispatchResult {
        match job.status {
            JobStatus::Open => Self::expire(key, job, Ending::NoWorkerAccepted),
            JobStatus::InProgress => {
                Self::start_review(key, job, Ending::DeadlineMissed);
                Ok(())
            }
            JobStatus::Done => Self::complete(key, job),
            // A live job is in none of the last two states.
            JobStatus::UnderReview | JobStatus::Settled | JobStatus::Expired => Self::settle(key, job),
        }
    }

    /// Ends a job whose work never began: everything goes back.
    pub(crate) fn expire(key: JobKeyOf<T>, mut job: JobOf<T>, reason: Ending) -> DispatchResult {
        let refunded = Escrows::<T>::get(&key.sender, key.id);
        Self::refund_from_escrow(&key, refunded)?;
        Self::enter(&mut job, JobStatus::Expired);
        Self::end(key, job, reason, Division { refunded, ..Default::default() });
        Ok(())
    }

    /// Ends a job that is done: everything goes to the reward pool and the workers.
    fn complete(key: JobKeyOf<T>, job: JobOf<T>) -> DispatchResult {
        let division = Self::pay_completed(&key, &job)?;
        Self::end(key, job, Ending::Completed, division);
        Ok(())
    }

    /// Ends a job whose review is over undisputed: the done part goes to the reward pool, the rest back.
    fn settle(key: JobKeyOf<T>, mut job: JobOf<T>) -> DispatchResult {
        let division = Self::pay_reviewed(&key, &job)?;
        let reason = job.ending.unwrap_or(Ending::DeadlineMissed);
        Self::enter(&mut job, JobStatus::Settled);
        Self::end(key, job, reason, division);
        Ok(())
    }

    /// Replaces a job, whose escrow is empty now, by its record.
    fn end(key: JobKeyOf<T>, job: JobOf<T>, reason: Ending, division: Division) {
        Jobs::<T>::remove(&key.sender, key.id);
        let open = OpenJobs::<T>::get(&key.sender).saturating_sub(1);
        if open == 0 {
            OpenJobs::<T>::remove(&key.sender);
        } else {
            OpenJobs::<T>::insert(&key.sender, open);
        }
        if let Some(delegate) = &job.delegate {
            frame_system::Pallet::<T>::dec_sufficients(delegate);
        }
        T::Attestations::forget(&key);
        let Division { to_pool, to_workers, refunded } = division;
        let mut shards = frame_support::BoundedVec::new();
        for shard in &job.shards {
            // There is room: the record's bound is that of the job.
            let _ = shards.try_push((shard.deed, shard.commitment));
        }
        let record = JobRecord {
            status: job.status,
            ending: reason,
            to_pool,
            to_workers,
            refunded,
            progress: job.progress,
            shards,
            history: job.history,
            prune_at: T::Clock::active_now().saturating_add(ChallengeWindow::<T>::get()),
        };
        Records::<T>::insert(&key.sender, key.id, &record);
        let (status, progress) = (record.status, record.progress);
        Self::deposit_event(Event::Ended { job: key, status, reason, to_pool, to_workers, refunded, progress });
    }

    /// Removes the record of a job.
    pub(crate) fn prune(key: JobKeyOf<T>) {
        Records::<T>::remove(&key.sender, key.id);
        Self::deposit_event(Event::Pruned { job: key });
    }
}
