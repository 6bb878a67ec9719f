//! `release`: shards given back in time.

use super::*;

fn release(key: &JobKey<u64>, deed: DeedId) -> frame_support::dispatch::DispatchResult {
    Jobs::release(signed(node(deed)), key.clone(), deed as ShardIndex)
}

#[test]
fn a_worker_gives_back_what_it_was_offered_or_accepted() {
    build_and_execute(|| {
        let key = assigned();
        assert_ok!(release(&key, 0));
        System::assert_last_event(Event::Released { job: key.clone(), shard: 0, deed: 0 }.into());
        assert_ok!(accept(&key, 1));
        assert_ok!(release(&key, 1));
        assert_eq!(job(1).shards[1].state, ShardState::Released);
        let key = started();
        assert_ok!(release(&key, 2));
        assert_eq!(job(2).status, JobStatus::InProgress);
    });
}

#[test]
fn is_free_exactly_when_valid() {
    build_and_execute(|| {
        let key = assigned();
        let call = || Call::release { job: key.clone(), shard: 0 };
        assert!(is_feeless(node(0), call()));
        assert!(!is_feeless(node(1), call()));
        assert_ok!(release(&key, 0));
        assert!(!is_feeless(node(0), call()));
    });
}

#[test]
fn refuses_others_and_unknown_shards() {
    build_and_execute(|| {
        let job = assigned();
        assert_noop!(Jobs::release(signed(node(1)), job.clone(), 0), Error::<Test>::NotAuthorized);
        assert_noop!(Jobs::release(signed(node(1)), job.clone(), 7), Error::<Test>::ShardNotFound);
        assert_noop!(Jobs::release(signed(node(1)), key(7), 0), Error::<Test>::NotFound);
        assert_noop!(Jobs::release(RuntimeOrigin::none(), job, 0), BadOrigin);
    });
}

#[test]
fn refuses_what_is_complete_or_given_back() {
    build_and_execute(|| {
        let key = completed();
        assert_noop!(release(&key, 0), Error::<Test>::WrongShardState);
        let key = assigned();
        assert_ok!(release(&key, 0));
        assert_noop!(release(&key, 0), Error::<Test>::WrongShardState);
    });
}

#[test]
fn a_deadline_that_was_missed_stays_missed() {
    build_and_execute(|| {
        let key = started();
        advance(TIMEOUT + 1);
        assert_noop!(release(&key, 0), Error::<Test>::DeadlinePassed);
    });
}

#[test]
fn refuses_under_review() {
    build_and_execute(|| {
        let key = started();
        assert_ok!(Jobs::cancel(signed(SENDER), 1));
        assert_noop!(release(&key, 0), Error::<Test>::WrongStatus);
    });
}
