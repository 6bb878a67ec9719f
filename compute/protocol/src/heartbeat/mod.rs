//! Heartbeats: what they say, and the availability that follows from hearing them.

mod coverage;

pub use coverage::{interval, value, Coverage, Recorded, DEFAULT_INTERVAL_MS};

use crate::{keys, Address, ProtocolError};
use serde_json::{Map, Value};

/// The most pipelines that a heartbeat names.
pub const MAX_PIPELINES: usize = 256;

const EVENT: &str = "heartbeat";
const VERSION: &str = "VERSION";
const UPTIME: &str = "UPTIME";
const ROLE: &str = "ROLE";
const PIPELINES: &str = "PIPELINES";
const PIPELINES_TOTAL: &str = "PIPELINES_TOTAL";

/// What a node does in the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// It runs shards of jobs.
    Worker,
    /// It stands beside a validator and watches the network.
    Supervisor,
}

impl Role {
    /// Returns the name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Worker => "worker",
            Self::Supervisor => "supervisor",
        }
    }
}

/// What a heartbeat says of its node, beside the envelope.
///
/// The node's address and its count of messages are in the envelope, where the verifier checks them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeartbeatBody {
    /// The name that the operator gave the node.
    pub alias: String,
    /// What the node does.
    pub role: Role,
    /// The engine's version.
    pub version: String,
    /// Seconds since the engine started.
    pub uptime_s: u64,
    /// The names of its running pipelines, cut to [`MAX_PIPELINES`] on the wire.
    pub pipelines: Vec<String>,
}

/// A heartbeat as it was received and verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heartbeat {
    /// The node, which signed it.
    pub node: Address,
    /// The node's count of messages.
    pub seq: u64,
    /// What it says.
    pub body: HeartbeatBody,
}

impl HeartbeatBody {
    pub(crate) fn to_wire(&self) -> Map<String, Value> {
        let mut wire = Map::new();
        wire.insert("HEARTBEAT_VERSION".into(), "v1".into());
        wire.insert(keys::IS_SUPER.into(), (self.role == Role::Supervisor).into());
        wire.insert(ROLE.into(), self.role.as_str().into());
        wire.insert(VERSION.into(), self.version.clone().into());
        wire.insert(UPTIME.into(), self.uptime_s.into());
        wire.insert(PIPELINES.into(), self.pipelines.iter().take(MAX_PIPELINES).cloned().collect());
        wire.insert(PIPELINES_TOTAL.into(), self.pipelines.len().into());
        wire
    }

    /// Reads the body of a verified heartbeat.
    ///
    /// Peers send other fields and leave some of these out; what is missing is empty, what has the wrong type is an error.
    ///
    /// # Errors
    /// `InvalidBody` if a field has the wrong type or there are more than [`MAX_PIPELINES`] pipelines.
    pub fn from_wire(wire: &Map<String, Value>) -> Result<Self, ProtocolError> {
        let is_super = wire.get(keys::IS_SUPER).and_then(Value::as_bool).unwrap_or(false);
        let role = match (wire.get(ROLE).and_then(Value::as_str), is_super) {
            (Some("supervisor"), _) | (None, true) => Role::Supervisor,
            (Some("worker"), _) | (None, false) => Role::Worker,
            (Some(_), _) => return Err(invalid("ROLE is neither worker nor supervisor")),
        };
        Ok(Self {
            alias: text(wire, keys::ID)?,
            role,
            version: text(wire, VERSION)?,
            uptime_s: wire.get(UPTIME).and_then(whole).unwrap_or(0),
            pipelines: pipelines(wire)?,
        })
    }
}

/// Reads a count that peers may write with a fraction.
fn whole(value: &Value) -> Option<u64> {
    let float = || value.as_f64().filter(|value| (0.0..9.0e15).contains(value));
    // The range was checked; the fraction is not wanted.
    value.as_u64().or_else(|| float().map(|value| value as u64))
}

fn text(wire: &Map<String, Value>, key: &str) -> Result<String, ProtocolError> {
    match wire.get(key) {
        None | Some(Value::Null) => Ok(String::new()),
        Some(Value::String(text)) if text.len() <= 256 => Ok(text.clone()),
        Some(_) => Err(invalid(&format!("{key} is not a string of at most 256 bytes"))),
    }
}

fn pipelines(wire: &Map<String, Value>) -> Result<Vec<String>, ProtocolError> {
    let Some(names) = wire.get(PIPELINES) else { return Ok(Vec::new()) };
    let names = names.as_array().filter(|names| names.len() <= MAX_PIPELINES);
    let names = names.ok_or_else(|| invalid("PIPELINES is not a list of at most 256 names"))?;
    let names = names.iter().map(|name| name.as_str().filter(|name| name.len() <= 256).map(str::to_owned));
    names.collect::<Option<_>>().ok_or_else(|| invalid("a name in PIPELINES is not a string of at most 256 bytes"))
}

fn invalid(reason: &str) -> ProtocolError {
    ProtocolError::InvalidBody { event: EVENT, reason: reason.to_owned() }
}
