//! `report_progress`: rising steps with commitments.

use super::*;

#[test]
fn keeps_step_and_commitment_and_moves_the_deadline() {
    build_and_execute(|| {
        let key = started();
        advance(1_000);
        assert_ok!(report(&key, 1, 4));
        let shard = job(1).shards[1].clone();
        assert_eq!((shard.step, shard.commitment, shard.state), (4, COMMITMENT, ShardState::Accepted));
        assert_eq!(shard.deadline, active_now() + TIMEOUT);
        let commitment = COMMITMENT;
        System::assert_last_event(Event::Progressed { job: key, shard: 1, deed: 1, step: 4, steps: STEPS, commitment }.into());
    });
}

#[test]
fn the_last_step_completes_the_shard_and_pays_nobody() {
    build_and_execute(|| {
        completed();
        assert!(job(1).shards.iter().all(|shard| shard.state == ShardState::Complete));
        assert_eq!(job(1).status, JobStatus::InProgress);
        assert_eq!((held(SENDER), free(POT)), (REWARD, ED));
    });
}

#[test]
fn is_free_exactly_when_valid() {
    build_and_execute(|| {
        let key = started();
        let call = |step, proof| Call::report_progress { job: key.clone(), shard: 0, step, commitment: COMMITMENT, proof };
        assert!(is_feeless(node(0), call(1, None)));
        assert!(!is_feeless(node(0), call(0, None)));
        assert!(!is_feeless(node(0), call(STEPS + 1, None)));
        assert!(!is_feeless(node(0), call(1, Some(Default::default()))));
        assert!(!is_feeless(node(1), call(1, None)));
        assert_ok!(report(&key, 0, 1));
        assert!(!is_feeless(node(0), call(1, None)));
        assert!(is_feeless(node(0), call(2, None)));
    });
}

#[test]
fn refuses_steps_that_do_not_rise_or_do_not_exist() {
    build_and_execute(|| {
        let key = started();
        assert_noop!(report(&key, 0, 0), Error::<Test>::StepNotIncreasing);
        assert_ok!(report(&key, 0, 5));
        assert_noop!(report(&key, 0, 5), Error::<Test>::StepNotIncreasing);
        assert_noop!(report(&key, 0, 4), Error::<Test>::StepNotIncreasing);
        assert_noop!(report(&key, 0, STEPS + 1), Error::<Test>::MaxStepsExceeded);
    });
}

#[test]
fn refuses_a_proof_that_nobody_checks() {
    build_and_execute(|| {
        let key = started();
        let proof = Some(vec![1, 2, 3].try_into().unwrap());
        let call = Jobs::report_progress(signed(node(0)), key, 0, 1, COMMITMENT, proof);
        assert_noop!(call, Error::<Test>::ProofNotExpected);
    });
}

#[test]
fn refuses_others_and_unknown_shards() {
    build_and_execute(|| {
        let job = started();
        let by = |who, shard| Jobs::report_progress(who, job.clone(), shard, 1, COMMITMENT, None);
        assert_noop!(by(signed(node(1)), 0), Error::<Test>::NotAuthorized);
        assert_noop!(by(signed(SENDER), 0), Error::<Test>::NotAuthorized);
        assert_noop!(by(signed(node(0)), 3), Error::<Test>::ShardNotFound);
        assert_noop!(by(RuntimeOrigin::root(), 0), BadOrigin);
        assert_noop!(report(&key(5), 0, 1), Error::<Test>::NotFound);
    });
}

#[test]
fn refuses_before_the_work_begins_and_after_it_ended() {
    build_and_execute(|| {
        let key = assigned();
        assert_ok!(accept(&key, 0));
        assert_noop!(report(&key, 0, 1), Error::<Test>::WrongStatus);
        let key = started();
        assert_ok!(report(&key, 0, STEPS));
        assert_noop!(report(&key, 0, STEPS), Error::<Test>::WrongShardState);
        assert_ok!(Jobs::cancel(signed(SENDER), 2));
        assert_noop!(report(&key, 1, 1), Error::<Test>::WrongStatus);
    });
}

#[test]
fn refuses_after_the_deadline_of_the_job_but_not_of_the_shard() {
    build_and_execute(|| {
        let key = started();
        advance(TIMEOUT + 1);
        assert_ok!(report(&key, 0, 1));
        advance(COMPLETE_IN - TIMEOUT - 1);
        assert_ok!(report(&key, 0, 2));
        advance(1);
        assert_noop!(report(&key, 0, 3), Error::<Test>::DeadlinePassed);
    });
}

#[test]
fn refuses_a_node_that_was_unlinked() {
    build_and_execute(|| {
        let key = started();
        change_deed(0, |deed| deed.node = None);
        assert_noop!(report(&key, 0, 1), Error::<Test>::NotEligible);
    });
}
