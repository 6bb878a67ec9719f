//! What a majority of the oracles moves, and what it cannot.

use super::*;
use neurite_traits::JobStatusUpdates;

#[test]
fn progress_is_capped_by_the_reports() {
    build_and_execute(|| {
        let key = started();
        assert_ok!(report(&key, 0, 9));
        attest(&key, AttestedStatus::InProgress, 90);
        assert_eq!(job(1).progress, Permill::from_percent(30));
        System::assert_last_event(Event::ProgressAttested { job: key.clone(), progress: Permill::from_percent(30) }.into());
        attest(&key, AttestedStatus::InProgress, 10);
        assert_eq!(job(1).progress, Permill::from_percent(10));
        let events = System::events().len();
        attest(&key, AttestedStatus::InProgress, 10);
        assert_eq!(System::events().len(), events, "what changes nothing says nothing");
    });
}

#[test]
fn done_counts_only_if_every_shard_is_complete() {
    build_and_execute(|| {
        let key = started();
        assert_ok!(report(&key, 0, STEPS));
        assert_ok!(report(&key, 1, STEPS));
        attest(&key, AttestedStatus::Done, 100);
        assert_eq!(job(1).status, JobStatus::InProgress);
        assert_ok!(report(&key, 2, STEPS));
        attest(&key, AttestedStatus::Done, 0);
        let job = job(1);
        assert_eq!((job.status, job.ending), (JobStatus::Done, Some(Ending::Completed)));
        assert_eq!(job.progress, Permill::one());
        assert_eq!(job.wait_until, active_now() + CHALLENGE);
        System::assert_last_event(Event::DoneAttested { job: key, reward: REWARD, wait_until: job.wait_until }.into());
        assert_eq!(held(SENDER), REWARD, "the money waits for the challenge window");
    });
}

#[test]
fn done_prevails_over_a_missed_deadline() {
    build_and_execute(|| {
        let key = completed();
        advance(COMPLETE_IN + GRACE);
        assert_ok!(Jobs::poke(signed(STRANGER), key.clone()));
        assert_eq!(job(1).ending, Some(Ending::DeadlineMissed));
        attest(&key, AttestedStatus::Done, 100);
        assert_eq!(job(1).ending, Some(Ending::Completed));
        let states: Vec<_> = job(1).history.iter().map(|entry| entry.status).collect();
        use JobStatus::*;
        assert_eq!(states, [Open, InProgress, UnderReview, Done]);
    });
}

#[test]
fn failure_locks_the_money_for_review_once() {
    build_and_execute(|| {
        let key = started();
        assert_ok!(report(&key, 0, 3));
        let failed = AttestedStatus::Failed { code: FailureCode::Model };
        attest(&key, failed, 50);
        let reason = Ending::WorkerFailed { code: FailureCode::Model };
        assert_eq!((job(1).status, job(1).ending), (JobStatus::UnderReview, Some(reason)));
        assert_eq!(job(1).progress, Permill::from_percent(10));
        let wait_until = job(1).wait_until;
        advance(1_000);
        attest(&key, AttestedStatus::Failed { code: FailureCode::Input }, 50);
        assert_eq!((job(1).ending, job(1).wait_until), (Some(reason), wait_until));
        assert_eq!(held(SENDER), REWARD);
    });
}

#[test]
fn attestable_are_jobs_in_progress_and_under_review() {
    build_and_execute(|| {
        let job = submitted();
        assert!(!Jobs::is_attestable(&key(9)));
        assert!(!Jobs::is_attestable(&job));
        let job = completed();
        assert!(Jobs::is_attestable(&job));
        assert_ok!(Jobs::cancel(signed(SENDER), 2));
        assert!(Jobs::is_attestable(&job));
        attest(&job, AttestedStatus::Done, 100);
        assert!(!Jobs::is_attestable(&job));
    });
}

#[test]
fn what_is_not_attestable_is_left_alone() {
    build_and_execute(|| {
        let open = assigned();
        attest(&open, AttestedStatus::Done, 100);
        attest(&open, AttestedStatus::Failed { code: FailureCode::Model }, 100);
        assert_eq!(job(1).status, JobStatus::Open);
        attest(&key(9), AttestedStatus::Done, 100);
        let done = completed();
        attest(&done, AttestedStatus::Done, 100);
        attest(&done, AttestedStatus::Failed { code: FailureCode::Model }, 100);
        assert_eq!(job(2).status, JobStatus::Done);
    });
}
