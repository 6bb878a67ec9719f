//! What the sender does: submit, top up, extend, cancel.

use crate::{pallet::*, JobKeyOf, JobOf, JobParameters, MAX_DURATION, MAX_STEPS, MIN_REPORT_TIMEOUT};
use frame_support::{ensure, pallet_prelude::DispatchResult};
use neurite_primitives::{
    Balance, DocumentSource, Ending, HistoryEntry, Job, JobKey, JobSpec, JobStatus, Moment, Privacy, ShardState, Verification, MAX_WORKERS,
};
use neurite_traits::{ChainClock, Deeds};
use sp_runtime::{DispatchError, Permill, SaturatedConversion};

impl<T: Config> Pallet<T> {
    /// Stores all parameters.
    pub(crate) fn put_parameters(parameters: &JobParameters) {
        MaxOpenJobs::<T>::put(parameters.max_open_jobs);
        ReviewPeriod::<T>::put(parameters.review_period);
        ChallengeWindow::<T>::put(parameters.challenge_window);
        MinReward::<T>::put(parameters.min_reward);
    }

    /// Returns a live job, or says that it has ended or never was.
    pub(crate) fn live(job: &JobKeyOf<T>) -> Result<JobOf<T>, DispatchError> {
        Jobs::<T>::get(&job.sender, job.id).ok_or_else(|| {
            let has_ended = Records::<T>::contains_key(&job.sender, job.id);
            let error = if has_ended { Error::<T>::AlreadyEnded } else { Error::<T>::NotFound };
            error.into()
        })
    }

    /// Stores a live job.
    pub(crate) fn store(key: &JobKeyOf<T>, job: &JobOf<T>) {
        Jobs::<T>::insert(&key.sender, key.id, job);
    }

    /// Lets a job enter a state and writes that into its history.
    pub(crate) fn enter(job: &mut JobOf<T>, status: JobStatus) {
        job.status = status;
        let block = frame_system::Pallet::<T>::block_number().saturated_into();
        // There is room: at most five states follow each other, which `integrity_test` compares with the bound.
        let _ = job.history.try_push(HistoryEntry { status, block, at: T::Clock::now() });
    }

    pub(crate) fn do_submit(sender: T::AccountId, spec: JobSpec<T::AccountId>) -> DispatchResult {
        Self::check_spec(&spec)?;
        Self::check_deadlines(Some(spec.accept_by), spec.complete_by)?;
        let open = OpenJobs::<T>::get(&sender);
        ensure!(open < MaxOpenJobs::<T>::get(), Error::<T>::MaxOpenJobsExceeded);
        let id = JobCount::<T>::get(&sender).checked_add(1).ok_or(Error::<T>::MaxOpenJobsExceeded)?;
        let key = JobKey { sender, id };
        Self::hold_escrow(&key, spec.reward)?;

        JobCount::<T>::insert(&key.sender, id);
        OpenJobs::<T>::insert(&key.sender, open.saturating_add(1));
        let delegate = spec.delegate.clone().or_else(Supervisor::<T>::get);
        if let Some(delegate) = &delegate {
            // A main node signs without a balance; without this reference its account might not exist.
            frame_system::Pallet::<T>::inc_sufficients(delegate);
        }
        let mut job = Job {
            delegate,
            status: JobStatus::Open,
            accept_by: T::Clock::to_active(spec.accept_by),
            complete_by: T::Clock::to_active(spec.complete_by),
            shards: Default::default(),
            progress: Permill::zero(),
            ending: None,
            wait_until: 0,
            history: Default::default(),
            spec,
        };
        Self::enter(&mut job, JobStatus::Open);
        Self::store(&key, &job);
        Self::deposit_event(Event::Submitted {
            job: key,
            document: job.spec.document,
            workers: job.spec.workers,
            steps: job.spec.steps,
            reward: job.spec.reward,
            delegate: job.delegate,
            accept_by: job.accept_by,
            complete_by: job.complete_by,
        });
        Ok(())
    }

