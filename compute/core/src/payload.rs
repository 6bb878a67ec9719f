//! What leaves a pipeline.

use crate::{
    bounds::{MAX_OUTBOX, MAX_RECIPIENTS},
    BoxFuture, PluginError,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What a payload is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PayloadKind {
    /// How far the work is; may be lost or repeated.
    Progress,
    /// Something found on the way; may be repeated after a restart, then with the same `PAYLOAD_ID`.
    Data,
    /// Something that a person should know: a fault, a drop, a limit that was reached.
    Notification,
    /// The result of the shard, whose commitment the chain holds.
    Result,
}

/// A message of a business instance.
#[derive(Debug, Clone, PartialEq)]
pub struct Payload {
    /// What it is for.
    pub kind: PayloadKind,
    /// The body; keys in upper case.
    pub body: Map<String, Value>,
}

/// Who sends a payload: the last three parts of its path, after the node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// The pipeline's name.
    pub pipeline: String,
    /// The business plugin's signature.
    pub signature: String,
    /// The instance.
    pub instance: String,
}

/// The payloads that one call of a business plugin leaves behind, at most [`MAX_OUTBOX`].
#[derive(Debug, Default)]
pub struct Outbox {
    payloads: Vec<Payload>,
}

impl Outbox {
    /// Adds a payload; fails with [`PluginError::Resources`] if the outbox is full.
    pub fn push(&mut self, kind: PayloadKind, body: Map<String, Value>) -> Result<(), PluginError> {
        if self.payloads.len() >= MAX_OUTBOX {
            return Err(PluginError::resources(format!("more than {MAX_OUTBOX} payloads from one batch")));
        }
        self.payloads.push(Payload { kind, body });
        Ok(())
    }

    /// Takes out the payloads in the order in which they were added.
    pub fn take(&mut self) -> Vec<Payload> {
        std::mem::take(&mut self.payloads)
    }
}

/// A payload ready to be signed and sent.
#[derive(Debug, Clone, PartialEq)]
pub struct OutboundPayload {
    /// Who sends it.
    pub origin: Origin,
    /// What it is for.
    pub kind: PayloadKind,
    /// Addresses that get it, at most [`MAX_RECIPIENTS`]; empty leaves the choice to the node.
    pub recipients: Vec<String>,
    /// The body.
    pub body: Map<String, Value>,
}

impl OutboundPayload {
    /// Tells whether the number of recipients is within its bound.
    pub fn is_bounded(&self) -> bool {
        self.recipients.len() <= MAX_RECIPIENTS
    }
}

/// Signs payloads with the node's key and sends them over the node's connection; the engine's binary provides it.
pub trait PayloadPublisher: Send + Sync + 'static {
    /// Publishes a payload. Ends when the connection has taken it over, not when it arrived.
    ///
    /// Fails with [`PluginError::Unavailable`] when the connection is down and its queue full. Cancel-safe: the payload was
    /// either taken over or not.
    fn publish<'a>(&'a self, payload: OutboundPayload) -> BoxFuture<'a, Result<(), PluginError>>;
}
