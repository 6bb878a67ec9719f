//! `poke`: each deadline and wait, and how the money is divided.

use super::*;

fn poke(key: &JobKey<u64>) -> frame_support::dispatch::DispatchResult {
    Jobs::poke(signed(STRANGER), key.clone())
}

#[test]
fn an_open_job_expires_right_after_its_deadline() {
    build_and_execute(|| {
        let key = assigned();
        assert_ok!(accept(&key, 0));
        advance(ACCEPT_IN);
        assert_noop!(poke(&key), Error::<Test>::NothingDue);
        advance(1);
        assert_ok!(poke(&key));
        assert_eq!((record(1).status, record(1).ending), (JobStatus::Expired, Ending::NoWorkerAccepted));
        assert_eq!((free(SENDER), free(POT)), (FUNDS, ED));
        assert!(!System::account_exists(&MAIN));
    });
}

#[test]
fn a_job_in_progress_is_reviewed_after_the_grace() {
    build_and_execute(|| {
        let key = started();
        advance(COMPLETE_IN + GRACE - 1);
        assert_noop!(poke(&key), Error::<Test>::NothingDue);
        advance(1);
        assert_ok!(poke(&key));
        assert_eq!((job(1).status, job(1).ending), (JobStatus::UnderReview, Some(Ending::DeadlineMissed)));
        assert_eq!(held(SENDER), REWARD);
    });
}

#[test]
fn a_job_that_is_done_is_paid_to_the_pool_after_the_challenge_window() {
    build_and_execute(|| {
        let key = completed();
        attest(&key, AttestedStatus::Done, 100);
        advance(CHALLENGE - 1);
        assert_noop!(poke(&key), Error::<Test>::NothingDue);
        advance(1);
        assert_ok!(poke(&key));
        assert_eq!((free(SENDER), free(POT), held(SENDER)), (FUNDS - REWARD, ED + REWARD, 0));
        for deed in 0..3 {
            assert_eq!(units(deed), REWARD / 3);
        }
        let record = record(1);
        assert_eq!((record.status, record.ending), (JobStatus::Done, Ending::Completed));
        assert_eq!((record.to_pool, record.to_workers, record.refunded), (REWARD, 0, 0));
        assert_eq!(record.shards.to_vec(), vec![(0, COMMITMENT), (1, COMMITMENT), (2, COMMITMENT)]);
        assert_noop!(poke(&key), Error::<Test>::NothingDue);
    });
}

#[test]
fn a_reviewed_job_is_divided_by_attested_progress() {
    build_and_execute(|| {
        let key = started();
        assert_ok!(report(&key, 0, 7));
        assert_ok!(report(&key, 1, 3));
        attest(&key, AttestedStatus::InProgress, 100);
        assert_ok!(Jobs::cancel(signed(SENDER), 1));
        advance(REVIEW - 1);
        assert_noop!(poke(&key), Error::<Test>::NothingDue);
        advance(1);
        assert_ok!(poke(&key));
        let to_pool = Permill::from_rational(10u32, 30u32).mul_floor(REWARD);
        assert_eq!((record(1).to_pool, record(1).refunded), (to_pool, REWARD - to_pool));
        assert_eq!((free(POT), free(SENDER)), (ED + to_pool, FUNDS - to_pool));
        assert_eq!((units(0), units(1), units(2)), (to_pool * 7 / 10, to_pool * 3 / 10, 0));
        assert_eq!((record(1).status, record(1).ending), (JobStatus::Settled, Ending::CancelledBySender));
    });
}

#[test]
fn without_attested_progress_everything_goes_back() {
    build_and_execute(|| {
        let key = started();
        assert_ok!(report(&key, 0, 7));
        assert_ok!(Jobs::cancel(signed(SENDER), 1));
        advance(REVIEW);
        assert_ok!(poke(&key));
        assert_eq!((free(SENDER), free(POT), units(0)), (FUNDS, ED, 0));
    });
}

