//! `accept`: by whom, in which state and until when a shard may be accepted.

use super::*;

#[test]
fn the_work_begins_with_the_last_acceptance() {
    build_and_execute(|| {
        let key = assigned();
        assert_ok!(accept(&key, 0));
        assert_ok!(accept(&key, 2));
        assert_eq!(job(1).status, JobStatus::Open);
        System::assert_last_event(Event::Accepted { job: key.clone(), shard: 2, deed: 2 }.into());
        advance(TIMEOUT / 2);
        assert_ok!(accept(&key, 1));
        let job = job(1);
        assert_eq!(job.status, JobStatus::InProgress);
        assert!(job.shards.iter().all(|shard| shard.deadline == active_now() + TIMEOUT));
        System::assert_last_event(Event::Started { job: key }.into());
    });
}

#[test]
fn who_accepted_first_is_not_late_because_of_the_last() {
    build_and_execute(|| {
        let key = assigned();
        assert_ok!(accept(&key, 0));
        advance(TIMEOUT + 1);
        assert_eq!(job(1).shards[0].deadline, job(1).accept_by);
        let reassign = Jobs::reassign(signed(MAIN), key.clone(), 0, 3);
        assert_noop!(reassign, Error::<Test>::NotReassignable);
        assert_ok!(assign(&key, &[0, 3, 4]));
    });
}

#[test]
fn is_free_exactly_when_valid() {
    build_and_execute(|| {
        let key = assigned();
        let call = |shard| Call::accept { job: key.clone(), shard };
        assert!(is_feeless(node(0), call(0)));
        assert!(!is_feeless(node(0), call(1)));
        assert!(!is_feeless(STRANGER, call(0)));
        assert_ok!(accept(&key, 0));
        assert!(!is_feeless(node(0), call(0)));
    });
}

#[test]
fn refuses_others_and_unknown_shards() {
    build_and_execute(|| {
        let job = assigned();
        assert_noop!(Jobs::accept(signed(node(1)), job.clone(), 0), Error::<Test>::NotAuthorized);
        assert_noop!(Jobs::accept(signed(owner(0)), job.clone(), 0), Error::<Test>::NotAuthorized);
        assert_noop!(Jobs::accept(signed(node(0)), job.clone(), 3), Error::<Test>::ShardNotFound);
        assert_noop!(Jobs::accept(signed(node(0)), key(9), 0), Error::<Test>::NotFound);
        assert_noop!(Jobs::accept(RuntimeOrigin::root(), job, 0), BadOrigin);
    });
}

#[test]
fn refuses_a_second_acceptance() {
    build_and_execute(|| {
        let key = assigned();
        assert_ok!(accept(&key, 0));
        assert_noop!(accept(&key, 0), Error::<Test>::WrongShardState);
    });
}

#[test]
fn refuses_after_the_offer_or_the_time_for_acceptance_is_over() {
    build_and_execute(|| {
        let key = assigned();
        advance(TIMEOUT);
        assert_ok!(accept(&key, 0));
        advance(1);
        assert_noop!(accept(&key, 1), Error::<Test>::DeadlinePassed);
        advance(ACCEPT_IN - TIMEOUT - 1);
        assert_ok!(assign(&key, &[0, 3, 4]));
        advance(1);
        assert_noop!(Jobs::accept(signed(node(3)), key, 1), Error::<Test>::DeadlinePassed);
    });
}

#[test]
fn refuses_a_node_that_lost_its_deed_bond_or_fitting_specs() {
    build_and_execute(|| {
        let key = assigned();
        change_deed(0, |deed| deed.eligible = false);
        assert_noop!(accept(&key, 0), Error::<Test>::NotEligible);
        change_deed(1, |deed| deed.node = Some(999));
        assert_noop!(accept(&key, 1), Error::<Test>::NotEligible);
        change_deed(2, |deed| deed.specs = Some(NodeSpecs { backends: Default::default(), ..specs() }));
        assert_noop!(accept(&key, 2), Error::<Test>::RequirementsNotMet);
    });
}

#[test]
fn refuses_under_review() {
    build_and_execute(|| {
        let key = started();
        assert_ok!(Jobs::cancel(signed(SENDER), 1));
        assert_noop!(accept(&key, 0), Error::<Test>::WrongStatus);
    });
}
