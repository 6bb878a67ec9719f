//! `extend`: later deadlines before the review.

use super::*;
use crate::MAX_DURATION;

#[test]
fn moves_both_deadlines_of_an_open_job() {
    build_and_execute(|| {
        let key = assigned();
        assert_ok!(accept(&key, 0));
        let (accept_by, complete_by) = (unix_now() + 2 * ACCEPT_IN, unix_now() + 2 * COMPLETE_IN);
        assert_ok!(Jobs::extend(signed(SENDER), 1, accept_by, complete_by));
        let job = job(1);
        assert_eq!((job.spec.accept_by, job.spec.complete_by), (accept_by, complete_by));
        assert_eq!(job.accept_by, active_now() + 2 * ACCEPT_IN);
        assert_eq!(job.complete_by, active_now() + 2 * COMPLETE_IN);
        assert_eq!(job.shards[0].deadline, job.accept_by);
        let (accept_by, complete_by) = (job.accept_by, job.complete_by);
        System::assert_last_event(Event::Extended { job: key, accept_by, complete_by }.into());
    });
}

#[test]
fn ignores_the_acceptance_once_work_began() {
    build_and_execute(|| {
        started();
        assert_ok!(Jobs::extend(signed(SENDER), 1, 0, unix_now() + 2 * COMPLETE_IN));
        assert_eq!(job(1).complete_by, active_now() + 2 * COMPLETE_IN);
        assert_eq!(job(1).accept_by, active_now() + ACCEPT_IN);
    });
}

#[test]
fn a_sleep_of_the_chain_moves_no_deadline_towards_now() {
    build_and_execute(|| {
        submitted();
        let before = job(1);
        world::with(|state| state.now += ACCEPT_IN / 2);
        assert_ok!(Jobs::extend(signed(SENDER), 1, before.spec.accept_by, before.spec.complete_by));
        assert_eq!((job(1).accept_by, job(1).complete_by), (before.accept_by, before.complete_by));
    });
}

#[test]
fn refuses_each_fault_by_its_name() {
    build_and_execute(|| {
        submitted();
        let (now, accept_by, complete_by) = (unix_now(), spec().accept_by, spec().complete_by);
        let faults: Vec<(Moment, Moment, Error<Test>)> = vec![
            (now, complete_by, Error::DeadlinePassed),
            (accept_by, now, Error::DeadlinePassed),
            (complete_by, complete_by, Error::DeadlinesOutOfOrder),
            (accept_by, now + MAX_DURATION + 1, Error::DeadlineTooFar),
            (accept_by - 1, complete_by, Error::DeadlineShortened),
            (accept_by, complete_by - 1, Error::DeadlineShortened),
        ];
        for (accept_by, complete_by, error) in faults {
            assert_noop!(Jobs::extend(signed(SENDER), 1, accept_by, complete_by), error);
        }
        assert_noop!(Jobs::extend(RuntimeOrigin::none(), 1, accept_by, complete_by), BadOrigin);
        assert_noop!(Jobs::extend(signed(STRANGER), 1, accept_by, complete_by), Error::<Test>::NotFound);
    });
}

#[test]
fn refuses_in_review_and_afterwards() {
    build_and_execute(|| {
        started();
        let (accept_by, complete_by) = (spec().accept_by, spec().complete_by);
        assert_ok!(Jobs::cancel(signed(SENDER), 1));
        assert_noop!(Jobs::extend(signed(SENDER), 1, accept_by, complete_by), Error::<Test>::WrongStatus);
        advance(REVIEW);
        assert_ok!(Jobs::poke(signed(SENDER), key(1)));
        assert_noop!(Jobs::extend(signed(SENDER), 1, accept_by, complete_by), Error::<Test>::AlreadyEnded);
    });
}
