//! The off-chain worker from the engine's reply to the block.

use crate::{mock::*, *};
use codec::{Decode, Encode};
use frame_support::traits::Hooks;
use neurite_duties::{
    oracle::Outcome,
    reply::{ReplyError, ENGINE_URL_KEY},
    AvailabilityObservation, EngineReply, JobObservation, Observation,
};
use neurite_hook::{HookError, Run};
use neurite_primitives::{
    oracle::{OracleId, KEY_TYPE},
    AttestedStatus,
};
use neurite_traits::mock as world;
use sp_core::{
    offchain::{
        testing::{PendingRequest, TestOffchainExt, TestTransactionPoolExt},
        Externalities, HttpError, HttpRequestId, HttpRequestStatus, OffchainDbExt, OffchainWorkerExt, OpaqueNetworkState, Timestamp,
        TransactionPoolExt,
    },
    OpaquePeerId,
};
use sp_keystore::{testing::MemoryKeystore, Keystore, KeystoreExt};
use sp_runtime::{
    offchain::{http, storage::StorageValueRef},
    Permill,
};

const URL: &str = "http://127.0.0.1:4321";

/// An engine that nobody can connect to.
struct EngineDown;

impl Externalities for EngineDown {
    fn is_validator(&self) -> bool {
        true
    }
    fn network_state(&self) -> Result<OpaqueNetworkState, ()> {
        Err(())
    }
    fn timestamp(&mut self) -> Timestamp {
        Timestamp::from_unix_millis(0)
    }
    fn sleep_until(&mut self, _: Timestamp) {}
    fn random_seed(&mut self) -> [u8; 32] {
        [0; 32]
    }
    fn http_request_start(&mut self, _: &str, _: &str, _: &[u8]) -> Result<HttpRequestId, ()> {
        Ok(HttpRequestId(0))
    }
    fn http_request_add_header(&mut self, _: HttpRequestId, _: &str, _: &str) -> Result<(), ()> {
        Ok(())
    }
    fn http_request_write_body(&mut self, _: HttpRequestId, _: &[u8], _: Option<Timestamp>) -> Result<(), HttpError> {
        Ok(())
    }
    fn http_response_wait(&mut self, ids: &[HttpRequestId], _: Option<Timestamp>) -> Vec<HttpRequestStatus> {
        ids.iter().map(|_| HttpRequestStatus::IoError).collect()
    }
    fn http_response_headers(&mut self, _: HttpRequestId) -> Vec<(Vec<u8>, Vec<u8>)> {
        Vec::new()
    }
    fn http_response_read_body(&mut self, _: HttpRequestId, _: &mut [u8], _: Option<Timestamp>) -> Result<usize, HttpError> {
        Err(HttpError::IoError)
    }
    fn set_authorized_nodes(&mut self, _: Vec<OpaquePeerId>, _: bool) {}
}

/// Runs a test as the off-chain worker of a node with oracle 0's key; it may look at what is in the transaction pool.
///
/// `engine` is the one reply that the engine gives, or nothing if it is down.
fn off_chain(engine: Option<Vec<u8>>, test: impl FnOnce(&dyn Fn() -> Vec<UncheckedExtrinsic>)) {
    let (offchain, state) = TestOffchainExt::new();
    let (pool, transactions) = TestTransactionPoolExt::new();
    let keystore = MemoryKeystore::new();
    let key: OracleId = keystore.sr25519_generate_new(KEY_TYPE, Some("//oracle0")).unwrap().into();
    assert_eq!(key, id(0));
    let mut externalities = externalities();
    externalities.register_extension(OffchainDbExt::new(offchain.clone()));
    match engine {
        Some(reply) => {
            state.write().expect_request(PendingRequest {
                method: "GET".into(),
                uri: format!("{URL}/v1/observation"),
                headers: vec![("accept".into(), "application/octet-stream".into())],
                sent: true,
                response: Some(reply),
                ..Default::default()
            });
            externalities.register_extension(OffchainWorkerExt::new(offchain));
        }
        None => externalities.register_extension(OffchainWorkerExt::new(EngineDown)),
    }
    externalities.register_extension(TransactionPoolExt::new(pool));
    externalities.register_extension(KeystoreExt::new(keystore));
    externalities.execute_with(|| {
        StorageValueRef::persistent(ENGINE_URL_KEY).set(&URL.to_string());
        test(&|| transactions.read().transactions.iter().map(|bytes| UncheckedExtrinsic::decode(&mut &bytes[..]).unwrap()).collect());
        Oracles::do_try_state().unwrap();
    });
}

