//! The validated document.

use super::validate::validate;
use crate::{DocumentError, Fault};
use neurite_core::{PayloadKind, Registry};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::time::Duration;

/// The longest document that is parsed, in bytes.
pub const MAX_DOCUMENT_BYTES: usize = 1024 * 1024;
/// The most entries of `PLUGINS`.
pub const MAX_PLUGINS: usize = 16;
/// The most instances of one plugin.
pub const MAX_INSTANCES: usize = 16;
/// The most entries of `COMMUNICATION`.
pub const MAX_TARGETS: usize = 4;

/// The key of an entry of `COMMUNICATION` that says which payloads go there.
pub(super) const CARRIES: &str = "CARRIES";

/// Returns the identity of a document: the blake3 hash of its bytes.
pub fn document_hash(bytes: &[u8]) -> [u8; 32] {
    *blake3::hash(bytes).as_bytes()
}

/// A valid pipeline document.
#[derive(Debug, Clone, PartialEq)]
pub struct PipelineDocument {
    /// The pipeline's name.
    pub name: String,
    /// blake3 hash of the document's bytes.
    pub hash: [u8; 32],
    /// Where data comes from.
    pub acquisition: AcquisitionSpec,
    /// What is done with the data; at least one.
    pub instances: Vec<InstanceSpec>,
    /// Where payloads go; empty leaves it to the node.
    pub communication: Vec<CommunicationSpec>,
}

/// A plugin and its parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct PluginSpec {
    /// The plugin's name.
    pub signature: String,
    /// Its parameters, an object that matches the plugin's schema.
    pub parameters: Value,
}

/// Where payloads go, and which.
#[derive(Debug, Clone, PartialEq)]
pub struct CommunicationSpec {
    /// The communication plugin.
    pub plugin: PluginSpec,
    /// The kinds of payloads that go there.
    pub carries: Vec<PayloadKind>,
}

impl CommunicationSpec {
    /// Makes a target of all payloads.
    pub fn all(plugin: PluginSpec) -> Self {
        Self { plugin, carries: CARRIED.into_iter().map(|(_, kind)| kind).collect() }
    }

    /// Tells whether payloads of this kind go there.
    pub fn carries(&self, kind: PayloadKind) -> bool {
        self.carries.contains(&kind)
    }
}

/// The words of `CARRIES` and what they mean.
pub(super) const CARRIED: [(&str, PayloadKind); 4] = [
    ("PAYLOADS", PayloadKind::Data),
    ("NOTIFICATIONS", PayloadKind::Notification),
    ("PROGRESS", PayloadKind::Progress),
    ("RESULTS", PayloadKind::Result),
];

/// Where data comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct AcquisitionSpec {
    /// The acquisition plugin.
    pub plugin: PluginSpec,
    /// Least time between two batches; `None` for as fast as they can be worked on.
    pub interval: Option<Duration>,
    /// Whether the source has no end.
    pub live_feed: bool,
    /// Whether a source that became unavailable is opened again.
    pub reconnectable: bool,
}

/// One instance of a business plugin.
#[derive(Debug, Clone, PartialEq)]
pub struct InstanceSpec {
    /// The instance's name, unique among those of its plugin.
    pub id: String,
    /// The business plugin.
    pub plugin: PluginSpec,
    /// The serving plugin with the instance's model, if it has one.
    pub model: Option<PluginSpec>,
}

impl PipelineDocument {
    /// Validates a document against the plugins that exist.
    ///
    /// A document over [`MAX_DOCUMENT_BYTES`] is refused without a look at it.
    pub fn parse(bytes: &[u8], registry: &Registry) -> Result<Self, DocumentError> {
        if bytes.len() > MAX_DOCUMENT_BYTES {
            return Err(DocumentError::TooLarge { size: bytes.len(), limit: MAX_DOCUMENT_BYTES });
        }
        let value: Value = serde_json::from_slice(bytes).map_err(|error| DocumentError::NotJson { reason: error.to_string() })?;
        validate(&value, registry)?;
        let keys = Keys::deserialize(value).map_err(|error| {
            let fault = Fault { path: String::new(), message: error.to_string() };
            DocumentError::Invalid { faults: vec![fault], more: 0 }
        })?;
        Ok(keys.into_document(document_hash(bytes)))
    }
}

/// The document as it is written.
#[derive(Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
struct Keys {
    name: String,
    r#type: String,
    url: Option<Value>,
    cap_resolution: Option<f64>,
    #[serde(default)]
    live_feed: bool,
    #[serde(default = "enabled")]
    reconnectable: bool,
    #[serde(default)]
    stream_config_metadata: Map<String, Value>,
    communication: Option<Targets>,
    plugins: Vec<PluginKeys>,
}

/// `COMMUNICATION` as it is written.
#[derive(Deserialize)]
#[serde(untagged)]
enum Targets {
    One(Map<String, Value>),
    Several(Vec<Map<String, Value>>),
}

#[derive(Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
struct PluginKeys {
    signature: String,
    instances: Vec<Map<String, Value>>,
}

fn enabled() -> bool {
    true
}

impl Keys {
    fn into_document(self, hash: [u8; 32]) -> PipelineDocument {
        let mut parameters = self.stream_config_metadata;
        if let Some(url) = self.url {
            parameters.insert("URL".into(), url);
        }
        let acquisition = AcquisitionSpec {
            plugin: PluginSpec { signature: self.r#type, parameters: Value::Object(parameters) },
            interval: self.cap_resolution.map(|batches_per_second| Duration::from_secs_f64(1.0 / batches_per_second)),
            live_feed: self.live_feed,
            reconnectable: self.reconnectable,
        };
        let instances = self.plugins.into_iter().flat_map(PluginKeys::into_instances).collect();
        let communication = match self.communication {
            None => Vec::new(),
            Some(Targets::One(keys)) => vec![target(keys)],
            Some(Targets::Several(targets)) => targets.into_iter().map(target).collect(),
        };
        PipelineDocument { name: self.name, hash, acquisition, instances, communication }
    }
}

impl PluginKeys {
    fn into_instances(self) -> impl Iterator<Item = InstanceSpec> {
        let signature = self.signature;
        self.instances.into_iter().map(move |mut keys| {
            let id = take_text(&mut keys, "INSTANCE_ID");
            let model = match keys.remove("MODEL") {
                Some(Value::Object(model)) => Some(named(model, "BACKEND")),
                _ => None,
            };
            InstanceSpec { id, plugin: PluginSpec { signature: signature.clone(), parameters: Value::Object(keys) }, model }
        })
    }
}

/// Takes apart an entry of `COMMUNICATION`.
fn target(mut keys: Map<String, Value>) -> CommunicationSpec {
    let words = keys.remove(CARRIES);
    let plugin = named(keys, "TYPE");
    let Some(Value::Array(words)) = words else { return CommunicationSpec::all(plugin) };
    let kind = |word: &Value| CARRIED.iter().find(|(name, _)| word == name).map(|(_, kind)| *kind);
    CommunicationSpec { plugin, carries: words.iter().filter_map(kind).collect() }
}

/// Splits an object into the plugin that one of its keys names and that plugin's parameters.
fn named(mut keys: Map<String, Value>, key: &str) -> PluginSpec {
    PluginSpec { signature: take_text(&mut keys, key), parameters: Value::Object(keys) }
}

/// Takes out a key whose value the schema made sure is text.
fn take_text(keys: &mut Map<String, Value>, key: &str) -> String {
    match keys.remove(key) {
        Some(Value::String(text)) => text,
        _ => String::new(),
    }
}
