//! Names of payloads, so that who reads them can tell a repeat from a new one.
//!
//! Rows that come again leave payloads with the same ids behind. Where rows do not come again, the number of the run is part of the id, so that
//! none is ever used for something else.

use super::Run;
use crate::StageName;

/// The key of the id in a payload's body.
pub(super) const PAYLOAD_ID: &str = "PAYLOAD_ID";

/// Returns the id of the `number`-th payload of a stage, counted from 1.
pub(super) fn payload_id(run: &Run, stage: &StageName, lineage: &str, number: u64) -> String {
    let place = if run.source_kind().replays() { shard(run) } else { format!("r{}-{}", run.number, shard(run)) };
    format!("{lineage}-{place}{}-{number}", short_hash(&stage.to_string()))
}

/// Returns the id of what the engine itself says about a stage; `number` is different for each.
pub(super) fn notification_id(run: &Run, stage: &StageName, lineage: &str, number: u64) -> String {
    format!("{lineage}-r{}-{}{}-n{number}", run.number, shard(run), short_hash(&stage.to_string()))
}

/// Returns the id of the payload that carries the result.
pub(super) fn result_id(run: &Run) -> String {
    let revision = run.revision();
    format!("{}-{}result", revision.lineage(), shard(run))
}

/// Returns what tells the shards of jobs apart, and one job from another that runs the same document.
fn shard(run: &Run) -> String {
    match &run.job {
        Some(job) => format!("j{}s{}-", short_hash(&format!("{}/{}", job.sender, job.id)), job.shard.index()),
        None => String::new(),
    }
}

fn short_hash(text: &str) -> String {
    hex::encode(&blake3::hash(text.as_bytes()).as_bytes()[..4])
}
