//! JSON objects as rows.

use super::{Cell, Place};
use neurite_core::PluginError;
use serde_json::{Map, Value};

/// Reads one JSON object; fails with [`PluginError::Input`] if the bytes are anything else.
pub fn object(place: Place<'_>, bytes: &[u8]) -> Result<Map<String, Value>, PluginError> {
    let found = serde_json::from_slice::<Map<String, Value>>(bytes);
    found.map_err(|error| PluginError::input(place.input, format!("row {} is no JSON object: {error}", place.row)))
}

/// Returns the value of a column: a key, or with `/` at its beginning a JSON pointer.
pub fn value_of<'a>(object: &'a Map<String, Value>, name: &str) -> Cell<'a> {
    let found = match name.strip_prefix('/') {
        // The first step leads into the object itself, which is no `Value`.
        Some(pointer) => {
            let (key, rest) = pointer.split_at(pointer.find('/').unwrap_or(pointer.len()));
            object.get(&key.replace("~1", "/").replace("~0", "~")).and_then(|value| value.pointer(rest))
        }
        None => object.get(name),
    };
    found.map_or(Cell::Null, cell_of)
}

/// Returns a JSON value as a cell; lists and objects are their JSON text.
pub fn cell_of(value: &Value) -> Cell<'_> {
    match value {
        Value::Null => Cell::Null,
        Value::Bool(value) => Cell::Bool(*value),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => Cell::Integer(whole),
            None => number.as_f64().map_or(Cell::Null, Cell::Float),
        },
        Value::String(text) => Cell::text(text),
        Value::Array(_) | Value::Object(_) => Cell::Text(value.to_string().into()),
    }
}