/// The engine has seen job 1 done at block 95, and three deeds in the epoch that closes.
fn observation() -> Observation<u64> {
    Observation {
        block: 95,
        hash: hash(95),
        jobs: vec![JobObservation { key: job(1), status: AttestedStatus::Done, progress: Permill::one() }],
        availability: vec![AvailabilityObservation { epoch: EPOCH, page: 0, values: vec![255, 128, 0] }],
    }
}

fn reply(observation: Observation<u64>) -> Option<Vec<u8>> {
    Some(EngineReply::V1(observation).encode())
}

#[test]
fn what_the_engine_saw_reaches_the_chain() {
    off_chain(reply(observation()), |pool| {
        close_epoch(3);
        Oracles::offchain_worker(NOW);
        assert_eq!(pool().len(), 2);
        for extrinsic in pool() {
            assert_eq!(apply_extrinsic(extrinsic), Ok(Ok(())));
        }
        let latest = Oracles::attestations_of(job(1));
        assert_eq!((&latest[0].oracle, latest[0].status, latest[0].block), (&id(0), AttestedStatus::Done, 95));
        assert_eq!(PageReports::<Test>::get(EPOCH, 0)[0].values.to_vec(), [255, 128, 0]);
    });
}

#[test]
fn what_the_chain_has_is_not_sent_again() {
    off_chain(reply(observation()), |pool| {
        close_epoch(3);
        attest(attestation(0, AttestedStatus::Done, 100, 94)).unwrap().unwrap();
        report_page(report(EPOCH, 0, 0, &[0, 0, 0])).unwrap().unwrap();
        Oracles::offchain_worker(NOW);
        assert!(pool().is_empty());
    });
}

#[test]
fn a_wrong_hash_leads_to_nothing() {
    for wrong in [Observation { hash: hash(94), ..observation() }, Observation { block: 1, ..observation() }] {
        off_chain(reply(wrong), |pool| {
            close_epoch(3);
            assert_eq!(neurite_hook::run::<Oracles>(), Ok(Run::Stepped(Outcome::NotCanonical)));
            assert!(pool().is_empty());
        });
    }
}

#[test]
fn an_engine_that_is_down_leads_to_nothing() {
    off_chain(None, |pool| {
        close_epoch(3);
        Oracles::offchain_worker(NOW);
        assert!(pool().is_empty());
        let unreachable = HookError::Unreachable { reason: http::Error::IoError };
        assert_eq!(neurite_hook::run::<Oracles>(), Err(unreachable));
    });
}

#[test]
fn a_malformed_reply_leads_to_nothing() {
    off_chain(Some(vec![9; 40]), |pool| {
        close_epoch(3);
        assert_eq!(neurite_hook::run::<Oracles>(), Err(HookError::Reply(ReplyError::Malformed)));
        assert!(pool().is_empty());
    });
}

#[test]
fn jobs_and_pages_that_the_chain_does_not_ask_for_are_not_sent() {
    off_chain(reply(observation()), |pool| {
        world::with(|world| world.attestable.clear());
        Oracles::offchain_worker(NOW);
        assert!(pool().is_empty());
    });
}

#[test]
fn a_node_without_a_seat_asks_nobody() {
    off_chain(None, |pool| {
        session(1..5);
        start_epoch(EPOCH + 1);
        assert_eq!(neurite_hook::run::<Oracles>(), Ok(Run::Stepped(Outcome::NoSeat)));
        assert!(pool().is_empty());
    });
}
