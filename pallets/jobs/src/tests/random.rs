//! Random sequences of all calls, attestations, time and changes of deeds. After each step the invariants hold, no money is
//! made or lost, and a refused call has changed nothing. At the end, time alone frees everything.

use super::*;
use frame_support::{dispatch::DispatchResult, pallet_prelude::Weight, traits::Hooks};
use proptest::prelude::*;
use sp_io::storage::root as storage_root;
use sp_runtime::StateVersion;

#[derive(Clone, Debug)]
enum Step {
    Submit { by_stranger: bool, workers: u16, reward: Balance, delegate: Option<u64> },
    TopUp { job: u8, amount: Balance },
    Extend { job: u8, by: Moment },
    Cancel { job: u8 },
    Assign { job: u8, first: u32 },
    Accept { job: u8, shard: ShardIndex },
    Start { job: u8 },
    Release { job: u8, shard: ShardIndex },
    Report { job: u8, shard: ShardIndex, step: u32 },
    Finish { job: u8, attested: bool },
    Fail { job: u8, shard: ShardIndex, code: FailureCode },
    Reassign { job: u8, shard: ShardIndex, deed: DeedId },
    Poke { job: u8 },
    Attest { job: u8, status: AttestedStatus, percent: u32 },
    Pass { by: Moment },
    Idle,
    Eligible { deed: DeedId, eligible: bool },
    Owner { deed: DeedId, by_sender: bool },
    DirectShare { percent: u32 },
    Supervisor { named: bool },
    Parameters { review: Moment, challenge: Moment },
}

fn code() -> impl Strategy<Value = FailureCode> {
    prop_oneof![Just(FailureCode::Document), Just(FailureCode::Internal)]
}

fn step() -> impl Strategy<Value = Step> {
    let job = || prop_oneof![9 => 0u8..3, 1 => 3u8..7];
    let shard = || 0u16..4;
    let status =
        prop_oneof![Just(AttestedStatus::InProgress), Just(AttestedStatus::Done), code().prop_map(|code| AttestedStatus::Failed { code }),];
    prop_oneof![
        3 => (any::<bool>(), 1u16..5, 50..FUNDS / 2, proptest::option::of(Just(owner(1))))
            .prop_map(|(by_stranger, workers, reward, delegate)| Step::Submit { by_stranger, workers, reward, delegate }),
        1 => (job(), 0..FUNDS).prop_map(|(job, amount)| Step::TopUp { job, amount }),
        1 => (job(), 0..COMPLETE_IN).prop_map(|(job, by)| Step::Extend { job, by }),
        1 => job().prop_map(|job| Step::Cancel { job }),
        4 => (job(), 0..DEEDS).prop_map(|(job, first)| Step::Assign { job, first }),
        2 => (job(), shard()).prop_map(|(job, shard)| Step::Accept { job, shard }),
        4 => job().prop_map(|job| Step::Start { job }),
        1 => (job(), shard()).prop_map(|(job, shard)| Step::Release { job, shard }),
        3 => (job(), shard(), 0..STEPS + 2).prop_map(|(job, shard, step)| Step::Report { job, shard, step }),
        2 => (job(), any::<bool>()).prop_map(|(job, attested)| Step::Finish { job, attested }),
        1 => (job(), shard(), code()).prop_map(|(job, shard, code)| Step::Fail { job, shard, code }),
        2 => (job(), shard(), 0..DEEDS + 1).prop_map(|(job, shard, deed)| Step::Reassign { job, shard, deed }),
        3 => job().prop_map(|job| Step::Poke { job }),
        3 => (job(), status, 0u32..=100).prop_map(|(job, status, percent)| Step::Attest { job, status, percent }),
        6 => prop_oneof![8 => 0..TIMEOUT, 3 => 0..ACCEPT_IN, 1 => 0..COMPLETE_IN].prop_map(|by| Step::Pass { by }),
        2 => Just(Step::Idle),
        1 => (0..DEEDS, proptest::bool::weighted(0.8)).prop_map(|(deed, eligible)| Step::Eligible { deed, eligible }),
        1 => (0..DEEDS, any::<bool>()).prop_map(|(deed, by_sender)| Step::Owner { deed, by_sender }),
        1 => (0u32..=100).prop_map(|percent| Step::DirectShare { percent }),
        1 => any::<bool>().prop_map(|named| Step::Supervisor { named }),
        1 => (0..2 * REVIEW, 0..2 * CHALLENGE)
            .prop_map(|(review, challenge)| Step::Parameters { review, challenge }),
    ]
}

/// Names the n-th live job, or one that is not alive.
fn nth(job: u8) -> JobKey<u64> {
    let mut keys = Jobs::live_keys(None, u32::MAX);
    keys.sort_unstable();
    let ended = JobKey { sender: STRANGER, id: u32::from(job) };
    keys.get(usize::from(job)).cloned().unwrap_or(ended)
}

/// Returns the node that a shard is with, or somebody.
fn worker(key: &JobKey<u64>, shard: ShardIndex) -> u64 {
    let job = crate::Jobs::<Test>::get(key.sender, key.id);
    job.and_then(|job| job.shards.get(usize::from(shard)).map(|shard| shard.node)).unwrap_or(SENDER)
}

