//! Canonical JSON: the one text of a message that is hashed and signed.
//!
//! It is what Python's `json.dumps(message, sort_keys=True, separators=(",", ":"))` writes: keys sorted by code points, no spaces,
//! floats as Python's `repr`, NaN and infinities as `null`. Two forms differ in characters outside printable ASCII: escaped
//! ([`Form::Ascii`], Python's default and the one we sign) or plain ([`Form::Utf8`], which the Python SDK signs by default). Both
//! say the same, so a verifier takes either.
//!
//! A received text is brought into this form without interpreting numbers: their text is kept, so that hashing never reformats
//! what the sender wrote. Text, nesting and the number of members are bounded; duplicate keys and unpaired surrogates are refused.

mod number;
mod scan;
mod tree;

pub use number::float;
pub use scan::{canonical, canonical_message, CanonicalMessage, Malformed, MAX_DEPTH, MAX_MEMBERS};
pub use tree::parse;
pub(crate) use tree::read;

use serde_json::Value;
use std::fmt::Write as _;

/// How characters outside printable ASCII are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As `\uXXXX`, in surrogate pairs where needed (`ensure_ascii=True`).
    Ascii,
    /// As they are (`ensure_ascii=False`).
    Utf8,
}

/// Writes a value canonically, in the form that we sign.
///
/// The blake3 hash of this text is the commitment to a result.
pub fn to_string(value: &Value) -> String {
    let mut text = String::new();
    write_value(value, &mut text);
    to_ascii(&text)
}

/// Escapes what is outside printable ASCII in a canonical text.
pub fn to_ascii(text: &str) -> String {
    // Outside strings a canonical text is printable ASCII, so every character can be treated alike.
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, ' '..='~') {
            escaped.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            // Writing to a string does not fail.
            let _ = write!(escaped, "\\u{unit:04x}");
        }
    }
    escaped
}

fn write_value(value: &Value, text: &mut String) {
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(true) => text.push_str("true"),
        Value::Bool(false) => text.push_str("false"),
        Value::Number(number) => number::write(number, text),
        Value::String(string) => write_string(string, text),
        Value::Array(items) => write_items('[', items.iter(), ']', text, write_value),
        Value::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            // The order of bytes in UTF-8 is that of code points.
            sorted.sort_unstable_by_key(|(key, _)| key.as_bytes());
            write_items('{', sorted.into_iter(), '}', text, |(key, value), text| {
                write_string(key, text);
                text.push(':');
                write_value(value, text);
            });
        }
    }
}

fn write_items<T>(open: char, items: impl Iterator<Item = T>, close: char, text: &mut String, write: impl Fn(T, &mut String)) {
    text.push(open);
    for (position, item) in items.enumerate() {
        if position > 0 {
            text.push(',');
        }
        write(item, text);
    }
    text.push(close);
}

/// Writes a string as Python does with `ensure_ascii=False`.
fn write_string(string: &str, text: &mut String) {
    text.push('"');
    for character in string.chars() {
        write_character(character, text);
    }
    text.push('"');
}

fn write_character(character: char, text: &mut String) {
    match character {
        '"' => text.push_str("\\\""),
        '\\' => text.push_str("\\\\"),
        '\n' => text.push_str("\\n"),
        '\r' => text.push_str("\\r"),
        '\t' => text.push_str("\\t"),
        '\u{8}' => text.push_str("\\b"),
        '\u{c}' => text.push_str("\\f"),
        '\0'..='\u{1f}' => {
            let _ = write!(text, "\\u{:04x}", u32::from(character));
        }
        _ => text.push(character),
    }
}
