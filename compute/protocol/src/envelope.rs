//! Messages before they are sent: drafts of the three kinds, and signing.
//!
//! A draft knows what is said; the [`Stamp`] adds when it is said and the sender's count. The count must never be used twice by a
//! sender, restarts included: see [`Stamp::seq`].

use crate::{
    canonical::{self, Form},
    keys, time, HeartbeatBody, Identity, ProtocolError, UnixMillis, MAX_MESSAGE,
};
use serde_json::{json, Map, Value};
use sha2::{Digest, Sha256};
use std::fmt;

/// The kind of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EventType {
    /// What a plugin made.
    Payload,
    /// What happened to a pipeline or a command.
    Notification,
    /// A node is alive.
    Heartbeat,
}

impl EventType {
    /// Returns the name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Payload => "PAYLOAD",
            Self::Notification => "NOTIFICATION",
            Self::Heartbeat => "HEARTBEAT",
        }
    }

    /// Returns the kind of a name on the wire.
    pub fn from_wire(name: &str) -> Option<Self> {
        [Self::Payload, Self::Notification, Self::Heartbeat].into_iter().find(|kind| kind.as_str() == name)
    }
}

impl fmt::Display for EventType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// Where a message comes from (`EE_PAYLOAD_PATH`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PayloadPath {
    /// The node's alias.
    pub node: String,
    /// The pipeline, if any.
    pub pipeline: Option<String>,
    /// The signature of the plugin, if any.
    pub signature: Option<String>,
    /// The instance of the plugin, if any.
    pub instance: Option<String>,
}

impl PayloadPath {
    /// Makes the path of a node itself.
    pub fn node(alias: impl Into<String>) -> Self {
        Self { node: alias.into(), pipeline: None, signature: None, instance: None }
    }

    /// Makes the path of a plugin's instance.
    pub fn instance(
        alias: impl Into<String>,
        pipeline: impl Into<String>,
        signature: impl Into<String>,
        instance: impl Into<String>,
    ) -> Self {
        Self { node: alias.into(), pipeline: Some(pipeline.into()), signature: Some(signature.into()), instance: Some(instance.into()) }
    }

    pub(crate) fn to_value(&self) -> Value {
        json!([self.node, self.pipeline, self.signature, self.instance])
    }

    pub(crate) fn from_value(value: &Value) -> Option<Self> {
        let part = |value: &Value| match value {
            Value::Null => Some(None),
            Value::String(text) => Some(Some(text.clone())),
            _ => None,
        };
        match value.as_array().map(Vec::as_slice) {
            Some([node, pipeline, signature, instance]) => Some(Self {
                node: part(node)?.unwrap_or_default(),
                pipeline: part(pipeline)?,
                signature: part(signature)?,
                instance: part(instance)?,
            }),
            _ => None,
        }
    }
}

/// What happened to a pipeline or a command, with the code that peers know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// The code: positive when it went well, its negative when it failed.
    pub code: i32,
    /// One sentence for people.
    pub text: String,
    /// Details, for people.
    pub info: Option<String>,
}

/// When a message is signed, and the sender's count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The sender's time.
    pub now: UnixMillis,
    /// The sender's count: greater than in every message before, also before a restart. A count that starts with the time of the
    /// start in milliseconds satisfies this without storage as long as fewer than a thousand messages a second are sent.
    pub seq: u64,
}

/// A message that is not signed yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    event: EventType,
    path: PayloadPath,
    body: Map<String, Value>,
}

/// A signed message, ready to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedMessage {
    /// The text of the message.
    pub text: String,
    /// Its name (`EE_MESSAGE_ID`).
    pub id: String,
}

impl Draft {
    /// Drafts a payload.
    ///
    /// # Errors
    /// `ReservedKey` if the body has a key of the envelope.
    pub fn payload(path: PayloadPath, body: Map<String, Value>) -> Result<Self, ProtocolError> {
        match body.keys().find(|key| keys::is_reserved(key)) {
            Some(key) => Err(ProtocolError::ReservedKey { key: key.clone() }),
            None => Ok(Self { event: EventType::Payload, path, body }),
        }
    }

    /// Drafts a notification.
    pub fn notification(path: PayloadPath, notification: &Notification) -> Self {
        let kind = if notification.code < 0 { "EXCEPTION" } else { "NORMAL" };
        let mut body = Map::new();
        body.insert("NOTIFICATION_TYPE".into(), kind.into());
        body.insert("NOTIFICATION_CODE".into(), notification.code.into());
        body.insert("NOTIFICATION".into(), notification.text.clone().into());
        if let Some(info) = &notification.info {
            body.insert("INFO".into(), info.clone().into());
        }
        Self { event: EventType::Notification, path, body }
    }

    /// Drafts a heartbeat.
    pub fn heartbeat(body: &HeartbeatBody) -> Self {
        Self { event: EventType::Heartbeat, path: PayloadPath::node(&body.alias), body: body.to_wire() }
    }

    /// Signs the draft.
    ///
    /// # Errors
    /// `TooLarge` if the message exceeds [`MAX_MESSAGE`].
    pub fn sign(self, identity: &Identity, stamp: Stamp) -> Result<SignedMessage, ProtocolError> {
        let Self { event, path, mut body } = self;
        let id = message_id(identity, stamp.seq);
        body.insert(keys::ADDR.into(), identity.address().to_string().into());
        body.insert(keys::ID.into(), path.node.clone().into());
        body.insert(keys::EVENT_TYPE.into(), event.as_str().into());
        body.insert(keys::PAYLOAD_PATH.into(), path.to_value());
        body.insert(keys::TIMESTAMP.into(), time::format(stamp.now).into());
        body.insert(keys::TIMEZONE.into(), "UTC+0".into());
        body.insert(keys::MESSAGE_ID.into(), id.clone().into());
        body.insert(keys::MESSAGE_SEQ.into(), stamp.seq.into());
        body.insert(keys::SIGN_CANON.into(), keys::SIGN_CANON_CURRENT.into());
        let text = sign_text(&canonical::to_string(&Value::Object(body)), identity);
        if text.len() > MAX_MESSAGE {
            return Err(ProtocolError::TooLarge { bytes: text.len(), limit: MAX_MESSAGE });
        }
        Ok(SignedMessage { text, id })
    }
}

/// Returns the digest that is signed: SHA-256 of a canonical text in one of its forms.
pub(crate) fn digest(text: &str, form: Form) -> [u8; 32] {
    match form {
        Form::Ascii => Sha256::digest(canonical::to_ascii(text)).into(),
        Form::Utf8 => Sha256::digest(text).into(),
    }
}

/// Adds hash, sender and signature to the canonical text of an object that is not empty.
fn sign_text(text: &str, identity: &Identity) -> String {
    let digest = digest(text, Form::Ascii);
    let open = text.strip_suffix('}').unwrap_or(text);
    format!(
        r#"{open},"{}":"{}","{}":"{}","{}":"{}"}}"#,
        keys::HASH,
        hex::encode(digest),
        keys::SENDER,
        identity.address(),
        keys::SIGN,
        identity.sign_digest(&digest)
    )
}

/// Names a message by its sender and count, so that no randomness is needed.
fn message_id(identity: &Identity, seq: u64) -> String {
    let hash = Sha256::new().chain_update(identity.address().public()).chain_update(seq.to_be_bytes()).finalize();
    hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
