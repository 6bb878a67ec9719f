//! `cancel`: refund of open jobs, review of those in progress.

use super::*;

#[test]
fn an_open_job_is_refunded_at_once() {
    build_and_execute(|| {
        let key = assigned();
        assert_ok!(Jobs::cancel(signed(SENDER), 1));
        assert_eq!((held(SENDER), free(SENDER)), (0, FUNDS));
        let record = record(1);
        assert_eq!((record.status, record.ending), (JobStatus::Expired, Ending::CancelledBySender));
        assert_eq!((record.to_pool, record.refunded), (0, REWARD));
        assert_eq!(record.history.iter().map(|entry| entry.status).collect::<Vec<_>>(), [JobStatus::Open, JobStatus::Expired]);
        assert_eq!(world::with(|state| state.forgotten.clone()), vec![key.clone()]);
        System::assert_last_event(
            Event::Ended {
                job: key,
                status: JobStatus::Expired,
                reason: Ending::CancelledBySender,
                to_pool: 0,
                to_workers: 0,
                refunded: REWARD,
                progress: Permill::zero(),
            }
            .into(),
        );
    });
}

#[test]
fn the_money_of_a_job_in_progress_is_locked_for_review() {
    build_and_execute(|| {
        let key = started();
        assert_ok!(Jobs::cancel(signed(SENDER), 1));
        let job = job(1);
        assert_eq!((job.status, job.ending), (JobStatus::UnderReview, Some(Ending::CancelledBySender)));
        assert_eq!(job.wait_until, active_now() + REVIEW);
        assert_eq!(held(SENDER), REWARD);
        System::assert_last_event(
            Event::ReviewStarted {
                job: key,
                reason: Ending::CancelledBySender,
                locked: REWARD,
                progress: Permill::zero(),
                wait_until: job.wait_until,
            }
            .into(),
        );
    });
}

#[test]
fn refuses_others_than_the_sender() {
    build_and_execute(|| {
        submitted();
        assert_noop!(Jobs::cancel(signed(STRANGER), 1), Error::<Test>::NotFound);
        assert_noop!(Jobs::cancel(signed(MAIN), 1), Error::<Test>::NotFound);
        assert_noop!(Jobs::cancel(RuntimeOrigin::root(), 1), BadOrigin);
    });
}

#[test]
fn refuses_what_is_done_under_review_or_over() {
    build_and_execute(|| {
        let key = completed();
        attest(&key, AttestedStatus::Done, 100);
        assert_noop!(Jobs::cancel(signed(SENDER), 1), Error::<Test>::WrongStatus);
        started();
        assert_ok!(Jobs::cancel(signed(SENDER), 2));
        assert_noop!(Jobs::cancel(signed(SENDER), 2), Error::<Test>::WrongStatus);
        submitted();
        assert_ok!(Jobs::cancel(signed(SENDER), 3));
        assert_noop!(Jobs::cancel(signed(SENDER), 3), Error::<Test>::AlreadyEnded);
    });
}

#[test]
fn nobody_takes_the_result_and_then_cancels() {
    build_and_execute(|| {
        let key = completed();
        assert_ok!(Jobs::cancel(signed(SENDER), 1));
        attest(&key, AttestedStatus::Done, 100);
        assert_eq!((job(1).status, job(1).ending), (JobStatus::Done, Some(Ending::Completed)));
        advance(CHALLENGE);
        assert_ok!(Jobs::poke(signed(STRANGER), key));
        assert_eq!(record(1).to_pool, REWARD);
    });
}
