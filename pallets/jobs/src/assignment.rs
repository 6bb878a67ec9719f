//! What the main node does: offer shards to workers, and again to others.

use crate::{pallet::*, JobKeyOf, JobOf};
use alloc::{collections::BTreeSet, vec::Vec};
use frame_support::{ensure, pallet_prelude::DispatchResult};
use neurite_primitives::{epoch::Offence, DeedId, Job, JobStatus, Moment, Shard, ShardIndex, ShardState, Step};
use neurite_traits::{ChainClock, Deeds, RewardPool};
use sp_runtime::DispatchError;

/// Why a shard may be offered to another worker.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Vacancy {
    /// It was never accepted, was released, or failed.
    Free,
    /// Its worker accepted it and missed the deadline.
    Missed,
}

/// Returns why a shard may be offered to another worker, or nothing while it may not.
fn vacancy<AccountId>(job: &Job<AccountId>, shard: &Shard<AccountId>, now: Moment) -> Option<Vacancy> {
    let is_late = now > shard.deadline;
    match shard.state {
        ShardState::Released => Some(Vacancy::Free),
        ShardState::Failed { code } => (!code.is_senders_fault()).then_some(Vacancy::Free),
        ShardState::Assigned => is_late.then_some(Vacancy::Free),
        ShardState::Accepted => (is_late && job.status == JobStatus::InProgress).then_some(Vacancy::Missed),
        ShardState::Complete => None,
    }
}

impl<T: Config> Pallet<T> {
    /// Tells whether an account is the delegate of a live job.
    pub(crate) fn is_delegate(who: &T::AccountId, key: &JobKeyOf<T>) -> bool {
        Jobs::<T>::get(&key.sender, key.id).is_some_and(|job| job.delegate.as_ref() == Some(who))
    }

    /// Returns a live job that `who` may assign.
    fn assignable(who: &T::AccountId, key: &JobKeyOf<T>) -> Result<JobOf<T>, DispatchError> {
        let job = Self::live(key)?;
        ensure!(*who == key.sender || job.delegate.as_ref() == Some(who), Error::<T>::NotAuthorized);
        Ok(job)
    }

    /// Checks an assignment; returns the job with its new shards, and the numbers of those that are offered anew.
    pub(crate) fn check_assign(
        who: &T::AccountId,
        key: &JobKeyOf<T>,
        deeds: &[DeedId],
    ) -> Result<(JobOf<T>, Vec<ShardIndex>), DispatchError> {
        let mut job = Self::assignable(who, key)?;
        let now = T::Clock::active_now();
        ensure!(job.status == JobStatus::Open, Error::<T>::WrongStatus);
        ensure!(now <= job.accept_by, Error::<T>::DeadlinePassed);
        ensure!(deeds.len() == usize::from(job.spec.workers), Error::<T>::WrongWorkerCount);
        ensure!(deeds.iter().collect::<BTreeSet<_>>().len() == deeds.len(), Error::<T>::DuplicateWorker);

        let (mut shards, mut offered) = (Vec::with_capacity(deeds.len()), Vec::new());
        for (index, deed) in (0..job.spec.workers).zip(deeds) {
            match job.shards.get(usize::from(index)) {
                Some(shard) if vacancy(&job, shard, now).is_none() => {
                    ensure!(shard.deed == *deed, Error::<T>::NotReassignable);
                    shards.push(shard.clone());
                }
                _ => {
                    shards.push(Self::offer(&job, *deed, now)?);
                    offered.push(index);
                }
            }
        }
        ensure!(!offered.is_empty(), Error::<T>::AlreadyAssigned);
        job.shards = shards.try_into().map_err(|_| Error::<T>::TooManyWorkers)?;
        Ok((job, offered))
    }

