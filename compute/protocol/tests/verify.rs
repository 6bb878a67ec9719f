//! What a verifier believes and what it refuses.

use neurite_protocol::{
    authenticate, keys, Draft, HeartbeatBody, Identity, MemoryReplayStore, Notification, Observed, PayloadPath, ProtocolError, Rate,
    Refusal, ReplayStore, ReplayStoreError, Role, SignedMessage, Stamp, UnixMillis, Verifier, VerifierConfig, MAX_MESSAGE,
};
use proptest::prelude::*;
use serde_json::{json, Map, Value};

const NOW: UnixMillis = 1_777_626_000_000;

fn node(byte: u8) -> Identity {
    Identity::from_secret(&[byte; 32]).unwrap()
}

fn verifier() -> Verifier<MemoryReplayStore> {
    let config = VerifierConfig { rate: Rate { per_second: 10, burst: 5 }, max_senders: 4, ..VerifierConfig::default() };
    Verifier::new(config, MemoryReplayStore::new(4, config.retention_ms()))
}

fn body() -> HeartbeatBody {
    HeartbeatBody {
        alias: "bóx-1 🚀".into(),
        role: Role::Worker,
        version: "0.1.0".into(),
        uptime_s: 77,
        pipelines: vec!["digits".into(), "wine".into()],
    }
}

fn heartbeat(byte: u8, seq: u64, now: UnixMillis) -> SignedMessage {
    Draft::heartbeat(&body()).sign(&node(byte), Stamp { now, seq }).unwrap()
}

/// Signs any object as a hostile but capable sender could.
fn forge(signer: &Identity, message: Value) -> String {
    use sha2::{Digest, Sha256};
    let text = neurite_protocol::canonical::to_string(&message);
    let digest: [u8; 32] = Sha256::digest(&text).into();
    let mut message = message.as_object().unwrap().clone();
    message.insert(keys::HASH.into(), hex::encode(digest).into());
    message.insert(keys::SENDER.into(), signer.address().to_string().into());
    message.insert(keys::SIGN.into(), signer.sign_digest(&digest).into());
    Value::Object(message).to_string()
}

fn envelope(signer: &Identity) -> Value {
    json!({
        "EE_EVENT_TYPE": "HEARTBEAT", "EE_ID": "box", "EE_ADDR": signer.address(), "EE_PAYLOAD_PATH": ["box", null, null, null],
        "EE_TIMESTAMP": neurite_protocol::time::format(NOW), "EE_MESSAGE_SEQ": 1,
    })
}

fn changed(signer: &Identity, key: &str, value: Value) -> Refusal {
    let mut message = envelope(signer);
    message[key] = value;
    verifier().verify(forge(signer, message).as_bytes(), NOW).unwrap_err()
}

#[test]
fn a_heartbeat_says_what_was_signed() {
    let message = verifier().verify(heartbeat(1, 9, NOW).text.as_bytes(), NOW + 10).unwrap();
    let heard = message.heartbeat().unwrap().unwrap();
    assert_eq!((heard.node, heard.seq, heard.body), (*node(1).address(), 9, body()));
    assert_eq!(message.sent_at, NOW);
}

#[test]
fn payloads_and_notifications_say_what_was_signed() {
    let path = PayloadPath::instance("box", "digits", "CLASSIFIER_SCORE", "score");
    let mut content = Map::new();
    content.insert("RESULT".into(), json!({"right": 1797, "ratio": 0.1, "worst": 1e-7, "label": "é"}));
    let stamp = Stamp { now: NOW, seq: 1 };
    let payload = Draft::payload(path.clone(), content.clone()).unwrap().sign(&node(1), stamp).unwrap();
    let message = authenticate(payload.text.as_bytes()).unwrap();
    assert_eq!(message.body["RESULT"], content["RESULT"]);
    assert_eq!((message.path, message.id), (path.clone(), Some(payload.id)));

    let notification = Notification { code: -1, text: "it failed".into(), info: Some("no such model".into()) };
    let signed = Draft::notification(path, &notification).sign(&node(1), Stamp { now: NOW, seq: 2 }).unwrap();
    let message = authenticate(signed.text.as_bytes()).unwrap();
    assert_eq!(message.body["NOTIFICATION_CODE"], -1);
    assert_eq!(message.body["NOTIFICATION_TYPE"], "EXCEPTION");
    assert!(message.heartbeat().unwrap().is_none());
}

