//! What a supervisor looks at, what it may owe, and what may keep it from it.

use alloc::vec::Vec;
use neurite_primitives::{view::JobView, BlockNumber, DeedId, FailureCode, JobKey, Moment, NodeSpecs, ShardIndex, MAX_WORKERS};
use sp_core::ConstU32;
use sp_runtime::{AccountId32, BoundedVec};

/// A deed whose node may be asked to work.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Candidate {
    /// The deed.
    pub deed: DeedId,
    /// Whether it is linked and its bond held in full.
    pub eligible: bool,
    /// The specs committed for it.
    pub specs: Option<NodeSpecs>,
    /// Whether the node's last heartbeat is fresh, by the clock of the engine that received it.
    pub available: bool,
}

/// What the chain and the engine's table of nodes say.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct View {
    /// The block that the chain was read at.
    pub block: BlockNumber,
    /// The active clock at that block.
    pub active_now: Moment,
    /// The account of this main node.
    pub account: AccountId32,
    /// The live jobs, of whatever delegate: the others tell how busy the workers are.
    pub jobs: Vec<JobView>,
    /// The linked deeds.
    pub candidates: Vec<Candidate>,
}

/// Why a shard needs another worker.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cause {
    /// The offer was not accepted in time.
    NotAccepted,
    /// The worker was silent past its deadline.
    Silent,
    /// The worker gave it back.
    Released,
    /// The worker failed by its own fault.
    Failed {
        /// What it said.
        code: FailureCode,
    },
}

/// One thing that a supervisor owes; each is a transaction.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Action {
    /// Assign all shards of a job.
    Assign {
        /// The job.
        job: JobKey,
        /// One deed per shard, in order.
        deeds: BoundedVec<DeedId, ConstU32<MAX_WORKERS>>,
    },
    /// Give a shard to another worker.
    Reassign {
        /// The job.
        job: JobKey,
        /// The shard.
        shard: ShardIndex,
        /// The new worker's deed.
        deed: DeedId,
        /// The deed that it replaces.
        replaces: DeedId,
        /// Why.
        cause: Cause,
    },
}

/// What a transaction answers to; two transactions with the same duty are the same thing said twice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Duty {
    /// To assign an open job.
    Assign(JobKey),
    /// To replace this deed.
    Reassign(JobKey, ShardIndex, DeedId),
}

impl Action {
    /// Returns the duty.
    pub fn duty(&self) -> Duty {
        match self {
            Self::Assign { job, .. } => Duty::Assign(job.clone()),
            Self::Reassign { job, shard, replaces, .. } => Duty::Reassign(job.clone(), *shard, *replaces),
        }
    }
}

/// How many workers there would be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shortage {
    /// Workers needed.
    pub needed: u32,
    /// Eligible deeds that are not busy with the job already.
    pub eligible: u32,
    /// Those of them whose committed specs meet the requirements.
    pub suitable: u32,
    /// Those of them whose last heartbeat is fresh.
    pub available: u32,
}

/// Why something owed cannot be done for now.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Obstacle {
    /// A job cannot be assigned for want of workers.
    #[error(
        "the job needs {} workers; {} deeds are eligible, {} of them meet its requirements, {} of those are available",
        .shortage.needed, .shortage.eligible, .shortage.suitable, .shortage.available
    )]
    NotEnoughWorkers {
        /// The job.
        job: JobKey,
        /// How many there would be.
        shortage: Shortage,
    },
    /// A shard cannot be reassigned for want of a worker that is not busy with the job already.
    #[error(
        "shard {shard} needs another worker; {} more deeds are eligible, {} of them meet the requirements, {} of those are available",
        .shortage.eligible, .shortage.suitable, .shortage.available
    )]
    NoFreshWorker {
        /// The job.
        job: JobKey,
        /// The shard.
        shard: ShardIndex,
        /// Why it needs one.
        cause: Cause,
        /// How many there would be.
        shortage: Shortage,
    },
    /// A shard failed in a way that no other worker would mend; the oracles end the job.
    #[error("shard {shard} failed by a fault of the job: {code:?}")]
    SendersFault {
        /// The job.
        job: JobKey,
        /// The shard.
        shard: ShardIndex,
        /// What its worker said.
        code: FailureCode,
    },
}

impl Obstacle {
    /// Returns the job that is kept from going on.
    pub fn job(&self) -> &JobKey {
        match self {
            Self::NotEnoughWorkers { job, .. } | Self::NoFreshWorker { job, .. } | Self::SendersFault { job, .. } => job,
        }
    }
}
