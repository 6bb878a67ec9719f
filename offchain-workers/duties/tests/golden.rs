//! Pins the encoding of what crosses from the engine to the off-chain worker. Changing these bytes means a new version.

use codec::{Decode, Encode};
use neurite_duties::{
    bounds::{MAX_OBSERVED_JOBS, MAX_OBSERVED_PAGES, MAX_REPLY},
    reply::{ReplyError, ENGINE_URL_KEY, OBSERVATION_PATH},
    AvailabilityObservation, EngineReply, JobObservation, Observation,
};
use neurite_primitives::{AttestedStatus, FailureCode, JobKey};
use sp_core::H256;
use sp_runtime::{AccountId32, Permill};

fn observation() -> Observation {
    let sender = AccountId32::new([0x11; 32]);
    let job = |id, status, percent| JobObservation {
        key: JobKey { sender: sender.clone(), id },
        status,
        progress: Permill::from_percent(percent),
    };
    Observation {
        block: 258,
        hash: H256([0x22; 32]),
        jobs: vec![
            job(1, AttestedStatus::Done, 100),
            job(2, AttestedStatus::Failed { code: FailureCode::Model }, 50),
            job(3, AttestedStatus::InProgress, 0),
        ],
        availability: vec![AvailabilityObservation { epoch: 3, page: 1, values: vec![255, 0, 7] }],
    }
}

const GOLDEN: &str = concat!(
    "00",
    "02010000",
    "2222222222222222222222222222222222222222222222222222222222222222",
    "0c",
    "1111111111111111111111111111111111111111111111111111111111111111",
    "01000000",
    "01",
    "40420f00",
    "1111111111111111111111111111111111111111111111111111111111111111",
    "02000000",
    "0201",
    "20a10700",
    "1111111111111111111111111111111111111111111111111111111111111111",
    "03000000",
    "00",
    "00000000",
    "04",
    "03000000",
    "01000000",
    "0cff0007",
);

#[test]
fn version_1_is_encoded_as_ever() {
    let reply = EngineReply::V1(observation());
    assert_eq!(hex::encode(reply.encode()), GOLDEN);
    assert_eq!(EngineReply::decode(&mut &*hex::decode(GOLDEN).unwrap()), Ok(reply));
    assert_eq!(EngineReply::from_untrusted(&hex::decode(GOLDEN).unwrap()), Ok(observation()));
}

#[test]
fn the_place_of_the_url_and_of_the_observation_never_changes() {
    assert_eq!(ENGINE_URL_KEY, b"neurite/engine-url/v1");
    assert_eq!(OBSERVATION_PATH, "/v1/observation");
}

#[test]
fn the_longest_observation_fits_into_a_reply() {
    let mut longest: Observation = observation();
    longest.jobs = vec![longest.jobs[1].clone(); MAX_OBSERVED_JOBS as usize];
    longest.availability = vec![AvailabilityObservation { epoch: 1, page: 1, values: vec![1; 256] }; MAX_OBSERVED_PAGES as usize];
    let bytes = EngineReply::V1(longest.clone()).encode();
    assert!(bytes.len() <= MAX_REPLY as usize, "{}", bytes.len());
    assert_eq!(EngineReply::from_untrusted(&bytes), Ok(longest));
}

#[test]
fn hostile_replies_are_refused() {
    let untrusted = |bytes: &[u8]| EngineReply::<AccountId32>::from_untrusted(bytes);
    let good = hex::decode(GOLDEN).unwrap();
    for cut in 0..good.len() {
        assert_eq!(untrusted(&good[..cut]), Err(ReplyError::Malformed), "cut at {cut}");
    }
    assert_eq!(untrusted(&[&good[..], &[0]].concat()), Err(ReplyError::Malformed));
    assert_eq!(untrusted(&[&[1], &good[1..]].concat()), Err(ReplyError::Malformed));
    let length = MAX_REPLY as usize + 1;
    assert_eq!(untrusted(&vec![0; length]), Err(ReplyError::TooLong { length }));

    let mut many = observation();
    many.jobs = vec![many.jobs[0].clone(); MAX_OBSERVED_JOBS as usize + 1];
    assert_eq!(untrusted(&EngineReply::V1(many).encode()), Err(ReplyError::TooManyEntries));
    let mut long = observation();
    long.availability[0].values = vec![0; 257];
    assert_eq!(untrusted(&EngineReply::V1(long).encode()), Err(ReplyError::TooManyEntries));
}
