//! Counts attestations and moves jobs by majority.

use crate::*;
use alloc::vec::Vec;
use frame_support::{pallet_prelude::*, storage::with_storage_layer};
use neurite_primitives::{messages::Attestation, oracle::OracleId, AttestedStatus, JobKey};
use neurite_traits::{JobAttestations, JobStatusUpdates};
use poai_math::lower_median;
use sp_runtime::Permill;

impl<T: Config> Pallet<T> {
    /// Keeps an attestation that was authorized, and moves the job if there is a majority.
    pub(crate) fn do_attest(attestation: Attestation<T::AccountId>) -> DispatchResult {
        let Attestation { epoch, job, status, progress, block, .. } = attestation;
        let committee = Committees::<T>::get(epoch).ok_or(Error::<T>::NotFound)?;
        let oracle = member(&committee, attestation.oracle).ok_or(Error::<T>::NotFound)?;

        let mut latest = Attestations::<T>::get(&job);
        latest.retain(|one| committee.contains(&one.oracle));
        let before = majority(&latest, committee.len());
        latest.retain(|one| one.oracle != oracle);
        let newest = LatestAttestation { oracle: oracle.clone(), epoch, status, progress, block };
        latest.try_push(newest).map_err(|_| Error::<T>::AlreadyExists)?;
        let after = majority(&latest, committee.len());

        Attestations::<T>::insert(&job, latest);
        Self::deposit_event(Event::Attested { job: job.clone(), oracle, status, progress });
        if let Some((status, progress)) = after {
            if before != after {
                Self::deposit_event(Event::MajorityReached { job: job.clone(), status, progress });
            }
            Self::move_job(&job, status, progress);
        }
        Ok(())
    }

    /// Hands a majority to the jobs. What the jobs cannot do must not undo the attestation: it is said again with each one that follows.
    fn move_job(job: &JobKey<T::AccountId>, status: AttestedStatus, progress: Permill) {
        if let Err(error) = with_storage_layer(|| T::Jobs::attested(job, status, progress)) {
            log::warn!(target: LOG_TARGET, "job {job:?} is not moved to {status:?}: {error:?}");
        }
    }
}

/// Returns the member of a committee with this number.
pub(crate) fn member(committee: &Committee, oracle: u32) -> Option<OracleId> {
    committee.get(usize::try_from(oracle).ok()?).cloned()
}

/// Returns the status that more than one half of the committee attests, with the lower median of all attested progress.
fn majority(latest: &[LatestAttestation], committee: usize) -> Option<(AttestedStatus, Permill)> {
    let votes = |status: AttestedStatus| latest.iter().filter(|one| one.status == status).count();
    let status = latest.iter().map(|one| one.status).find(|status| votes(*status).saturating_mul(2) > committee)?;
    let mut progress: Vec<Permill> = latest.iter().map(|one| one.progress).collect();
    lower_median(&mut progress).map(|progress| (status, progress))
}

impl<T: Config> JobAttestations<T::AccountId> for Pallet<T> {
    fn forget(job: &JobKey<T::AccountId>) {
        Attestations::<T>::remove(job);
    }
}
