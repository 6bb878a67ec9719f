//! Finds every fault of a document.
//!
//! Two passes: the generated schema, then what a schema cannot say (doubled names, the plugins' own checks). The second looks only at parameters
//! in which the first found nothing, so that one mistake is one fault.

use super::{document::CARRIES, schema::schema};
use crate::{DocumentError, Fault};
use jsonschema::{error::ValidationErrorKind, ValidationError};
use neurite_core::{PluginKind, Registry};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// The most faults that are listed.
const MAX_FAULTS: usize = 64;
/// The most characters of an unknown name that are repeated.
const MAX_ECHO: usize = 64;

/// Fails with all faults of the document, sorted by path.
pub(super) fn validate(document: &Value, registry: &Registry) -> Result<(), DocumentError> {
    let schema = schema(registry);
    let validator = jsonschema::options().build(&schema).map_err(|error| DocumentError::Invalid {
        faults: vec![Fault { path: String::new(), message: format!("the plugins' schema is unusable: {error}") }],
        more: 0,
    })?;
    let mut faults = BTreeSet::new();
    for error in validator.iter_errors(document) {
        faults.extend(explain(&error));
    }
    let more: Vec<Fault> = parts(document).iter().filter(|part| part.is_sound(&faults)).flat_map(|part| part.check(registry)).collect();
    faults.extend(more);
    faults.extend(doubled_instances(document));
    if faults.is_empty() {
        return Ok(());
    }
    let more = faults.len().saturating_sub(MAX_FAULTS);
    Err(DocumentError::Invalid { faults: faults.into_iter().take(MAX_FAULTS).collect(), more })
}

/// Turns an error of the schema into faults at the exact keys, without repeating values.
fn explain(error: &ValidationError<'_>) -> Vec<Fault> {
    let path = error.instance_path().as_str();
    let at = |path: String, message: String| vec![Fault { path, message }];
    match error.kind() {
        ValidationErrorKind::Required { property } => {
            let key = property.as_str().unwrap_or_default();
            at(format!("{path}/{}", escaped(key)), "is missing".into())
        }
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            let unknown = |key: &String| Fault { path: format!("{path}/{}", escaped(key)), message: "is not a known key".into() };
            unexpected.iter().take(MAX_FAULTS).map(unknown).collect()
        }
        ValidationErrorKind::Enum { options } => at(path.into(), unknown_name(error.instance(), options)),
        ValidationErrorKind::Constant { expected_value } => at(path.into(), format!("must be {expected_value} here")),
        ValidationErrorKind::FalseSchema => at(path.into(), "is not a key of the chosen plugin".into()),
        _ => at(path.into(), error.masked().to_string()),
    }
}

/// Says that a name is not among those that exist, and lists them.
fn unknown_name(found: &Value, options: &Value) -> String {
    let names: Vec<&str> = options.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let found: String = found.as_str().unwrap_or("a value that is no text").chars().take(MAX_ECHO).collect();
    format!("{found:?} is unknown; available: {}", if names.is_empty() { "none".into() } else { names.join(", ") })
}

/// Writes a key as a token of a JSON pointer, cut to a bound.
fn escaped(key: &str) -> String {
    key.chars().take(MAX_ECHO).collect::<String>().replace('~', "~0").replace('/', "~1")
}

/// Parameters of a plugin, where they are in the document.
struct Part {
    kind: PluginKind,
    signature: String,
    parameters: Map<String, Value>,
    /// JSON pointer of the parameters.
    path: String,
    /// Keys whose pointer is not below that of the parameters.
    beside: Option<&'static str>,
    /// A key below the parameters that belongs to another part.
    without: Option<&'static str>,
}

impl Part {
    /// Tells whether none of the faults is in these parameters.
    fn is_sound(&self, faults: &BTreeSet<Fault>) -> bool {
        let below = |path: &str, prefix: &str| path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let foreign = |path: &str| self.without.is_some_and(|key| below(path, &format!("{}/{key}", self.path)));
        let beside = |path: &str| self.beside.is_some_and(|key| below(path, &format!("/{key}")));
        !faults.iter().any(|fault| beside(&fault.path) || (below(&fault.path, &self.path) && !foreign(&fault.path)))
    }