    /// Checks all of a specification but its deadlines.
    fn check_spec(spec: &JobSpec<T::AccountId>) -> DispatchResult {
        let workers = u32::from(spec.workers);
        ensure!(workers > 0, Error::<T>::NoWorkers);
        ensure!(workers <= T::Deeds::count().min(MAX_WORKERS), Error::<T>::TooManyWorkers);
        ensure!(spec.steps > 0, Error::<T>::NoSteps);
        ensure!(spec.steps <= MAX_STEPS, Error::<T>::MaxStepsExceeded);
        ensure!(spec.report_timeout >= MIN_REPORT_TIMEOUT, Error::<T>::ReportTimeoutTooShort);
        ensure!(spec.verification == Verification::None, Error::<T>::VerificationNotSupported);
        ensure!(spec.privacy == Privacy::Plain, Error::<T>::PrivacyNotSupported);
        ensure!(spec.reward >= MinReward::<T>::get(), Error::<T>::RewardTooSmall);
        match &spec.source {
            DocumentSource::Inline(document) => {
                ensure!(!document.is_empty(), Error::<T>::NoDocument);
                ensure!(blake3::hash(document).as_bytes() == &spec.document, Error::<T>::DocumentMismatch);
            }
            DocumentSource::Uri(uri) => ensure!(!uri.is_empty(), Error::<T>::NoDocument),
        }
        Ok(())
    }

    /// Checks deadlines in Unix time; `accept_by` is `None` where it no longer matters.
    fn check_deadlines(accept_by: Option<Moment>, complete_by: Moment) -> DispatchResult {
        let now = T::Clock::now();
        ensure!(accept_by.unwrap_or(complete_by).min(complete_by) > now, Error::<T>::DeadlinePassed);
        ensure!(accept_by.is_none_or(|moment| complete_by > moment), Error::<T>::DeadlinesOutOfOrder);
        // Before the first timestamp every Unix time is too far: no job can start on a clock that does not run.
        ensure!(complete_by <= now.saturating_add(MAX_DURATION), Error::<T>::DeadlineTooFar);
        Ok(())
    }

    pub(crate) fn do_top_up(key: JobKeyOf<T>, amount: Balance) -> DispatchResult {
        let mut job = Self::live(&key)?;
        Self::ensure_before_review(&job)?;
        ensure!(amount > 0, Error::<T>::RewardTooSmall);
        Self::hold_escrow(&key, amount)?;
        // No overflow: the hold succeeded, so that the sum is part of the total issuance.
        job.spec.reward = job.spec.reward.saturating_add(amount);
        Self::store(&key, &job);
        Self::deposit_event(Event::ToppedUp { job: key, amount, reward: job.spec.reward });
        Ok(())
    }

    pub(crate) fn do_extend(key: JobKeyOf<T>, accept_by: Moment, complete_by: Moment) -> DispatchResult {
        let mut job = Self::live(&key)?;
        Self::ensure_before_review(&job)?;
        let is_open = job.status == JobStatus::Open;
        Self::check_deadlines(is_open.then_some(accept_by), complete_by)?;
        ensure!(complete_by >= job.spec.complete_by, Error::<T>::DeadlineShortened);
        // After the chain slept, a Unix time lies nearer on the active clock than before: no deadline may move towards now.
        if is_open {
            ensure!(accept_by >= job.spec.accept_by, Error::<T>::DeadlineShortened);
            job.spec.accept_by = accept_by;
            job.accept_by = job.accept_by.max(T::Clock::to_active(accept_by));
            for shard in job.shards.iter_mut().filter(|shard| shard.state == ShardState::Accepted) {
                shard.deadline = job.accept_by;
            }
        }
        job.spec.complete_by = complete_by;
        job.complete_by = job.complete_by.max(T::Clock::to_active(complete_by));
        Self::store(&key, &job);
        let (accept_by, complete_by) = (job.accept_by, job.complete_by);
        Self::deposit_event(Event::Extended { job: key, accept_by, complete_by });
        Ok(())
    }

    pub(crate) fn do_cancel(key: JobKeyOf<T>) -> DispatchResult {
        let job = Self::live(&key)?;
        Self::ensure_before_review(&job)?;
        if job.status == JobStatus::Open {
            Self::expire(key, job, Ending::CancelledBySender)
        } else {
            Self::start_review(key, job, Ending::CancelledBySender);
            Ok(())
        }
    }

    fn ensure_before_review(job: &JobOf<T>) -> DispatchResult {
        ensure!(matches!(job.status, JobStatus::Open | JobStatus::InProgress), Error::<T>::WrongStatus);
        Ok(())
    }
}