#[test]
fn a_body_cannot_take_the_keys_of_the_envelope() {
    for key in ["EE_SENDER", "EE_ANYTHING", "SIGN_CANON_V"] {
        let content = Map::from_iter([(key.to_owned(), Value::Null)]);
        assert!(matches!(Draft::payload(PayloadPath::node("box"), content), Err(ProtocolError::ReservedKey { .. })));
    }
}

#[test]
fn what_is_not_signed_is_refused() {
    for missing in [keys::SENDER, keys::HASH, keys::SIGN] {
        let mut message: Map<String, Value> = serde_json::from_str(&heartbeat(1, 1, NOW).text).unwrap();
        message.remove(missing);
        let without = Value::Object(message.clone()).to_string();
        assert_eq!(verifier().verify(without.as_bytes(), NOW), Err(Refusal::Unsigned { missing }));
        message.insert(missing.into(), "".into());
        let empty = Value::Object(message).to_string();
        assert_eq!(verifier().verify(empty.as_bytes(), NOW), Err(Refusal::Unsigned { missing }));
    }
}

#[test]
fn a_signature_of_somebody_else_is_refused() {
    let (mine, other) = (heartbeat(1, 1, NOW), heartbeat(2, 1, NOW));
    let mut message: Value = serde_json::from_str(&mine.text).unwrap();
    let other: Value = serde_json::from_str(&other.text).unwrap();
    message[keys::SIGN] = other[keys::SIGN].clone();
    assert_eq!(verifier().verify(message.to_string().as_bytes(), NOW), Err(Refusal::WrongSignature));
    let mut message: Value = serde_json::from_str(&mine.text).unwrap();
    message[keys::SENDER] = other[keys::SENDER].clone();
    assert_eq!(verifier().verify(message.to_string().as_bytes(), NOW), Err(Refusal::WrongSignature));
}

#[test]
fn a_changed_word_is_refused() {
    let tampered = heartbeat(1, 1, NOW).text.replace("worker", "wor1er");
    assert_eq!(verifier().verify(tampered.as_bytes(), NOW), Err(Refusal::WrongHash));
}

#[test]
fn nobody_speaks_in_the_name_of_another() {
    let (liar, victim) = (node(1), node(2));
    let refused = changed(&liar, keys::ADDR, json!(victim.address()));
    assert_eq!(refused, Refusal::WrongSender { signer: *liar.address(), key: keys::ADDR });
    let refused = changed(&liar, keys::PAYLOAD_PATH, json!([victim.address(), null, null, null]));
    assert_eq!(refused, Refusal::WrongSender { signer: *liar.address(), key: keys::PAYLOAD_PATH });
    let refused = changed(&liar, keys::ADDR, Value::Null);
    assert_eq!(refused, Refusal::WrongSender { signer: *liar.address(), key: keys::ADDR });
}

#[test]
fn an_envelope_must_be_whole() {
    for (key, wrong) in [
        (keys::EVENT_TYPE, json!("COMMAND")),
        (keys::EVENT_TYPE, Value::Null),
        (keys::PAYLOAD_PATH, json!(["box"])),
        (keys::PAYLOAD_PATH, json!([1, 2, 3, 4])),
        (keys::TIMESTAMP, json!("yesterday")),
        (keys::TIMESTAMP, json!(5)),
        (keys::TIMEZONE, json!("Mars")),
        (keys::MESSAGE_SEQ, json!(-1)),
        (keys::MESSAGE_SEQ, json!("1")),
        (keys::MESSAGE_SEQ, Value::Null),
    ] {
        let refused = changed(&node(1), key, wrong.clone());
        assert!(matches!(refused, Refusal::Malformed { .. }), "{key} {wrong}: {refused:?}");
    }
    assert_eq!(changed(&node(1), keys::SIGN_CANON, json!("v1")), Refusal::UnsupportedCanon);
}

