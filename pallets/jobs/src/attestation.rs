//! What a majority of the oracles moves.

use crate::{pallet::*, JobKeyOf, JobOf};
use frame_support::pallet_prelude::DispatchResult;
use neurite_primitives::{AttestedStatus, Ending, JobKey, JobStatus, ShardState};
use neurite_traits::JobStatusUpdates;
use sp_runtime::Permill;

impl<T: Config> Pallet<T> {
    /// Returns the part of the work that the workers reported as done.
    pub(crate) fn reported_progress(job: &JobOf<T>) -> Permill {
        let whole = u64::from(job.spec.steps).saturating_mul(u64::from(job.spec.workers));
        let done = job.shards.iter().fold(0u64, |sum, shard| sum.saturating_add(u64::from(shard.step)));
        if whole == 0 {
            return Permill::zero();
        }
        Permill::from_rational(done, whole)
    }

    fn awaits_attestation(job: &JobOf<T>) -> bool {
        matches!(job.status, JobStatus::InProgress | JobStatus::UnderReview)
    }

    /// Takes over attested progress, as far as the workers reported it; tells whether it changed.
    fn set_progress(job: &mut JobOf<T>, attested: Permill) -> bool {
        let progress = attested.min(Self::reported_progress(job));
        core::mem::replace(&mut job.progress, progress) != progress
    }

    fn apply_attestation(key: JobKeyOf<T>, mut job: JobOf<T>, status: AttestedStatus, progress: Permill) {
        match status {
            AttestedStatus::InProgress => {
                if Self::set_progress(&mut job, progress) {
                    Self::store(&key, &job);
                    Self::deposit_event(Event::ProgressAttested { job: key, progress: job.progress });
                }
            }
            AttestedStatus::Done => {
                if job.shards.iter().all(|shard| shard.state == ShardState::Complete) {
                    job.progress = Permill::one();
                    Self::start_challenge_window(key, job);
                }
            }
            AttestedStatus::Failed { code } => {
                if job.status == JobStatus::InProgress {
                    Self::set_progress(&mut job, progress);
                    Self::start_review(key, job, Ending::WorkerFailed { code });
                }
            }
        }
    }
}

impl<T: Config> JobStatusUpdates<T::AccountId> for Pallet<T> {
    fn is_attestable(job: &JobKey<T::AccountId>) -> bool {
        Jobs::<T>::get(&job.sender, job.id).is_some_and(|job| Self::awaits_attestation(&job))
    }

    fn attested(key: &JobKey<T::AccountId>, status: AttestedStatus, progress: Permill) -> DispatchResult {
        if let Some(job) = Jobs::<T>::get(&key.sender, key.id).filter(Self::awaits_attestation) {
            Self::apply_attestation(key.clone(), job, status, progress);
        }
        Ok(())
    }
}
