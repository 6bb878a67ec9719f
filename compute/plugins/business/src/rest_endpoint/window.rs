//! The rows that are shown.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{json, Value};
use std::{collections::VecDeque, sync::Arc};

/// The most bytes of JSON that are kept of rows.
pub const MAX_WINDOW_BYTES: usize = 1024 * 1024;

/// A row as JSON, cheap to copy. Its text is kept, since numbers that are read and written again may change in the last digit.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct RowText(Arc<str>);

impl Serialize for RowText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for RowText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(text.into()))
    }
}

/// The last rows. Its JSON form is the state in checkpoints.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub(super) struct Window {
    pub(super) rows: u64,
    last: VecDeque<RowText>,
}

impl Window {
    /// Tells whether the bounds are kept.
    pub(super) fn fits(&self, keep: usize) -> bool {
        self.last.len() <= keep && self.bytes() <= MAX_WINDOW_BYTES
    }

    fn bytes(&self) -> usize {
        self.last.iter().map(|row| row.0.len()).sum()
    }

    /// Adds a row and lets go of those that are too many.
    pub(super) fn add(&mut self, keep: usize, time: Value, values: &Value) {
        self.rows += 1;
        let text = json!({ "ROW": self.rows, "TIME": time, "VALUES": values }).to_string();
        self.last.push_back(RowText(text.into()));
        let mut bytes = self.bytes();
        while self.last.len() > keep || bytes > MAX_WINDOW_BYTES {
            bytes -= self.last.pop_front().map_or(0, |row| row.0.len());
        }
    }

    /// Returns what is answered; at most `limit` rows.
    pub(super) fn answer(&self, limit: usize) -> Value {
        let read = |row: &RowText| serde_json::from_str(&row.0).unwrap_or(Value::Null);
        let skipped = self.last.len().saturating_sub(limit);
        let window: Vec<Value> = self.last.iter().skip(skipped).map(read).collect();
        json!({ "ROWS": self.rows, "LAST": self.last.back().map(read), "WINDOW": window })
    }
}
