//! Decides what an oracle says of a job, given the chain and which results its engine has verified.
//!
//! All oracles must judge alike, so that a majority is found: only finalized chain state and the hashes of results count.

use neurite_primitives::{
    view::{JobView, ShardView},
    AttestedStatus, JobStatus, ShardIndex, ShardState,
};
use sp_runtime::Permill;

/// Returns the status and the progress to attest, or nothing if there is nothing to be said.
///
/// `verified` tells whether a result signed by the shard's worker is at hand that hashes to the shard's commitment.
pub fn judge(job: &JobView, verified: impl Fn(ShardIndex, &ShardView) -> bool) -> Option<(AttestedStatus, Permill)> {
    if !matches!(job.status, JobStatus::InProgress | JobStatus::UnderReview) || job.shards.is_empty() {
        return None;
    }
    let done =
        job.shards.iter().enumerate().all(|(index, shard)| {
            shard.state == ShardState::Complete && ShardIndex::try_from(index).is_ok_and(|index| verified(index, shard))
        });
    if done {
        return Some((AttestedStatus::Done, Permill::one()));
    }
    if job.status == JobStatus::UnderReview {
        // Only `Done` prevails over a deadline, a cancellation or a failure.
        return None;
    }
    let failure = job.shards.iter().find_map(|shard| match shard.state {
        ShardState::Failed { code } if code.is_senders_fault() => Some(code),
        ShardState::Assigned | ShardState::Accepted | ShardState::Complete | ShardState::Failed { .. } | ShardState::Released => None,
    });
    let status = failure.map_or(AttestedStatus::InProgress, |code| AttestedStatus::Failed { code });
    Some((status, progress(job)))
}

/// Returns the part of all steps that the workers reported, rounded down.
pub fn progress(job: &JobView) -> Permill {
    let done = job.shards.iter().fold(0_u64, |sum, shard| sum.saturating_add(u64::from(shard.step.min(job.steps))));
    let all = u64::from(job.steps).saturating_mul(u64::from(job.workers));
    if all == 0 {
        Permill::zero()
    } else {
        Permill::from_rational(done, all)
    }
}

#[cfg(test)]
mod tests;