    pub(crate) fn do_assign(who: T::AccountId, key: JobKeyOf<T>, deeds: &[DeedId]) -> DispatchResult {
        let (job, offered) = Self::check_assign(&who, &key, deeds)?;
        Self::store(&key, &job);
        for (index, shard) in (0..job.spec.workers).zip(job.shards) {
            if offered.contains(&index) {
                let Shard { deed, node, deadline, .. } = shard;
                Self::deposit_event(Event::Assigned { job: key.clone(), shard: index, deed, node, deadline });
            }
        }
        Ok(())
    }

    /// Checks that one shard may be offered to the deed; returns the job, the new shard, and why the old one is vacant.
    pub(crate) fn check_reassign(
        who: &T::AccountId,
        key: &JobKeyOf<T>,
        index: ShardIndex,
        deed: DeedId,
    ) -> Result<(JobOf<T>, Shard<T::AccountId>, Vacancy), DispatchError> {
        let job = Self::assignable(who, key)?;
        let now = T::Clock::active_now();
        Self::ensure_in_time(&job, now)?;
        let shard = job.shards.get(usize::from(index)).ok_or(Error::<T>::ShardNotFound)?;
        let vacancy = vacancy(&job, shard, now).ok_or(Error::<T>::NotReassignable)?;
        // A worker that is done with its own shard may take over another's.
        let is_busy = (0..job.spec.workers).zip(&job.shards).any(|(other, shard)| {
            other != index && shard.deed == deed && matches!(shard.state, ShardState::Assigned | ShardState::Accepted)
        });
        ensure!(!is_busy, Error::<T>::DuplicateWorker);
        let offer = Self::offer(&job, deed, now)?;
        Ok((job, offer, vacancy))
    }

    pub(crate) fn do_reassign(who: T::AccountId, key: JobKeyOf<T>, index: ShardIndex, deed: DeedId) -> DispatchResult {
        let (mut job, offer, vacancy) = Self::check_reassign(&who, &key, index, deed)?;
        let node = offer.node.clone();
        let shard = job.shards.get_mut(usize::from(index)).ok_or(Error::<T>::ShardNotFound)?;
        let from = core::mem::replace(shard, offer).deed;
        // The steps of the former worker are lost, so that less may be attested than before.
        job.progress = job.progress.min(Self::reported_progress(&job));
        Self::store(&key, &job);
        let missed = vacancy == Vacancy::Missed;
        if missed {
            T::RewardPool::penalise(from, Offence::MissedAssignment);
        }
        Self::deposit_event(Event::Reassigned { job: key, shard: index, from, to: deed, node, missed });
        Ok(())
    }

    /// Offers a shard to the node of a deed, if that may and can do it.
    fn offer(job: &JobOf<T>, deed: DeedId, now: Moment) -> Result<Shard<T::AccountId>, DispatchError> {
        let node = T::Deeds::node(deed).ok_or(Error::<T>::NotEligible)?;
        Self::ensure_suitable(job, deed)?;
        Ok(Shard {
            deed,
            node,
            state: ShardState::Assigned,
            step: Step::default(),
            commitment: Default::default(),
            deadline: now.saturating_add(job.spec.report_timeout),
        })
    }

    /// Checks that the node of a deed may take work and committed specs that meet the job's requirements.
    pub(crate) fn ensure_suitable(job: &JobOf<T>, deed: DeedId) -> DispatchResult {
        ensure!(T::Deeds::is_eligible(deed), Error::<T>::NotEligible);
        let meets = T::Deeds::specs(deed).is_some_and(|specs| specs.satisfy(&job.spec.requirements));
        ensure!(meets, Error::<T>::RequirementsNotMet);
        Ok(())
    }

    /// Checks that the job waits for workers or work, and that the deadline for it is not over.
    pub(crate) fn ensure_in_time(job: &JobOf<T>, now: Moment) -> DispatchResult {
        let deadline = match job.status {
            JobStatus::Open => job.accept_by,
            JobStatus::InProgress => job.complete_by,
            _ => return Err(Error::<T>::WrongStatus.into()),
        };
        ensure!(now <= deadline, Error::<T>::DeadlinePassed);
        Ok(())
    }
}
