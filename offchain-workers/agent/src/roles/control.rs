//! What the agent asks of the engine that it runs in.

use crate::{RunningShard, Started};
use async_trait::async_trait;
use neurite_primitives::{DeedId, JobKey, NodeSpecs, ShardIndex, Step};
use sp_runtime::AccountId32;

/// The largest document that is fetched for a job, in bytes.
pub const MAX_DOCUMENT: usize = 1024 * 1024;

/// Says why the engine could not do something for now; it is asked again with the next block.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{reason}")]
pub struct EngineFault {
    /// What happened.
    pub reason: String,
}

/// A shard to be started, with its document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobAssignment {
    /// The job.
    pub key: JobKey,
    /// The shard.
    pub shard: ShardIndex,
    /// The number of shards of the job.
    pub shards: u16,
    /// Steps per shard.
    pub steps: Step,
    /// The deed that the work is done for.
    pub deed: DeedId,
    /// The pipeline document, byte for byte what its hash on chain covers.
    pub document: Vec<u8>,
}

/// An engine that runs shards of jobs.
///
/// What it has is all that is known of earlier starts: after a restart it answers with what it has restored, and is told to start
/// the rest again.
#[async_trait]
pub trait EngineControl: Send + Sync + 'static {
    /// Returns what this node can do; committed on chain when it changes.
    async fn specs(&self) -> NodeSpecs;

    /// Returns the most shards that the engine takes on at once.
    fn capacity(&self) -> u16;

    /// Returns the shards that run, are complete or have failed, and were not stopped.
    async fn jobs(&self) -> Vec<RunningShard>;

    /// Starts a shard; starting what already runs changes nothing. Must not wait for the work itself.
    ///
    /// # Errors
    /// [`EngineFault`] if the engine cannot start anything now. A shard that it can never start is [`Started::Refused`].
    async fn start(&self, assignment: JobAssignment) -> Result<Started, EngineFault>;

    /// Stops a shard and forgets it; stopping what does not run changes nothing.
    ///
    /// # Errors
    /// [`EngineFault`] if the shard still runs.
    async fn stop(&self, job: &JobKey, shard: ShardIndex) -> Result<(), EngineFault>;

    /// Fetches a document that is not on chain, at most `limit` bytes of it; the agent checks its hash.
    ///
    /// # Errors
    /// [`EngineFault`] if it cannot be had now.
    async fn fetch(&self, uri: &str, limit: usize) -> Result<Vec<u8>, EngineFault>;
}

/// Knows which nodes were heard lately.
pub trait NodeTable: Send + Sync + 'static {
    /// Tells whether the last heartbeat of the node with this account is fresh.
    fn is_available(&self, node: &AccountId32) -> bool;
}
