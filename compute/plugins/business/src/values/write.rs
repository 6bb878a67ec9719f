//! Numbers in payloads and results.

use serde_json::{json, Map, Value};

/// Writes a number of a payload; null for one that is missing or infinite.
pub(crate) fn number(value: f64) -> Value {
    serde_json::Number::from_f64(value).map_or(Value::Null, Value::Number)
}

/// Writes a number of a result as text with six decimals, so that no float is part of a commitment; null for one that is missing.
pub(crate) fn fixed(value: f64) -> Value {
    if !value.is_finite() {
        return Value::Null;
    }
    let text = format!("{value:.6}");
    json!(if text == "-0.000000" { "0.000000" } else { &text })
}

/// Writes the time of a row.
pub(crate) fn time_or_null(time: Option<i64>) -> Value {
    time.map_or(Value::Null, Value::from)
}

/// Makes the body of a payload of an object.
pub(crate) fn body(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(body) => body,
        other => Map::from_iter([("VALUE".to_owned(), other)]),
    }
}
