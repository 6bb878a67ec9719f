//! What passes between the jobs and the oracles that attest them.

use neurite_primitives::{AttestedStatus, Balance, JobKey};
use sp_runtime::{DispatchResult, Permill};

/// Moves jobs as the oracle committee decides; implemented by the jobs.
pub trait JobStatusUpdates<AccountId> {
    /// Tells whether attestations of the job are still of use: it is alive and neither `Open` nor already `Done`.
    fn is_attestable(job: &JobKey<AccountId>) -> bool;
    /// Applies what a majority attested; `progress` is the lower median, to be capped by the workers' reports.
    ///
    /// A status that changes nothing is no error.
    fn attested(job: &JobKey<AccountId>, status: AttestedStatus, progress: Permill) -> DispatchResult;
}

/// Keeps the attestations of jobs; implemented by the oracles.
pub trait JobAttestations<AccountId> {
    /// Forgets the attestations of a job that has ended.
    fn forget(job: &JobKey<AccountId>);
}

impl<AccountId> JobAttestations<AccountId> for () {
    fn forget(_: &JobKey<AccountId>) {}
}

/// Tells what the jobs hold in escrow.
pub trait JobLedger {
    /// Returns the sum of all escrows.
    fn total_escrow() -> Balance;
}