#[test]
fn who_works_for_itself_earns_no_units() {
    build_and_execute(|| {
        change_deed(0, |deed| deed.owner = Some(SENDER));
        change_deed(1, |deed| deed.owner = Some(MAIN));
        change_deed(2, |deed| deed.node = Some(SENDER));
        assert_ok!(Jobs::submit(signed(SENDER), JobSpec { workers: 4, ..spec() }));
        let key = key(1);
        assert_ok!(assign(&key, &[0, 1, 2, 3]));
        for (shard, who) in [node(0), node(1), SENDER, node(3)].into_iter().enumerate() {
            assert_ok!(Jobs::accept(signed(who), key.clone(), shard as ShardIndex));
        }
        for (shard, who) in [node(0), node(1), SENDER, node(3)].into_iter().enumerate() {
            let shard = shard as ShardIndex;
            assert_ok!(Jobs::report_progress(signed(who), key.clone(), shard, STEPS, COMMITMENT, None));
        }
        attest(&key, AttestedStatus::Done, 100);
        advance(CHALLENGE);
        assert_ok!(poke(&key));
        assert_eq!((units(0), units(1), units(2), units(3)), (0, 0, 0, REWARD / 4));
        assert_eq!(free(POT), ED + REWARD, "the pool has it all the same");
    });
}

#[test]
fn the_direct_share_goes_to_the_owners_and_what_they_cannot_receive_to_the_pool() {
    build_and_execute(|| {
        world::with(|state| state.direct_share = Permill::from_percent(50));
        change_deed(1, |deed| deed.owner = Some(4_000));
        assert_ok!(Jobs::submit(signed(SENDER), JobSpec { workers: 2, reward: 100, ..spec() }));
        let key = key(1);
        assert_ok!(assign(&key, &[0, 1]));
        for deed in 0..2 {
            assert_ok!(accept(&key, deed));
        }
        for deed in 0..2 {
            assert_ok!(report(&key, deed, STEPS));
        }
        attest(&key, AttestedStatus::Done, 100);
        advance(CHALLENGE);
        assert_ok!(poke(&key));
        assert_eq!((free(owner(0)), free(4_000)), (FUNDS + 25, 25));
        assert_eq!((record(1).to_workers, record(1).to_pool), (50, 50));

        world::with(|state| state.direct_share = Permill::from_percent(10));
        change_deed(1, |deed| deed.owner = Some(4_001));
        assert_ok!(Jobs::submit(signed(SENDER), JobSpec { workers: 2, reward: 100, ..spec() }));
        let key = JobKey { id: 2, ..key };
        assert_ok!(assign(&key, &[0, 1]));
        for deed in 0..2 {
            assert_ok!(accept(&key, deed));
        }
        for deed in 0..2 {
            assert_ok!(report(&key, deed, STEPS));
        }
        attest(&key, AttestedStatus::Done, 100);
        advance(CHALLENGE);
        assert_ok!(poke(&key));
        assert_eq!((record(2).to_workers, record(2).to_pool), (5, 95));
        assert_eq!(free(4_001), 0);
    });
}

#[test]
fn the_record_is_pruned_after_its_window() {
    build_and_execute(|| {
        let key = submitted();
        assert_ok!(Jobs::cancel(signed(SENDER), 1));
        advance(CHALLENGE - 1);
        assert_noop!(poke(&key), Error::<Test>::NothingDue);
        advance(1);
        assert_ok!(poke(&key));
        System::assert_last_event(Event::Pruned { job: key.clone() }.into());
        assert_noop!(poke(&key), Error::<Test>::NotFound);
    });
}

#[test]
fn refuses_the_unknown_and_the_unsigned() {
    build_and_execute(|| {
        assert_noop!(poke(&key(1)), Error::<Test>::NotFound);
        assert_noop!(Jobs::poke(RuntimeOrigin::none(), key(1)), BadOrigin);
    });
}
