//! The reference page of plugins, generated from their types.

use neurite_core::{Descriptor, PluginKind, Registry};
use serde_json::{Map, Value};
use std::fmt::Write;

/// Returns the reference page of all plugins in the registry, in Markdown.
pub fn reference_markdown(registry: &Registry) -> String {
    let mut page = String::from(
        "# Plugins\n\nGenerated from the plugins' Rust types. A pipeline document names them by signature; \
         a document that does not match is refused whole, with the path of each fault.\n",
    );
    for kind in PluginKind::ALL {
        let _ = write!(page, "\n## {}\n\n{}\n", heading(kind), place(kind));
        for descriptor in registry.descriptors(kind) {
            plugin(&mut page, descriptor);
        }
    }
    page
}

fn heading(kind: PluginKind) -> &'static str {
    match kind {
        PluginKind::Acquisition => "Acquisition",
        PluginKind::Serving => "Serving",
        PluginKind::Business => "Business",
        PluginKind::Communication => "Communication",
    }
}

/// Says where a document names plugins of this kind.
fn place(kind: PluginKind) -> &'static str {
    match kind {
        PluginKind::Acquisition => "Named by `TYPE`; `URL` stands beside it, the other parameters in `STREAM_CONFIG_METADATA`.",
        PluginKind::Serving => "Named by `BACKEND` in the `MODEL` of an instance; parameters stand beside it.",
        PluginKind::Business => {
            "Named by `SIGNATURE` in `PLUGINS`; parameters stand in each of `INSTANCES`, beside `INSTANCE_ID` and `MODEL`."
        }
        PluginKind::Communication => {
            "Named by `TYPE` in `COMMUNICATION`, which is one object or a list of them; parameters stand beside it. `CARRIES` beside them lists \
             which payloads go there, of `PAYLOADS`, `NOTIFICATIONS`, `PROGRESS` and `RESULTS`; without it, all. Without `COMMUNICATION` the \
             node decides."
        }
    }
}

fn plugin(page: &mut String, descriptor: &Descriptor) {
    let _ = write!(page, "\n### `{}`\n\n{}\n", descriptor.signature, descriptor.description);
    if descriptor.needs_model {
        page.push_str("\nNeeds a `MODEL`.\n");
    } else if descriptor.takes_model {
        page.push_str("\nMay have a `MODEL`.\n");
    }
    if descriptor.schema.get("properties").and_then(Value::as_object).is_none_or(Map::is_empty) {
        page.push_str("\nNo parameters.\n");
        return;
    }
    page.push_str("\n| Key | Type | Default | Meaning |\n|---|---|---|---|\n");
    rows(page, "", &descriptor.schema);
}

/// Writes a row for every key of an object, each followed by those of the objects in it.
fn rows(page: &mut String, prefix: &str, object: &Value) {
    let required: Vec<&str> = object.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    for (key, schema) in object.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let default = match schema.get("default") {
            _ if required.contains(&key.as_str()) => "required".to_owned(),
            None | Some(Value::Null) => "none".to_owned(),
            Some(value) => format!("`{value}`"),
        };
        let meaning = schema.get("description").and_then(Value::as_str).unwrap_or_default().replace('\n', " ").replace('|', "\\|");
        let _ = writeln!(page, "| `{prefix}{key}` | {} | {default} | {meaning} |", type_of(schema));
        for (suffix, inner) in nested(schema) {
            rows(page, &format!("{prefix}{key}{suffix}."), inner);
        }
    }
}

/// Returns the objects that a value may hold, each with how its keys are set apart from those of the others.
fn nested(schema: &Value) -> Vec<(String, &Value)> {
    if schema.get("properties").is_some() {
        return vec![(String::new(), schema)];
    }
    if let Some(items) = schema.get("items") {
        return nested(items).into_iter().map(|(suffix, inner)| (format!("[]{suffix}"), inner)).collect();
    }
    branches(schema).flat_map(nested).map(|(suffix, inner)| (format!("{suffix}{}", tag(inner)), inner)).collect()
}

/// Returns the schemas of which a value has to match one.
fn branches(schema: &Value) -> impl Iterator<Item = &Value> {
    ["oneOf", "anyOf"].into_iter().filter_map(|word| schema.get(word)?.as_array()).flatten()
}

/// Names a branch by the key whose value is fixed in it.
fn tag(branch: &Value) -> String {
    let fixed = branch.get("properties").and_then(Value::as_object).into_iter().flatten();
    let named = fixed.filter_map(|(_, schema)| schema.get("const")?.as_str()).next();
    named.map(|name| format!("({name})")).unwrap_or_default()
}

/// Says in a few words what a schema accepts.
fn type_of(schema: &Value) -> String {
    if let Some(options) = schema.get("enum").and_then(Value::as_array) {
        return options.iter().filter(|option| !option.is_null()).map(|option| format!("`{option}`")).collect::<Vec<_>>().join(" or ");
    }
    if let Some(fixed) = schema.get("const") {
        return format!("`{fixed}`");
    }
    let mut choices: Vec<String> = branches(schema).map(type_of).filter(|choice| choice != "null").collect();
    if !choices.is_empty() {
        choices.dedup();
        return choices.join(" or ");
    }
    let name = match schema.get("type") {
        Some(Value::String(name)) => name.clone(),
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).filter(|name| *name != "null").collect::<Vec<_>>().join(" or "),
        _ => "value".into(),
    };
    let name = match (name.as_str(), schema.get("items")) {
        ("array", Some(items)) => format!("list of {}", type_of(items)),
        _ => name,
    };
    match (schema.get("minimum"), schema.get("maximum")) {
        (Some(least), Some(most)) => format!("{name}, {least} to {most}"),
        (Some(least), None) => format!("{name}, at least {least}"),
        (None, Some(most)) => format!("{name}, at most {most}"),
        (None, None) => name,
    }
}
