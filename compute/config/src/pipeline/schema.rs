//! The document's JSON Schema, generated from the plugins that exist.

use super::document::{CARRIED, CARRIES, MAX_INSTANCES, MAX_PLUGINS, MAX_TARGETS};
use neurite_core::{Descriptor, PluginKind, Registry};
use serde_json::{json, Map, Value};

/// Names of pipelines and instances.
const NAME_PATTERN: &str = "^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$";
/// The fewest batches per second: one in a thousand seconds.
const MIN_RATE: f64 = 0.001;
/// The most batches per second.
const MAX_RATE: f64 = 1000.0;

/// Returns the JSON Schema (2020-12) of pipeline documents for the plugins in the registry.
pub fn schema(registry: &Registry) -> Value {
    let acquisition = registry.descriptors(PluginKind::Acquisition);
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Pipeline document",
        "description": "What a pipeline runs: an acquisition plugin, and business plugins with their models.",
        "type": "object",
        "additionalProperties": false,
        "required": ["NAME", "TYPE", "PLUGINS"],
        "properties": {
            "NAME": { "description": "Name of the pipeline.", "type": "string", "pattern": NAME_PATTERN },
            "TYPE": { "description": "Acquisition plugin.", "type": "string", "enum": signatures(&acquisition) },
            "URL": { "description": "Where the data is, as the acquisition plugin understands it." },
            "CAP_RESOLUTION": {
                "description": "Most batches per second; without it, as fast as they can be worked on.",
                "type": "number", "minimum": MIN_RATE, "maximum": MAX_RATE
            },
            "LIVE_FEED": { "description": "Whether the source has no end.", "type": "boolean", "default": false },
            "RECONNECTABLE": {
                "description": "Whether a source that became unavailable is opened again.", "type": "boolean", "default": true
            },
            "STREAM_CONFIG_METADATA": { "description": "Parameters of the acquisition plugin.", "type": "object" },
            "COMMUNICATION": communication(registry),
            "PLUGINS": {
                "description": "Business plugins and their instances.",
                "type": "array", "minItems": 1, "maxItems": MAX_PLUGINS, "items": plugins(registry)
            }
        },
        "allOf": all_of(acquisition.iter().map(|descriptor| when("TYPE", descriptor, acquisition_keys(descriptor))))
    })
}

/// The schema of an entry of `PLUGINS`.
fn plugins(registry: &Registry) -> Value {
    let business = registry.descriptors(PluginKind::Business);
    let branches = business.iter().map(|descriptor| {
        let instance = instance(descriptor, registry);
        when("SIGNATURE", descriptor, json!({ "properties": { "INSTANCES": { "items": instance } } }))
    });
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["SIGNATURE", "INSTANCES"],
        "properties": {
            "SIGNATURE": { "description": "Business plugin.", "type": "string", "enum": signatures(&business) },
            "INSTANCES": {
                "description": "Instances of the plugin.",
                "type": "array", "minItems": 1, "maxItems": MAX_INSTANCES, "items": { "type": "object" }
            }
        },
        "allOf": all_of(branches)
    })
}

/// The schema of an instance of a business plugin.
fn instance(descriptor: &Descriptor, registry: &Registry) -> Value {
    let id = json!({ "description": "Name of the instance, unique for its plugin.", "type": "string", "pattern": NAME_PATTERN });
    let mut keys = vec![("INSTANCE_ID", id)];
    let mut optional = Vec::new();
    if descriptor.takes_model {
        let model = chosen_by("BACKEND", "Model of the instance.", registry.descriptors(PluginKind::Serving), &[]);
        if descriptor.needs_model {
            keys.push(("MODEL", model))
        } else {
            optional.push(("MODEL", model))
        }
    }
    closed(&descriptor.schema, &keys, &optional)
}

