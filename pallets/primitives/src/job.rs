//! A job: what was asked for, who works on it, where it stands and how it ended.
//!
//! ```text
//! submit ─> Open ─all accepted─> InProgress ─oracles: Done─> Done ─challenge window─> record with ending Completed
//!             │ cancel, deadline     │ cancel, failure, deadline
//!             ▼                      ▼
//!          Expired               UnderReview ─review period─> Settled
//! ```

use crate::*;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::ConstU32;
use sp_runtime::{AccountId32, BoundedVec, Permill};

/// Where the pipeline document of a job is.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum DocumentSource {
    /// On chain, byte for byte what the hash covers.
    Inline(BoundedVec<u8, ConstU32<MAX_INLINE_DOCUMENT>>),
    /// Off chain, to be fetched and checked against the hash.
    Uri(BoundedVec<u8, ConstU32<MAX_URI>>),
}

/// How results are verified beyond the oracles' check of commitments.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub enum Verification {
    /// Only the commitments.
    None,
    /// Each shard by several workers, compared.
    Redundant {
        /// Workers per shard.
        replicas: u8,
    },
    /// Each report carries a zero-knowledge proof of progress.
    ZkProgress,
}

/// Who may read the results.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Privacy<AccountId = AccountId32> {
    /// Everyone.
    Plain,
    /// Only these accounts.
    Encrypted {
        /// The accounts whose keys the results are encrypted to.
        recipients: BoundedVec<AccountId, ConstU32<MAX_RECIPIENTS>>,
    },
}

/// What a sender asks for.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct JobSpec<AccountId = AccountId32> {
    /// blake3 hash of the pipeline document.
    pub document: ContentHash,
    /// Where the document is.
    pub source: DocumentSource,
    /// Number of workers, which is the number of shards; 1 to [`MAX_WORKERS`].
    pub workers: u16,
    /// Steps that each shard is divided into; a report names the last one done. At least 1.
    pub steps: Step,
    /// What each worker must be able to do.
    pub requirements: Requirements,
    /// The reward held in escrow until the job ends.
    pub reward: Balance,
    /// Unix time in milliseconds by which all workers must have accepted.
    pub accept_by: Moment,
    /// Unix time in milliseconds by which the job must be done; after `accept_by`.
    pub complete_by: Moment,
    /// Longest silence of a worker in active milliseconds, after which its shard may be reassigned.
    pub report_timeout: Moment,
    /// How results are verified.
    pub verification: Verification,
    /// Who may read the results.
    pub privacy: Privacy<AccountId>,
    /// The main node that may assign for the sender; `None` means the network's supervisor.
    pub delegate: Option<AccountId>,
}

/// Where a job stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub enum JobStatus {
    /// Waits for workers.
    Open,
    /// All workers accepted.
    InProgress,
    /// Attested as done; the money waits for the challenge window, then has left escrow.
    Done,
    /// Work began but did not end well; the money is locked for review.
    UnderReview,
    /// The review is over and the money divided.
    Settled,
    /// Ended before work began; everything was refunded.
    Expired,
}

impl JobStatus {
    /// Tells whether this state only appears in the record that is left of a job.
    pub fn is_terminal(self) -> bool {
        matches!(self, Self::Settled | Self::Expired)
    }
}

/// Why a worker could not do its shard. Faults of document, model and input are the sender's, the others the worker's.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub enum FailureCode {
    /// The pipeline document is invalid or does not hash to what the job says.
    Document,
    /// The model cannot be loaded or run.
    Model,
    /// The input is missing or malformed.
    Input,
    /// The node ran out of memory, disk or processes.
    Resources,
    /// The engine failed otherwise.
    Internal,
}

impl FailureCode {
    /// Tells whether another worker would fail in the same way.
    pub fn is_senders_fault(self) -> bool {
        matches!(self, Self::Document | Self::Model | Self::Input)
    }
}

/// Why a job ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub enum Ending {
    /// The oracles attested that it is done, and nobody overturned that.
    Completed,
    /// The sender cancelled.
    CancelledBySender,
    /// The work was not done in time.
    DeadlineMissed,
    /// Not enough workers accepted in time.
    NoWorkerAccepted,
    /// The oracles attested that a worker could not do it.
    WorkerFailed {
        /// What the worker said.
        code: FailureCode,
    },
    /// A challenge overturned the result.
    OverturnedByJury,
}

/// Where a shard stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub enum ShardState {
    /// Offered to its worker.
    Assigned,
    /// Accepted by its worker, which reports before the shard's deadline.
    Accepted,
    /// The last step is reported: the commitment is to the shard's result.
    Complete,
    /// The worker reported that it cannot do it.
    Failed {
        /// Why.
        code: FailureCode,
    },
    /// The worker gave it back.
    Released,
}

/// A shard of a job and its worker.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Shard<AccountId = AccountId32> {
    /// The worker's deed.
    pub deed: DeedId,
    /// The account of the node that was linked to the deed at assignment.
    pub node: AccountId,
    /// Where the shard stands.
    pub state: ShardState,
    /// The last step reported.
    pub step: Step,
    /// The commitment of the last report.
    pub commitment: ContentHash,
    /// Active moment after which the shard may be reassigned.
    pub deadline: Moment,
}

/// One change of state.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub struct HistoryEntry {
    /// The state that began.
    pub status: JobStatus,
    /// The block in which it began.
    pub block: BlockNumber,
    /// Unix time of that block's parent clock in milliseconds.
    pub at: Moment,
}

/// A job that has not ended.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Job<AccountId = AccountId32> {
    /// What was asked for; `reward` is the whole amount, top-ups included.
    pub spec: JobSpec<AccountId>,
    /// The main node, resolved at submission; made sufficient while the job lives.
    pub delegate: Option<AccountId>,
    /// Where the job stands.
    pub status: JobStatus,
    /// Active moment by which all workers must have accepted.
    pub accept_by: Moment,
    /// Active moment by which the job must be done.
    pub complete_by: Moment,
    /// The shards, in order; empty before assignment.
    pub shards: BoundedVec<Shard<AccountId>, ConstU32<MAX_WORKERS>>,
    /// Attested progress, capped by the workers' reports.
    pub progress: Permill,
    /// Why it will end, once that is decided but not yet final.
    pub ending: Option<Ending>,
    /// Active moment at which the current wait (challenge window, review) is over.
    pub wait_until: Moment,
    /// All changes of state.
    pub history: BoundedVec<HistoryEntry, ConstU32<MAX_HISTORY>>,
}

/// What is left of an ended job for a challenge window.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct JobRecord {
    /// The last state: `Done`, `Settled` or `Expired`.
    pub status: JobStatus,
    /// Why it ended.
    pub ending: Ending,
    /// What went to the reward pool.
    pub to_pool: Balance,
    /// What went straight to the workers.
    pub to_workers: Balance,
    /// What went back to the sender.
    pub refunded: Balance,
    /// Progress at the end.
    pub progress: Permill,
    /// The shards' deeds and final commitments.
    pub shards: BoundedVec<(DeedId, ContentHash), ConstU32<MAX_WORKERS>>,
    /// All changes of state.
    pub history: BoundedVec<HistoryEntry, ConstU32<MAX_HISTORY>>,
    /// Active moment after which the record may be pruned.
    pub prune_at: Moment,
}

/// What an oracle saw of a job.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub enum AttestedStatus {
    /// The workers are at it.
    InProgress,
    /// Every shard's signed result hashes to its commitment on chain.
    Done,
    /// It cannot be done.
    Failed {
        /// Why.
        code: FailureCode,
    },
}
