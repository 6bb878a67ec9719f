//! Why a call on jobs is refused.

use frame_support::pallet_macros::pallet_section;

/// The errors of the pallet.
#[pallet_section]
mod errors {
    /// Why a call on jobs is refused. Nothing is held or stored when a call is refused.
    #[pallet::error]
    pub enum Error<T> {
        /// There is no such job, neither alive nor as a record.
        NotFound,
        /// The job has ended: only its record is left.
        AlreadyEnded,
        /// The signer is not the one whom this call is for: sender, delegate or the shard's node.
        NotAuthorized,
        /// The state of the job does not allow this call.
        WrongStatus,
        /// The job asks for no worker: ask for at least one.
        NoWorkers,
        /// The job asks for more workers than there are deeds, or than the bound of a job.
        TooManyWorkers,
        /// The shards have no steps: there is at least one.
        NoSteps,
        /// More steps than a shard may have, or a report beyond the job's last step.
        MaxStepsExceeded,
        /// The report timeout is shorter than workers need to answer.
        ReportTimeoutTooShort,
        /// Only the check of commitments by the oracles is available.
        VerificationNotSupported,
        /// Only plain results are available.
        PrivacyNotSupported,
        /// The document or its URI is empty.
        NoDocument,
        /// The inline document does not hash to what the job says; the hash is blake3 over its bytes.
        DocumentMismatch,
        /// The reward is below the smallest one, or nothing was added.
        RewardTooSmall,
        /// A deadline is in the past, or was missed.
        DeadlinePassed,
        /// The deadline for completion is not after the one for acceptance.
        DeadlinesOutOfOrder,
        /// The deadline for completion is more than a year away.
        DeadlineTooFar,
        /// A deadline may only be moved to a later time.
        DeadlineShortened,
        /// The sender has as many live jobs as one may have: wait until one ends.
        MaxOpenJobsExceeded,
        /// The sender cannot pay the reward and keep the existential deposit.
        InsufficientBalance,
        /// The number of deeds is not the number of workers that the job asks for.
        WrongWorkerCount,
        /// A deed is named twice, or works on another shard of the job.
        DuplicateWorker,
        /// The deed is not issued, not linked, its bond is short, or its node changed since the assignment.
        NotEligible,
        /// The specs that the deed's node committed do not meet the job's requirements, or it committed none.
        RequirementsNotMet,
        /// The assignment would change nothing.
        AlreadyAssigned,
        /// The shard is with its worker: neither is its deadline over, nor was it released, nor did it fail by the worker's fault.
        NotReassignable,
        /// The job has no shard of this number; shards are numbered from 0.
        ShardNotFound,
        /// The state of the shard does not allow this call.
        WrongShardState,
        /// The step is not greater than the last one reported.
        StepNotIncreasing,
        /// The job asks for no proof of progress.
        ProofNotExpected,
        /// No deadline or wait of the job is over.
        NothingDue,
        /// A parameter is outside its documented bounds.
        ParameterOutOfBounds,
    }
}