/// Calls, and checks that a refusal has changed nothing.
fn refused_cleanly(call: impl FnOnce() -> DispatchResult) {
    let before = storage_root(StateVersion::V1);
    if call().is_err() {
        assert_eq!(before, storage_root(StateVersion::V1), "a refused call has changed the state");
    }
}

fn apply(step: Step) {
    match step {
        Step::Submit { by_stranger, workers, reward, delegate } => {
            let who = if by_stranger { STRANGER } else { SENDER };
            let spec = JobSpec { workers, reward, delegate, ..spec() };
            refused_cleanly(|| Jobs::submit(signed(who), spec));
        }
        Step::TopUp { job, amount } => {
            let key = nth(job);
            refused_cleanly(|| Jobs::top_up(signed(key.sender), key.id, amount));
        }
        Step::Extend { job, by } => {
            let key = nth(job);
            let (accept_by, complete_by) = (unix_now() + ACCEPT_IN + by, unix_now() + COMPLETE_IN + 2 * by);
            refused_cleanly(|| Jobs::extend(signed(key.sender), key.id, accept_by, complete_by));
        }
        Step::Cancel { job } => {
            let key = nth(job);
            refused_cleanly(|| Jobs::cancel(signed(key.sender), key.id));
        }
        Step::Assign { job, first } => {
            let key = nth(job);
            let workers = crate::Jobs::<Test>::get(key.sender, key.id).map_or(1, |job| job.spec.workers);
            let deeds: Vec<_> = (0..u32::from(workers)).map(|index| (first + index) % DEEDS).collect();
            refused_cleanly(|| Jobs::assign(signed(key.sender), key.clone(), deeds.try_into().unwrap()));
        }
        Step::Accept { job, shard } => {
            let key = nth(job);
            refused_cleanly(|| Jobs::accept(signed(worker(&key, shard)), key.clone(), shard));
        }
        Step::Start { job } => {
            apply(Step::Assign { job, first: 0 });
            (0..4).for_each(|shard| apply(Step::Accept { job, shard }));
        }
        Step::Release { job, shard } => {
            let key = nth(job);
            refused_cleanly(|| Jobs::release(signed(worker(&key, shard)), key.clone(), shard));
        }
        Step::Report { job, shard, step } => {
            let key = nth(job);
            let who = signed(worker(&key, shard));
            refused_cleanly(|| Jobs::report_progress(who, key.clone(), shard, step, COMMITMENT, None));
        }
        Step::Finish { job, attested } => {
            (0..4).for_each(|shard| apply(Step::Report { job, shard, step: STEPS }));
            if attested {
                attest(&nth(job), AttestedStatus::Done, 100);
            }
        }
        Step::Fail { job, shard, code } => {
            let key = nth(job);
            refused_cleanly(|| Jobs::report_failure(signed(worker(&key, shard)), key.clone(), shard, code));
        }
        Step::Reassign { job, shard, deed } => {
            let key = nth(job);
            refused_cleanly(|| Jobs::reassign(signed(key.sender), key.clone(), shard, deed));
        }
        Step::Poke { job } => refused_cleanly(|| Jobs::poke(signed(owner(0)), nth(job))),
        other => apply_from_outside(other),
    }
}

fn apply_from_outside(step: Step) {
    match step {
        Step::Attest { job, status, percent } => attest(&nth(job), status, percent),
        Step::Pass { by } => {
            advance(by);
            System::set_block_number(System::block_number() + 1);
        }
        Step::Idle => drop(Jobs::on_idle(System::block_number(), Weight::MAX)),
        Step::Eligible { deed, eligible } => change_deed(deed, |deed| deed.eligible = eligible),
        Step::Owner { deed, by_sender } => {
            change_deed(deed, |found| found.owner = Some(if by_sender { SENDER } else { owner(deed) }));
        }
        Step::DirectShare { percent } => world::with(|state| state.direct_share = Permill::from_percent(percent)),
        Step::Supervisor { named } => {
            assert_ok!(Jobs::set_supervisor(RuntimeOrigin::root(), named.then_some(MAIN)));
        }
        Step::Parameters { review, challenge } => {
            let parameters = crate::JobParameters {
                max_open_jobs: MAX_OPEN,
                review_period: review,
                challenge_window: challenge,
                min_reward: MIN_REWARD,
            };
            assert_ok!(Jobs::set_parameters(RuntimeOrigin::root(), parameters));
        }
        other => unreachable!("{other:?} is a call"),
    }
}

/// Lets time pass without anybody acting, and checks that everything is freed.
fn check_way_out() {
    for _ in 0..12 {
        advance(2 * (COMPLETE_IN + GRACE + REVIEW) + 4 * COMPLETE_IN);
        Jobs::on_idle(System::block_number(), Weight::MAX);
        check_invariants();
    }
    assert_eq!(crate::Jobs::<Test>::iter().count(), 0);
    assert_eq!(crate::Records::<Test>::iter().count(), 0);
    assert_eq!((held(SENDER), held(STRANGER)), (0, 0));
    assert_eq!(System::sufficients(&MAIN), 0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn money_is_conserved_and_invariants_hold(steps in proptest::collection::vec(step(), 1..150)) {
        externalities().execute_with(|| {
            for step in steps {
                apply(step);
                check_invariants();
            }
            check_way_out();
        });
    }
}