#[test]
fn age_is_judged_by_the_receivers_clock() {
    let config = VerifierConfig::default();
    let message = heartbeat(1, 1, NOW);
    let late = NOW + config.max_age_ms;
    assert!(verifier().verify(message.text.as_bytes(), late).is_ok());
    let refused = verifier().verify(message.text.as_bytes(), late + 1);
    assert_eq!(refused, Err(Refusal::TooOld { age_ms: config.max_age_ms + 1 }));
    let early = NOW - config.max_ahead_ms;
    assert!(verifier().verify(message.text.as_bytes(), early).is_ok());
    let refused = verifier().verify(message.text.as_bytes(), early - 1);
    assert_eq!(refused, Err(Refusal::FromFuture { ahead_ms: config.max_ahead_ms + 1 }));
}

#[test]
fn a_replay_is_refused_and_costs_the_sender_nothing() {
    let mut verifier = verifier();
    let message = heartbeat(1, 1, NOW);
    assert!(verifier.verify(message.text.as_bytes(), NOW).is_ok());
    for _ in 0..100 {
        assert_eq!(verifier.verify(message.text.as_bytes(), NOW), Err(Refusal::Replayed { seq: 1 }));
    }
    assert!(verifier.verify(heartbeat(1, 2, NOW).text.as_bytes(), NOW).is_ok());
}

#[test]
fn a_sender_beyond_its_rate_is_refused_and_others_are_not() {
    let mut verifier = verifier();
    let believed = (0..20).filter(|seq| verifier.verify(heartbeat(1, *seq, NOW).text.as_bytes(), NOW).is_ok()).count();
    assert_eq!(believed, 5);
    assert_eq!(verifier.verify(heartbeat(1, 20, NOW).text.as_bytes(), NOW), Err(Refusal::RateExceeded));
    assert!(verifier.verify(heartbeat(2, 1, NOW).text.as_bytes(), NOW).is_ok());
    assert!(verifier.verify(heartbeat(1, 21, NOW).text.as_bytes(), NOW + 100).is_ok());
}

#[test]
fn too_many_senders_are_refused_until_old_ones_are_forgotten() {
    let mut verifier = verifier();
    for byte in 1..=4 {
        assert!(verifier.verify(heartbeat(byte, 1, NOW).text.as_bytes(), NOW).is_ok());
    }
    assert_eq!(verifier.verify(heartbeat(5, 1, NOW).text.as_bytes(), NOW), Err(Refusal::TooManySenders));
    let later = NOW + verifier.config().retention_ms() + 1;
    assert!(verifier.verify(heartbeat(5, 1, later).text.as_bytes(), later).is_ok());
}

#[test]
fn a_message_larger_than_two_mebibytes_is_refused_and_not_made() {
    let raw = vec![b' '; MAX_MESSAGE + 1];
    assert_eq!(verifier().verify(&raw, NOW), Err(Refusal::TooLarge { bytes: MAX_MESSAGE + 1, limit: MAX_MESSAGE }));
    let content = Map::from_iter([("BLOB".to_owned(), Value::String("x".repeat(MAX_MESSAGE)))]);
    let made = Draft::payload(PayloadPath::node("box"), content).unwrap().sign(&node(1), Stamp { now: NOW, seq: 1 });
    assert!(matches!(made, Err(ProtocolError::TooLarge { .. })));
    let content = Map::from_iter([("BLOB".to_owned(), Value::String("x".repeat(MAX_MESSAGE - 2000)))]);
    let made = Draft::payload(PayloadPath::node("box"), content).unwrap().sign(&node(1), Stamp { now: NOW, seq: 1 }).unwrap();
    assert!(verifier().verify(made.text.as_bytes(), NOW).is_ok());
}

