//! The JSON that systems outside get: the payload's body, and beside it who sent it and what it is for.
//!
//! One object: `PIPELINE`, `SIGNATURE`, `INSTANCE` and `KIND`, then the keys of the body, which win if they have the same names. The engine
//! gives every body a `PAYLOAD_ID`, which stays the same when a payload is sent again, so that readers can drop repeats.

use crate::SinkError;
use neurite_core::{bounds::MAX_PAYLOAD_BYTES, Origin, Payload};
use serde::{ser::SerializeMap, Serialize, Serializer};

/// The key by which readers recognise repeats.
const PAYLOAD_ID: &str = "PAYLOAD_ID";
/// The most bytes of a message: a body at its bound, and its origin.
pub(crate) const MAX_MESSAGE_BYTES: usize = MAX_PAYLOAD_BYTES + 4096;

/// A payload as it goes out.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Message {
    /// What the payload is known by, if the engine gave it a name.
    pub(crate) id: Option<String>,
    /// The object, at most [`MAX_MESSAGE_BYTES`].
    pub(crate) json: String,
}

impl Message {
    /// Writes a payload; fails with `TooLarge`.
    pub(crate) fn new(origin: &Origin, payload: &Payload) -> Result<Self, SinkError> {
        let json = serde_json::to_string(&Flat { origin, payload }).expect("a map with texts as keys is JSON; qed");
        if json.len() > MAX_MESSAGE_BYTES {
            return Err(SinkError::TooLarge { bytes: json.len(), limit: MAX_MESSAGE_BYTES });
        }
        let id = payload.body.get(PAYLOAD_ID).and_then(|id| id.as_str()).map(str::to_owned);
        Ok(Self { id, json })
    }
}

struct Flat<'a> {
    origin: &'a Origin,
    payload: &'a Payload,
}

impl Serialize for Flat<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { origin, payload } = self;
        let mut map = serializer.serialize_map(None)?;
        for (key, value) in [("PIPELINE", &origin.pipeline), ("SIGNATURE", &origin.signature), ("INSTANCE", &origin.instance)] {
            if !payload.body.contains_key(key) {
                map.serialize_entry(key, value)?;
            }
        }
        if !payload.body.contains_key("KIND") {
            map.serialize_entry("KIND", &payload.kind)?;
        }
        for (key, value) in &payload.body {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use neurite_core::PayloadKind;
    use serde_json::{json, Value};

    fn message(body: Value) -> Result<Message, SinkError> {
        let origin = Origin { pipeline: "hall".into(), signature: "ALERT".into(), instance: "door".into() };
        let Value::Object(body) = body else { unreachable!("a body is an object") };
        Message::new(&origin, &Payload { kind: PayloadKind::Notification, body })
    }

    #[test]
    fn a_message_is_one_object_without_doubled_keys() {
        let message = message(json!({ "PAYLOAD_ID": "a1", "INSTANCE": "window", "SCORE": 0.5 })).unwrap();
        assert_eq!(message.id.as_deref(), Some("a1"));
        let value: Value = serde_json::from_str(&message.json).unwrap();
        let expected = json!({
            "PIPELINE": "hall", "SIGNATURE": "ALERT", "KIND": "NOTIFICATION", "INSTANCE": "window", "PAYLOAD_ID": "a1", "SCORE": 0.5
        });
        assert_eq!(value, expected);
        assert_eq!(message.json.matches("INSTANCE").count(), 1);
    }

    #[test]
    fn a_message_beyond_the_bound_is_refused() {
        let error = message(json!({ "TEXT": "x".repeat(MAX_MESSAGE_BYTES) })).unwrap_err();
        assert!(matches!(error, SinkError::TooLarge { limit: MAX_MESSAGE_BYTES, .. }), "{error}");
        assert!(message(json!({ "TEXT": "x".repeat(MAX_PAYLOAD_BYTES) })).is_ok());
        assert_eq!(message(json!({})).unwrap().id, None);
    }
}