    /// Returns what the plugin itself finds wrong.
    fn check(&self, registry: &Registry) -> Vec<Fault> {
        // A plugin that does not exist is a fault of the schema already.
        let faults = registry.check(self.kind, &self.signature, &Value::Object(self.parameters.clone())).unwrap_or_default();
        faults.into_iter().map(|fault| Fault { path: self.locate(&fault.path), message: fault.message }).collect()
    }

    fn locate(&self, pointer: &str) -> String {
        match self.beside {
            Some(key) if pointer.trim_start_matches('/').split('/').next() == Some(key) => pointer.into(),
            _ => format!("{}{pointer}", self.path),
        }
    }
}

/// Collects the parameters of all plugins, as far as the document is formed like one.
fn parts(document: &Value) -> Vec<Part> {
    let mut parts: Vec<Part> = acquisition(document).into_iter().collect();
    parts.extend(targets(document));
    for (at, plugin) in items(document.get("PLUGINS")) {
        let Some(signature) = plugin.get("SIGNATURE").and_then(Value::as_str) else { continue };
        for (instance_at, instance) in items(plugin.get("INSTANCES")) {
            let path = format!("/PLUGINS/{at}/INSTANCES/{instance_at}");
            if let Some(model) = instance.get("MODEL") {
                parts.extend(chosen(PluginKind::Serving, model, "BACKEND", format!("{path}/MODEL")));
            }
            let Some(mut parameters) = instance.as_object().cloned() else { continue };
            parameters.remove("INSTANCE_ID");
            parameters.remove("MODEL");
            let signature = signature.to_owned();
            parts.push(Part { kind: PluginKind::Business, signature, parameters, path, beside: None, without: Some("MODEL") });
        }
    }
    parts
}

fn acquisition(document: &Value) -> Option<Part> {
    let signature = document.get("TYPE")?.as_str()?.to_owned();
    let mut parameters = document.get("STREAM_CONFIG_METADATA").and_then(Value::as_object).cloned().unwrap_or_default();
    if let Some(url) = document.get("URL") {
        parameters.insert("URL".into(), url.clone());
    }
    let path = "/STREAM_CONFIG_METADATA".into();
    Some(Part { kind: PluginKind::Acquisition, signature, parameters, path, beside: Some("URL"), without: None })
}

/// Collects the parameters of communication plugins: `COMMUNICATION` is one object or a list of them.
fn targets(document: &Value) -> Vec<Part> {
    let of = |keys: &Value, path: String| {
        let mut part = chosen(PluginKind::Communication, keys, "TYPE", path)?;
        part.parameters.remove(CARRIES);
        part.without = Some(CARRIES);
        Some(part)
    };
    match document.get("COMMUNICATION") {
        Some(list @ Value::Array(_)) => items(Some(list)).filter_map(|(at, keys)| of(keys, format!("/COMMUNICATION/{at}"))).collect(),
        Some(keys) => of(keys, "/COMMUNICATION".into()).into_iter().collect(),
        None => Vec::new(),
    }
}

/// Returns the part of an object whose `key` names the plugin.
fn chosen(kind: PluginKind, keys: &Value, key: &str, path: String) -> Option<Part> {
    let mut parameters = keys.as_object()?.clone();
    let signature = parameters.remove(key)?.as_str()?.to_owned();
    Some(Part { kind, signature, parameters, path, beside: None, without: None })
}

fn items(array: Option<&Value>) -> impl Iterator<Item = (usize, &Value)> {
    array.and_then(Value::as_array).into_iter().flatten().enumerate()
}

/// Finds instances of one plugin that have the same name; entries of `PLUGINS` with the same signature count as one plugin.
fn doubled_instances(document: &Value) -> Vec<Fault> {
    let mut seen = BTreeSet::new();
    let mut faults = Vec::new();
    for (at, plugin) in items(document.get("PLUGINS")) {
        let signature = plugin.get("SIGNATURE").and_then(Value::as_str);
        for (instance_at, instance) in items(plugin.get("INSTANCES")) {
            let (Some(signature), Some(id)) = (signature, instance.get("INSTANCE_ID").and_then(Value::as_str)) else { continue };
            if !seen.insert((signature, id)) {
                let path = format!("/PLUGINS/{at}/INSTANCES/{instance_at}/INSTANCE_ID");
                faults.push(Fault { path, message: "is used by another instance of the plugin".into() });
            }
        }
    }
    faults
}
