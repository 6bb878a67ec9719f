//! The hook with the off-chain test externalities: a fake engine, a real keystore, a fake chain.

use super::*;
use codec::Encode;
use neurite_duties::{
    bounds::MAX_REPLY,
    oracle::{Outcome, Seat, Standing, View},
    reply::{ReplyError, ENGINE_URL_KEY},
    EngineReply, JobObservation, Observation,
};
use neurite_primitives::{
    messages::{Attestation, AvailabilityReport},
    oracle::{OracleId, OracleSignature, KEY_TYPE},
    AttestedStatus, JobKey,
};
use sp_core::{
    offchain::{
        testing::{OffchainState, PendingRequest, TestOffchainExt},
        OffchainDbExt, OffchainWorkerExt,
    },
    H256,
};
use sp_keystore::{testing::MemoryKeystore, Keystore, KeystoreExt};
use sp_runtime::{
    offchain::storage::StorageValueRef, offchain::storage_lock::StorageLock, offchain::storage_lock::Time, Permill, RuntimeAppPublic,
};
use std::{cell::RefCell, sync::Once};

const URL: &str = "http://127.0.0.1:4321";
const GENESIS: H256 = H256([9; 32]);
const SEAT: Seat = Seat { epoch: 3, oracle: 1 };

#[derive(Default)]
struct Fake {
    member: Option<OracleId>,
    canonical: bool,
    pool_is_full: bool,
    sent: Vec<(Attestation<u64>, OracleSignature)>,
}

thread_local! {
    static FAKE: RefCell<Fake> = RefCell::default();
}

struct FakeChain;

impl Chain for FakeChain {
    type AccountId = u64;

    fn genesis() -> H256 {
        GENESIS
    }

    fn seats(keys: &[OracleId]) -> Vec<Seat> {
        FAKE.with_borrow(|fake| fake.member.iter().filter(|member| keys.contains(member)).map(|_| SEAT).collect())
    }

    fn key(seat: Seat) -> Option<OracleId> {
        FAKE.with_borrow(|fake| fake.member.clone().filter(|_| seat == SEAT))
    }

    fn view(seats: Vec<Seat>, observation: &Observation<u64>) -> View<u64> {
        let standing = |job: &JobObservation<u64>| Standing { key: job.key.clone(), attestable: true, latest: vec![] };
        let canonical = FAKE.with_borrow(|fake| fake.canonical);
        View { epoch: SEAT.epoch, canonical, seats, jobs: observation.jobs.iter().map(standing).collect(), pages: vec![] }
    }

    fn submit_attestation(attestation: Attestation<u64>, signature: OracleSignature) -> bool {
        FAKE.with_borrow_mut(|fake| fake.sent.push((attestation, signature)));
        !FAKE.with_borrow(|fake| fake.pool_is_full)
    }

    fn submit_report(_: AvailabilityReport, _: OracleSignature) -> bool {
        false
    }
}

fn reply() -> Vec<u8> {
    let job = JobObservation { key: JobKey { sender: 7_u64, id: 1 }, status: AttestedStatus::Done, progress: Permill::one() };
    EngineReply::V1(Observation { block: 5, hash: H256([5; 32]), jobs: vec![job], availability: vec![] }).encode()
}

/// Expects one request to the engine, which it answers with `response`.
fn expect(state: &mut OffchainState, response: Vec<u8>) {
    state.expect_request(PendingRequest {
        method: "GET".into(),
        uri: format!("{URL}/v1/observation"),
        headers: vec![("accept".into(), "application/octet-stream".into())],
        sent: true,
        response: Some(response),
        ..Default::default()
    });
}

/// Runs the test as an off-chain worker whose key holds the seat and whose engine is at [`URL`].
fn off_chain(expected: Option<Vec<u8>>, test: impl FnOnce()) {
    let (offchain, state) = TestOffchainExt::new();
    if let Some(response) = expected {
        expect(&mut state.write(), response);
    }
    let keystore = MemoryKeystore::new();
    let key = keystore.sr25519_generate_new(KEY_TYPE, None).unwrap();
    FAKE.set(Fake { member: Some(key.into()), canonical: true, ..Default::default() });
    let mut externalities = sp_io::TestExternalities::default();
    externalities.register_extension(OffchainDbExt::new(offchain.clone()));
    externalities.register_extension(OffchainWorkerExt::new(offchain));
    externalities.register_extension(KeystoreExt::new(keystore));
    externalities.execute_with(|| {
        StorageValueRef::persistent(ENGINE_URL_KEY).set(&format!("{URL}/"));
        test();
    });
}

fn sent() -> usize {
    FAKE.with_borrow(|fake| fake.sent.len())
}