#[test]
fn malformed_texts_are_refused() {
    let deep = "[".repeat(65) + &"]".repeat(65);
    let many = format!("{{{}}}", (0..70_000).map(|key| format!("\"{key}\":0")).collect::<Vec<_>>().join(","));
    let wrong: Vec<&[u8]> = vec![
        b"",
        b"[]",
        b"nul",
        b"{",
        b"{\"a\"}",
        b"{\"a\":}",
        b"{\"a\":1,}",
        b"{\"a\":1}x",
        b"{a:1}",
        b"{\"a\":01}",
        b"{\"a\":1.}",
        b"{\"a\":1e}",
        b"{\"a\":-}",
        b"{\"a\":+1}",
        b"{\"a\":1,\"a\":2}",
        b"{\"a\":{\"b\":1,\"b\":1}}",
        b"{\"EE_SIGN\":\"a\",\"EE_SIGN\":\"b\"}",
        b"{\"EE_SIGN\":1}",
        b"{\"EE_SENDER\":{\"a\":1}}",
        b"{\"a\":\"\x01\"}",
        b"{\"a\":\"\\x\"}",
        b"{\"a\":\"\\u12\"}",
        b"{\"a\":\"\\ud800\"}",
        b"{\"a\":\"\\udc00\\ud800\"}",
        b"{\"a\":\"\\ud800\\u0041\"}",
        b"{\"a\":\"\xff\"}",
        b"{\"a\":\"unterminated",
        deep.as_bytes(),
        many.as_bytes(),
    ];
    for raw in wrong {
        let refused = verifier().verify(raw, NOW).unwrap_err();
        assert!(matches!(refused, Refusal::Malformed { .. }), "{:?}: {refused:?}", String::from_utf8_lossy(&raw[..raw.len().min(60)]));
    }
}

#[test]
fn a_store_that_fails_means_that_nothing_is_believed() {
    #[derive(Debug)]
    struct Broken;
    impl ReplayStore for Broken {
        fn observe(&mut self, _: &neurite_protocol::Address, _: u64, _: UnixMillis) -> Result<Observed, ReplayStoreError> {
            Err(ReplayStoreError { reason: "the disk is full".into() })
        }
    }
    let refused = Verifier::new(VerifierConfig::default(), Broken).verify(heartbeat(1, 1, NOW).text.as_bytes(), NOW).unwrap_err();
    assert_eq!(refused.metric(), "store_failed");
}

#[test]
fn every_refusal_has_a_metric_of_its_own() {
    let mut names = Refusal::METRICS.to_vec();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Refusal::METRICS.len());
    assert!(Refusal::METRICS.contains(&Refusal::RateExceeded.metric()));
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::btree_map(any::<String>(), inner, 0..6).prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_is_signed_is_believed(content in value(), secret in 1..=254u8, seq in any::<u64>(), now in 0..4_000_000_000_000u64) {
        let content = Map::from_iter([("CONTENT".to_owned(), content)]);
        let draft = Draft::payload(PayloadPath::node("box"), content.clone()).unwrap();
        let signed = draft.sign(&node(secret), Stamp { now, seq }).unwrap();
        let message = verifier().verify(signed.text.as_bytes(), now).unwrap();
        prop_assert_eq!(message.seq, seq);
        prop_assert_eq!(message.sender, *node(secret).address());
        let read = Value::Object(Map::from_iter([("CONTENT".to_owned(), message.body["CONTENT"].clone())]));
        let said = neurite_protocol::canonical::to_string(&Value::Object(content));
        prop_assert_eq!(neurite_protocol::canonical::to_string(&read), said);
    }

    #[test]
    fn any_changed_byte_is_refused(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let original = heartbeat(1, 1, NOW);
        let mut tampered = original.text.clone().into_bytes();
        let at = at.index(tampered.len());
        prop_assume!(tampered[at] != byte);
        // The digits of an escape mean the same in both cases.
        prop_assume!(!tampered[at].eq_ignore_ascii_case(&byte) || !original.text[at.saturating_sub(5)..at].contains("\\u"));
        tampered[at] = byte;
        prop_assert!(verifier().verify(&tampered, NOW).is_err());
    }

    #[test]
    fn no_text_makes_the_verifier_panic(raw in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(verifier().verify(&raw, NOW).is_err());
    }

    #[test]
    fn what_another_library_writes_is_read_exactly(content in value()) {
        let parsed = neurite_protocol::canonical::parse(content.to_string().as_bytes()).unwrap();
        prop_assert_eq!(parsed, content);
    }
}
