//! `report_failure`: shards that cannot be done.

use super::*;

fn fail(key: &JobKey<u64>, deed: DeedId, code: FailureCode) -> frame_support::dispatch::DispatchResult {
    Jobs::report_failure(signed(node(deed)), key.clone(), deed as ShardIndex, code)
}

#[test]
fn marks_the_shard_and_pays_nobody() {
    build_and_execute(|| {
        let key = started();
        assert_ok!(fail(&key, 0, FailureCode::Model));
        assert_eq!(job(1).shards[0].state, ShardState::Failed { code: FailureCode::Model });
        assert_eq!(job(1).status, JobStatus::InProgress);
        assert_eq!(held(SENDER), REWARD);
        System::assert_last_event(Event::ShardFailed { job: key, shard: 0, deed: 0, code: FailureCode::Model }.into());
    });
}

#[test]
fn is_free_exactly_when_valid() {
    build_and_execute(|| {
        let key = started();
        let call = || Call::report_failure { job: key.clone(), shard: 0, code: FailureCode::Input };
        assert!(is_feeless(node(0), call()));
        assert!(!is_feeless(node(1), call()));
        assert_ok!(fail(&key, 0, FailureCode::Input));
        assert!(!is_feeless(node(0), call()));
    });
}

#[test]
fn refuses_others_and_the_wrong_moment() {
    build_and_execute(|| {
        let key = assigned();
        assert_noop!(fail(&key, 0, FailureCode::Model), Error::<Test>::WrongStatus);
        let key = started();
        let by = |who, shard| Jobs::report_failure(who, key.clone(), shard, FailureCode::Model);
        assert_noop!(by(signed(node(1)), 0), Error::<Test>::NotAuthorized);
        assert_noop!(by(signed(node(1)), 5), Error::<Test>::ShardNotFound);
        assert_noop!(by(RuntimeOrigin::none(), 0), BadOrigin);
        assert_ok!(report(&key, 0, STEPS));
        assert_noop!(fail(&key, 0, FailureCode::Model), Error::<Test>::WrongShardState);
        advance(COMPLETE_IN + 1);
        assert_noop!(fail(&key, 1, FailureCode::Model), Error::<Test>::DeadlinePassed);
    });
}