/// The schema of `COMMUNICATION`: a target, or a list of them.
fn communication(registry: &Registry) -> Value {
    let words: Vec<&str> = CARRIED.iter().map(|(word, _)| *word).collect();
    let carries = json!({
        "description": "Kinds of payloads that go there; without it, all.",
        "type": "array", "minItems": 1, "uniqueItems": true, "items": { "type": "string", "enum": words }
    });
    let target = chosen_by("TYPE", "A target of payloads.", registry.descriptors(PluginKind::Communication), &[(CARRIES, carries)]);
    json!({
        "description": "Where payloads go; without it, where the node sends them.",
        "if": { "type": "array" },
        "then": { "minItems": 1, "maxItems": MAX_TARGETS, "items": target },
        "else": target
    })
}

/// The schema of an object whose `key` names a plugin and whose other keys are that plugin's parameters and `optional` ones.
fn chosen_by(key: &str, description: &str, plugins: Vec<&Descriptor>, optional: &[(&str, Value)]) -> Value {
    let branch = |descriptor: &&Descriptor| when(key, descriptor, closed(&descriptor.schema, &[(key, json!({}))], optional));
    let mut properties = Map::from_iter(optional.iter().map(|(key, schema)| ((*key).to_owned(), schema.clone())));
    properties.insert(key.into(), json!({ "type": "string", "enum": signatures(&plugins) }));
    json!({
        "description": description,
        "type": "object",
        "required": [key],
        "properties": properties,
        "allOf": all_of(plugins.iter().map(branch))
    })
}

/// What the acquisition plugin demands of the document: its parameter `URL` stands beside the others.
fn acquisition_keys(descriptor: &Descriptor) -> Value {
    let mut metadata = descriptor.schema.clone();
    let url = metadata.get_mut("properties").and_then(Value::as_object_mut).and_then(|properties| properties.remove("URL"));
    let mut required = Vec::new();
    if let Some(keys) = metadata.get_mut("required").and_then(Value::as_array_mut) {
        let before = keys.len();
        keys.retain(|key| key != "URL");
        if keys.len() < before {
            required.push("URL");
        }
        if !keys.is_empty() {
            required.push("STREAM_CONFIG_METADATA");
        }
    }
    let mut properties = Map::new();
    properties.insert("URL".into(), url.unwrap_or(json!(false)));
    properties.insert("STREAM_CONFIG_METADATA".into(), metadata);
    if !descriptor.live {
        properties.insert("LIVE_FEED".into(), json!({ "const": false }));
    }
    json!({ "properties": properties, "required": required })
}

/// Applies a schema where `key` names the plugin.
fn when(key: &str, descriptor: &Descriptor, then: Value) -> Value {
    json!({ "if": { "properties": { key: { "const": descriptor.signature } }, "required": [key] }, "then": then })
}

/// Lists the branches of a choice; JSON Schema has no empty list of them.
fn all_of(branches: impl Iterator<Item = Value>) -> Vec<Value> {
    std::iter::once(json!(true)).chain(branches).collect()
}

/// Adds keys to the schema of a plugin's parameters, and closes it.
fn closed(parameters: &Value, required_keys: &[(&str, Value)], optional_keys: &[(&str, Value)]) -> Value {
    let mut schema = parameters.as_object().cloned().unwrap_or_default();
    schema.insert("type".into(), json!("object"));
    schema.insert("additionalProperties".into(), json!(false));
    let mut properties = schema.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
    let mut required = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    for (key, of_key) in required_keys.iter().chain(optional_keys) {
        // What an optional key may be is said beside the plugin's parameters.
        let of_key = if optional_keys.iter().any(|(optional, _)| optional == key) { &json!({}) } else { of_key };
        properties.insert((*key).into(), of_key.clone());
    }
    required.extend(required_keys.iter().map(|(key, _)| json!(key)));
    schema.insert("properties".into(), Value::Object(properties));
    schema.insert("required".into(), Value::Array(required));
    Value::Object(schema)
}

fn signatures(descriptors: &[&Descriptor]) -> Vec<&'static str> {
    descriptors.iter().map(|descriptor| descriptor.signature).collect()
}
