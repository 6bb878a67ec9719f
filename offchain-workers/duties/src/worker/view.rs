//! What a worker looks at and what it may owe.

use alloc::vec::Vec;
use neurite_primitives::{view::JobView, BlockNumber, ContentHash, DeedId, FailureCode, JobKey, Moment, NodeSpecs, ShardIndex, Step};
use sp_runtime::AccountId32;

/// The deed that this node is linked to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OwnDeed {
    /// The deed.
    pub id: DeedId,
    /// Whether its bond is held in full, so that it may take work.
    pub eligible: bool,
    /// The specs committed for it.
    pub specs: Option<NodeSpecs>,
}

/// What the chain says at one block.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct View {
    /// The block that all of this was read at.
    pub block: BlockNumber,
    /// The active clock at that block.
    pub active_now: Moment,
    /// The account of this node.
    pub account: AccountId32,
    /// The deed that this node is linked to.
    pub deed: Option<OwnDeed>,
    /// At least every live job that has a shard of this node.
    pub jobs: Vec<JobView>,
    /// Whether `jobs` was read to the end; if not, no work is stopped for being absent from it.
    pub complete: bool,
}

/// How far the engine is with a shard.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RunState {
    /// At work.
    Running {
        /// Commitment to what was done so far.
        commitment: ContentHash,
    },
    /// The result is there.
    Complete {
        /// Commitment to the result.
        commitment: ContentHash,
    },
    /// Gave up.
    Failed {
        /// Why.
        code: FailureCode,
    },
}

/// A shard that the engine runs, has finished or has given up, and was not told to stop.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RunningShard {
    /// The job.
    pub key: JobKey,
    /// The shard.
    pub shard: ShardIndex,
    /// The last step done.
    pub step: Step,
    /// How far it is.
    pub state: RunState,
}

/// What the engine says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EngineView {
    /// What this node can do.
    pub specs: NodeSpecs,
    /// The most shards that it takes on at once.
    pub capacity: u16,
    /// The shards that it has.
    pub shards: Vec<RunningShard>,
}

/// A shard to be started.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Assignment {
    /// The job.
    pub key: JobKey,
    /// The shard.
    pub shard: ShardIndex,
    /// The number of shards of the job.
    pub shards: u16,
    /// Steps per shard.
    pub steps: Step,
    /// blake3 hash of the document.
    pub document: ContentHash,
    /// The deed that the work is done for.
    pub deed: DeedId,
    /// Whether the chain still waits for this shard; if not, only its result is asked for again.
    pub reportable: bool,
}

/// One thing that a worker owes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Action {
    /// Commit the engine's specs. Transaction.
    CommitSpecs {
        /// The specs.
        specs: NodeSpecs,
    },
    /// Accept an offered shard. Transaction.
    Accept {
        /// The job.
        job: JobKey,
        /// The shard.
        shard: ShardIndex,
        /// The deadline that the offer carries.
        deadline: Moment,
    },
    /// Start a shard on the engine.
    Start(Assignment),
    /// Report progress. Transaction.
    ReportProgress {
        /// The job.
        job: JobKey,
        /// The shard.
        shard: ShardIndex,
        /// The last step that the chain knows of.
        after: Step,
        /// The last step done.
        step: Step,
        /// The commitment that goes with it.
        commitment: ContentHash,
    },
    /// Report that the shard cannot be done. Transaction.
    ReportFailure {
        /// The job.
        job: JobKey,
        /// The shard.
        shard: ShardIndex,
        /// Why.
        code: FailureCode,
    },
    /// Stop a shard on the engine and forget it.
    Stop {
        /// The job.
        job: JobKey,
        /// The shard.
        shard: ShardIndex,
    },
}

/// What a transaction answers to; two transactions with the same duty are the same thing said twice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Duty {
    /// To commit specs measured at this moment.
    CommitSpecs(Moment),
    /// To accept the offer with this deadline.
    Accept(JobKey, ShardIndex, Moment),
    /// To report after this step.
    Report(JobKey, ShardIndex, Step),
    /// To report a failure.
    Fail(JobKey, ShardIndex),
}

impl Action {
    /// Returns the duty of a transaction, and nothing for what the engine does at once.
    pub fn duty(&self) -> Option<Duty> {
        match self {
            Self::CommitSpecs { specs } => Some(Duty::CommitSpecs(specs.benchmark.measured_at)),
            Self::Accept { job, shard, deadline } => Some(Duty::Accept(job.clone(), *shard, *deadline)),
            Self::ReportProgress { job, shard, after, .. } => Some(Duty::Report(job.clone(), *shard, *after)),
            Self::ReportFailure { job, shard, .. } => Some(Duty::Fail(job.clone(), *shard)),
            Self::Start(_) | Self::Stop { .. } => None,
        }
    }
}
