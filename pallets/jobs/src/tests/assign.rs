//! `assign`: offers of all shards, repetitions, fitness of deeds.

use super::*;

#[test]
fn the_delegate_offers_each_shard_to_a_deed() {
    build_and_execute(|| {
        let key = submitted();
        assert_ok!(assign(&key, &[4, 0, 2]));
        let job = job(1);
        let deeds: Vec<_> = job.shards.iter().map(|shard| (shard.deed, shard.node, shard.state)).collect();
        let offered = ShardState::Assigned;
        assert_eq!(deeds, [(4, node(4), offered), (0, node(0), offered), (2, node(2), offered)]);
        let deadline = active_now() + TIMEOUT;
        System::assert_last_event(Event::Assigned { job: key, shard: 2, deed: 2, node: node(2), deadline }.into());
        assert_eq!(job.status, JobStatus::Open);
    });
}

#[test]
fn the_sender_may_assign_too_but_pays() {
    build_and_execute(|| {
        let key = submitted();
        let deeds = vec![0, 1, 2].try_into().unwrap();
        assert!(!is_feeless(SENDER, Call::assign { job: key.clone(), deeds }));
        assert_ok!(Jobs::assign(signed(SENDER), key, vec![0, 1, 2].try_into().unwrap()));
    });
}

#[test]
fn is_free_for_the_delegate_exactly_when_valid() {
    build_and_execute(|| {
        let key = submitted();
        let call = |deeds: &[DeedId]| Call::assign { job: key.clone(), deeds: deeds.to_vec().try_into().unwrap() };
        assert!(is_feeless(MAIN, call(&[0, 1, 2])));
        assert!(!is_feeless(MAIN, call(&[0, 1])));
        assert!(!is_feeless(STRANGER, call(&[0, 1, 2])));
        assert_ok!(assign(&key, &[0, 1, 2]));
        assert!(!is_feeless(MAIN, call(&[0, 1, 2])), "a repetition changes nothing");
    });
}

#[test]
fn refuses_strangers_and_the_unknown() {
    build_and_execute(|| {
        let job = submitted();
        let deeds = || vec![0, 1, 2].try_into().unwrap();
        assert_noop!(Jobs::assign(signed(STRANGER), job.clone(), deeds()), Error::<Test>::NotAuthorized);
        assert_noop!(Jobs::assign(signed(node(0)), job.clone(), deeds()), Error::<Test>::NotAuthorized);
        assert_noop!(Jobs::assign(RuntimeOrigin::root(), job.clone(), deeds()), BadOrigin);
        assert_noop!(assign(&key(2), &[0, 1, 2]), Error::<Test>::NotFound);
        assert_ok!(Jobs::cancel(signed(SENDER), 1));
        assert_noop!(assign(&job, &[0, 1, 2]), Error::<Test>::AlreadyEnded);
    });
}

#[test]
fn refuses_the_wrong_number_and_repetitions() {
    build_and_execute(|| {
        let key = submitted();
        assert_noop!(assign(&key, &[]), Error::<Test>::WrongWorkerCount);
        assert_noop!(assign(&key, &[0, 1]), Error::<Test>::WrongWorkerCount);
        assert_noop!(assign(&key, &[0, 1, 2, 3]), Error::<Test>::WrongWorkerCount);
        assert_noop!(assign(&key, &[0, 1, 0]), Error::<Test>::DuplicateWorker);
    });
}

#[test]
fn refuses_deeds_that_may_not_or_cannot_work() {
    build_and_execute(|| {
        let key = submitted();
        assert_noop!(assign(&key, &[0, 1, 999]), Error::<Test>::NotEligible);
        change_deed(2, |deed| deed.eligible = false);
        assert_noop!(assign(&key, &[0, 1, 2]), Error::<Test>::NotEligible);
        change_deed(2, |deed| (deed.eligible, deed.specs) = (true, None));
        assert_noop!(assign(&key, &[0, 1, 2]), Error::<Test>::RequirementsNotMet);
        change_deed(2, |deed| deed.specs = Some(NodeSpecs { memory_mib: 1_023, ..specs() }));
        assert_noop!(assign(&key, &[0, 1, 2]), Error::<Test>::RequirementsNotMet);
    });
}

#[test]
fn refuses_once_the_time_for_acceptance_is_over() {
    build_and_execute(|| {
        let key = submitted();
        advance(ACCEPT_IN);
        assert_ok!(assign(&key, &[0, 1, 2]));
        advance(TIMEOUT + 1);
        assert_noop!(assign(&key, &[3, 4, 5]), Error::<Test>::DeadlinePassed);
    });
}

#[test]
fn refuses_once_work_began() {
    build_and_execute(|| {
        let key = started();
        assert_noop!(assign(&key, &[3, 4, 5]), Error::<Test>::WrongStatus);
    });
}

#[test]
fn what_was_not_accepted_in_time_or_released_is_offered_anew() {
    build_and_execute(|| {
        let key = assigned();
        assert_ok!(accept(&key, 0));
        assert_noop!(assign(&key, &[0, 1, 3]), Error::<Test>::NotReassignable);
        assert_noop!(assign(&key, &[0, 1, 2]), Error::<Test>::AlreadyAssigned);
        assert_ok!(Jobs::release(signed(node(1)), key.clone(), 1));
        assert_ok!(assign(&key, &[0, 4, 2]));
        advance(TIMEOUT + 1);
        assert_noop!(assign(&key, &[5, 4, 3]), Error::<Test>::NotReassignable);
        assert_ok!(assign(&key, &[0, 4, 3]));
        let deeds: Vec<_> = job(1).shards.iter().map(|shard| shard.deed).collect();
        assert_eq!(deeds, [0, 4, 3]);
        assert!(world::with(|state| state.offences.is_empty()), "nobody who did not accept is penalised");
    });
}
