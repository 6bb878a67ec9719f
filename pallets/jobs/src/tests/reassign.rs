//! `reassign`: when a shard goes to another worker, and at whose cost.

use super::*;

fn reassign(key: &JobKey<u64>, shard: ShardIndex, deed: DeedId) -> frame_support::dispatch::DispatchResult {
    Jobs::reassign(signed(MAIN), key.clone(), shard, deed)
}

fn offences() -> Vec<(DeedId, Offence)> {
    world::with(|state| state.offences.clone())
}

#[test]
fn a_silent_worker_loses_its_shard_and_is_penalised() {
    build_and_execute(|| {
        let key = started();
        assert_ok!(report(&key, 1, 6));
        attest(&key, AttestedStatus::InProgress, 20);
        assert_eq!(job(1).progress, Permill::from_percent(20));
        advance(TIMEOUT);
        assert_noop!(reassign(&key, 1, 4), Error::<Test>::NotReassignable);
        advance(1);
        assert_ok!(reassign(&key, 1, 4));
        let shard = job(1).shards[1].clone();
        assert_eq!((shard.deed, shard.node, shard.step), (4, node(4), 0));
        assert_eq!((shard.state, shard.commitment), (ShardState::Assigned, [0; 32]));
        assert_eq!(job(1).progress, Permill::zero(), "its steps are lost");
        assert_eq!(offences(), vec![(1, Offence::MissedAssignment)]);
        System::assert_last_event(Event::Reassigned { job: key.clone(), shard: 1, from: 1, to: 4, node: node(4), missed: true }.into());
        assert_ok!(Jobs::accept(signed(node(4)), key, 1));
        assert_eq!(job(1).shards[1].deadline, active_now() + TIMEOUT);
    });
}

#[test]
fn a_worker_that_never_accepted_is_not_penalised() {
    build_and_execute(|| {
        let key = assigned();
        advance(TIMEOUT + 1);
        assert_ok!(reassign(&key, 0, 5));
        assert!(offences().is_empty());
    });
}

#[test]
fn a_released_shard_is_offered_at_once_without_penalty() {
    build_and_execute(|| {
        let key = started();
        assert_ok!(Jobs::release(signed(node(0)), key.clone(), 0));
        assert_ok!(reassign(&key, 0, 3));
        assert!(offences().is_empty());
    });
}

#[test]
fn a_failure_by_the_workers_fault_is_offered_at_once_the_senders_is_not() {
    build_and_execute(|| {
        let key = started();
        assert_ok!(Jobs::report_failure(signed(node(0)), key.clone(), 0, FailureCode::Resources));
        assert_ok!(reassign(&key, 0, 3));
        assert_ok!(Jobs::report_failure(signed(node(1)), key.clone(), 1, FailureCode::Document));
        advance(TIMEOUT + 1);
        assert_noop!(reassign(&key, 1, 4), Error::<Test>::NotReassignable);
        assert!(offences().is_empty());
    });
}

#[test]
fn a_worker_that_is_done_may_take_over_one_that_is_busy_may_not() {
    build_and_execute(|| {
        let key = started();
        assert_ok!(report(&key, 0, STEPS));
        assert_ok!(report(&key, 1, 1));
        advance(TIMEOUT + 1);
        assert_noop!(reassign(&key, 2, 1), Error::<Test>::DuplicateWorker);
        assert_ok!(reassign(&key, 2, 0));
        assert_noop!(reassign(&key, 0, 5), Error::<Test>::NotReassignable);
    });
}

#[test]
fn is_free_for_the_delegate_exactly_when_valid() {
    build_and_execute(|| {
        let key = started();
        let call = |deed| Call::reassign { job: key.clone(), shard: 0, deed };
        assert!(!is_feeless(MAIN, call(3)));
        advance(TIMEOUT + 1);
        assert!(is_feeless(MAIN, call(3)));
        assert!(!is_feeless(MAIN, call(99)));
        assert!(!is_feeless(SENDER, call(3)));
        assert_ok!(Jobs::reassign(signed(SENDER), key.clone(), 0, 3));
        assert!(!is_feeless(MAIN, call(3)));
    });
}

#[test]
fn refuses_strangers_unfit_deeds_and_the_unknown() {
    build_and_execute(|| {
        let job = started();
        advance(TIMEOUT + 1);
        let by = |who| Jobs::reassign(who, job.clone(), 0, 3);
        assert_noop!(by(signed(STRANGER)), Error::<Test>::NotAuthorized);
        assert_noop!(by(RuntimeOrigin::root()), BadOrigin);
        assert_noop!(reassign(&job, 3, 3), Error::<Test>::ShardNotFound);
        assert_noop!(reassign(&key(4), 0, 3), Error::<Test>::NotFound);
        change_deed(3, |deed| deed.eligible = false);
        assert_noop!(reassign(&job, 0, 3), Error::<Test>::NotEligible);
        change_deed(4, |deed| deed.specs = None);
        assert_noop!(reassign(&job, 0, 4), Error::<Test>::RequirementsNotMet);
    });
}

#[test]
fn refuses_after_the_jobs_deadline_and_under_review() {
    build_and_execute(|| {
        let key = started();
        advance(COMPLETE_IN + 1);
        assert_noop!(reassign(&key, 0, 3), Error::<Test>::DeadlinePassed);
        assert_ok!(Jobs::cancel(signed(SENDER), 1));
        assert_noop!(reassign(&key, 0, 3), Error::<Test>::WrongStatus);
    });
}
