//! Our canonical text, hashes and signatures against those that Python makes (`golden/make_vectors.py`).

use neurite_protocol::{authenticate, canonical, identity, keys, EventType, Identity};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Document {
    raw: String,
    ascii: String,
    utf8: String,
}

#[derive(Deserialize)]
struct Messages {
    secret: String,
    address: String,
    sent_at: u64,
    messages: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    name: String,
    wire: String,
    hash: String,
    ascii: String,
}

fn messages() -> Messages {
    serde_json::from_str(include_str!("golden/messages.json")).unwrap()
}

fn node() -> Identity {
    let secret: [u8; 32] = hex::decode(messages().secret).unwrap().try_into().unwrap();
    Identity::from_secret(&secret).unwrap()
}

#[test]
fn floats_are_written_as_python_writes_them() {
    let vectors: Vec<(String, String)> = serde_json::from_str(include_str!("golden/floats.json")).unwrap();
    assert!(vectors.len() > 2900);
    for (bits, text) in vectors {
        let value = f64::from_bits(u64::from_str_radix(&bits, 16).unwrap());
        assert_eq!(canonical::float(value), text, "{bits}");
        assert_eq!(canonical::to_string(&serde_json::json!([value])), format!("[{text}]"));
        assert_eq!(canonical::to_string(&canonical::parse(text.as_bytes()).unwrap()), text);
    }
    for not_a_number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert_eq!(canonical::float(not_a_number), "null");
    }
}

#[test]
fn received_texts_become_the_text_that_python_hashes() {
    let documents: Vec<Document> = serde_json::from_str(include_str!("golden/documents.json")).unwrap();
    for document in documents {
        let text = canonical::canonical(document.raw.as_bytes()).unwrap();
        assert_eq!(text, document.utf8);
        assert_eq!(canonical::to_ascii(&text), document.ascii);
        // A canonical text is its own canonical text, in both forms.
        assert_eq!(canonical::canonical(document.utf8.as_bytes()).unwrap(), document.utf8);
        assert_eq!(canonical::canonical(document.ascii.as_bytes()).unwrap(), document.utf8);
    }
}

#[test]
fn values_are_written_as_python_writes_them() {
    let documents: Vec<Document> = serde_json::from_str(include_str!("golden/documents.json")).unwrap();
    for document in documents.iter().filter(|document| !document.raw.contains("big")) {
        let value = canonical::parse(document.raw.as_bytes()).unwrap();
        assert_eq!(canonical::to_string(&value), document.ascii);
    }
}

#[test]
fn numbers_keep_the_text_that_the_sender_wrote() {
    let raw = r#"{"b": 1E5, "a": 0.10, "c": 1e400, "d": -0, "e": 100000000000000000000000000000000000000000}"#;
    let expected = r#"{"a":0.10,"b":1E5,"c":1e400,"d":-0,"e":100000000000000000000000000000000000000000}"#;
    assert_eq!(canonical::canonical(raw.as_bytes()).unwrap(), expected);
}

#[test]
fn messages_signed_by_python_are_believed() {
    let golden = messages();
    assert_eq!(node().address().to_string(), golden.address);
    for vector in &golden.messages {
        let message = authenticate(vector.wire.as_bytes()).unwrap_or_else(|refusal| panic!("{}: {refusal}", vector.name));
        assert_eq!(message.sender, *node().address());
        assert_eq!(message.sent_at, golden.sent_at);
        assert_eq!(vector.name.split('-').next().unwrap().to_uppercase(), message.event.as_str());
        assert_eq!(canonical::to_string(&Value::Object(message.body.clone())), vector.ascii);
        let heartbeat = message.heartbeat().unwrap();
        assert_eq!(heartbeat.is_some(), message.event == EventType::Heartbeat);
        if let Some(heartbeat) = heartbeat {
            assert_eq!((heartbeat.seq, heartbeat.body.uptime_s), (41, 12));
            assert_eq!(heartbeat.body.pipelines, ["digits"]);
        }
    }
}

#[test]
fn hashes_and_signatures_of_python_are_reproduced() {
    for vector in messages().messages.iter().filter(|vector| vector.name.ends_with("ascii")) {
        let digest: [u8; 32] = hex::decode(&vector.hash).unwrap().try_into().unwrap();
        let wire: Value = serde_json::from_str(&vector.wire).unwrap();
        assert!(identity::verify_digest(node().address(), &digest, wire[keys::SIGN].as_str().unwrap()));
        assert!(identity::verify_digest(node().address(), &digest, &node().sign_digest(&digest)));
    }
}
