//! What an oracle says of jobs in every state.

use super::judge;
use crate::testing::*;
use neurite_primitives::{view::JobView, AttestedStatus, FailureCode, JobStatus, ShardState};
use sp_runtime::Permill;

/// A job of two shards, the first complete, the second in the given state with half of its steps done.
fn half_done(status: JobStatus, state: ShardState) -> JobView {
    let mut job = job(1, 2);
    job.status = status;
    job.shards = vec![shard(1, ShardState::Complete), shard(2, state)];
    job.shards[0].step = 4;
    job.shards[1].step = if state == ShardState::Complete { 4 } else { 2 };
    job
}

#[test]
fn done_needs_every_result() {
    let done = half_done(JobStatus::InProgress, ShardState::Complete);
    assert_eq!(judge(&done, |_, _| true), Some((AttestedStatus::Done, Permill::one())));
    assert_eq!(judge(&done, |index, _| index == 0), Some((AttestedStatus::InProgress, Permill::one())));
    let half = half_done(JobStatus::InProgress, ShardState::Accepted);
    assert_eq!(judge(&half, |_, _| true), Some((AttestedStatus::InProgress, Permill::from_percent(75))));
}

#[test]
fn under_review_only_done_is_said() {
    assert_eq!(judge(&half_done(JobStatus::UnderReview, ShardState::Complete), |_, _| true), Some((AttestedStatus::Done, Permill::one())));
    assert_eq!(judge(&half_done(JobStatus::UnderReview, ShardState::Complete), |_, _| false), None);
    assert_eq!(judge(&half_done(JobStatus::UnderReview, ShardState::Accepted), |_, _| true), None);
}

#[test]
fn only_a_fault_of_the_job_fails_it() {
    let judged = |code| judge(&half_done(JobStatus::InProgress, ShardState::Failed { code }), |_, _| true).map(|(status, _)| status);
    assert_eq!(judged(FailureCode::Model), Some(AttestedStatus::Failed { code: FailureCode::Model }));
    assert_eq!(judged(FailureCode::Internal), Some(AttestedStatus::InProgress));
}

#[test]
fn nothing_is_said_of_other_states() {
    for status in [JobStatus::Open, JobStatus::Done, JobStatus::Settled, JobStatus::Expired] {
        assert_eq!(judge(&half_done(status, ShardState::Complete), |_, _| true), None);
    }
    assert_eq!(judge(&JobView { status: JobStatus::InProgress, ..job(1, 2) }, |_, _| true), None);
}