#[test]
fn signs_and_sends_what_the_engine_saw() {
    off_chain(Some(reply()), || {
        assert!(matches!(run::<FakeChain>(), Ok(Run::Stepped(Outcome::Reported { performed, .. })) if performed.len() == 1));
        let (member, sent) = FAKE.with_borrow(|fake| (fake.member.clone().unwrap(), fake.sent.clone()));
        let (attestation, signature) = &sent[0];
        assert!(member.verify(&attestation.signing_bytes(GENESIS), signature));
        assert_eq!((attestation.epoch, attestation.oracle, attestation.block), (3, 1, 5));
    });
}

#[test]
fn a_node_without_a_seat_asks_nobody() {
    off_chain(None, || {
        FAKE.with_borrow_mut(|fake| fake.member = None);
        assert_eq!(run::<FakeChain>(), Ok(Run::Stepped(Outcome::NoSeat)));
    });
}

#[test]
fn an_engine_on_another_chain_is_not_believed() {
    off_chain(Some(reply()), || {
        FAKE.with_borrow_mut(|fake| fake.canonical = false);
        assert_eq!(run::<FakeChain>(), Ok(Run::Stepped(Outcome::NotCanonical)));
        assert_eq!(sent(), 0);
    });
}

#[test]
fn a_malformed_or_endless_reply_is_refused() {
    off_chain(Some(vec![0; 3]), || {
        assert_eq!(run::<FakeChain>(), Err(HookError::Reply(ReplyError::Malformed)));
    });
    let length = MAX_REPLY as usize + 1;
    off_chain(Some(vec![0; 3 * length]), || {
        assert_eq!(run::<FakeChain>(), Err(HookError::Reply(ReplyError::TooLong { length })));
    });
}

#[test]
fn without_a_proper_url_nothing_is_asked() {
    let with_url = |url: &str, error: HookError| {
        off_chain(None, || {
            StorageValueRef::persistent(ENGINE_URL_KEY).set(&String::from(url));
            assert_eq!(run::<FakeChain>(), Err(error));
        });
    };
    with_url("ftp://127.0.0.1", HookError::MalformedUrl);
    with_url(&format!("http://{}", "a".repeat(engine::MAX_ENGINE_URL)), HookError::MalformedUrl);
    off_chain(None, || {
        StorageValueRef::persistent(ENGINE_URL_KEY).clear();
        assert_eq!(run::<FakeChain>(), Err(HookError::NoEngine));
    });
}

#[test]
fn two_runs_do_not_overlap_and_the_lock_is_released() {
    off_chain(Some(reply()), || {
        let mut lock = StorageLock::<Time>::with_deadline(LOCK_KEY, LOCK_EXPIRY);
        let guard = lock.try_lock();
        assert_eq!(run::<FakeChain>(), Ok(Run::Busy));
        drop(guard);
        assert!(matches!(run::<FakeChain>(), Ok(Run::Stepped(_))));
        assert!(lock.try_lock().is_ok());
    });
}

#[test]
fn a_lock_left_behind_expires() {
    off_chain(Some(reply()), || {
        let mut lock = StorageLock::<Time>::with_deadline(LOCK_KEY, LOCK_EXPIRY);
        let Ok(guard) = lock.try_lock() else { panic!("the lock is free") };
        guard.forget();
        assert_eq!(run::<FakeChain>(), Ok(Run::Busy));
        sp_io::offchain::sleep_until(sp_io::offchain::timestamp().add(LOCK_EXPIRY).add(LOCK_EXPIRY));
        assert!(matches!(run::<FakeChain>(), Ok(Run::Stepped(_))));
    });
}

/// Keeps the lines of each thread.
struct Lines;

thread_local! {
    static LINES: RefCell<Vec<(log::Level, String)>> = RefCell::default();
}

impl log::Log for Lines {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        metadata.target() == LOG_TARGET
    }
    fn log(&self, record: &log::Record<'_>) {
        if self.enabled(record.metadata()) {
            LINES.with_borrow_mut(|lines| lines.push((record.level(), record.args().to_string())));
        }
    }
    fn flush(&self) {}
}

#[test]
fn what_goes_wrong_is_logged() {
    static LOGGER: Once = Once::new();
    LOGGER.call_once(|| {
        log::set_logger(&Lines).unwrap();
        log::set_max_level(log::LevelFilter::Info);
    });
    off_chain(Some(vec![1]), || {
        run_and_log::<FakeChain>();
        let line = "the engine's reply is not taken: the reply cannot be decoded".to_string();
        assert_eq!(LINES.take(), [(log::Level::Warn, line)]);
    });
    off_chain(Some(reply()), || {
        run_and_log::<FakeChain>();
        assert_eq!(LINES.take(), [], "nothing is said of what goes well");
    });
}

#[test]
fn a_refusal_of_the_pool_is_told() {
    off_chain(Some(reply()), || {
        FAKE.with_borrow_mut(|fake| fake.pool_is_full = true);
        let Ok(Run::Stepped(Outcome::Reported { performed, failed })) = run::<FakeChain>() else { panic!("a step") };
        assert!(performed.is_empty());
        assert_eq!(failed[0].1, HookError::PoolRefused);
    });
}
