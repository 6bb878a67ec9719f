//! Parameters of `Loopback`.

use crate::{
    columns::Columns,
    join::{default_kinds, Kind},
    messages::{default_batch_rows, default_capacity, default_max_wait_ms, MAX_BATCH_ROWS, MAX_CAPACITY, MAX_WAIT_MS},
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

/// Reads what the pipeline itself sends, so that what comes out goes in again; each payload becomes a row.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub struct LoopbackParameters {
    /// Body of the first row, which sets the loop going each time the source is opened; without it, the loop waits for a payload from elsewhere in
    /// the pipeline.
    #[serde(default)]
    pub seed: Option<Map<String, Value>>,
    /// Business plugin whose payloads are read; all without it.
    #[serde(default)]
    #[schemars(length(min = 1, max = 64))]
    pub signature: Option<String>,
    /// Instance whose payloads are read; all without it.
    #[serde(default)]
    #[schemars(length(min = 1, max = 64))]
    pub instance: Option<String>,
    /// Kinds of payloads that are read.
    #[serde(default = "default_kinds")]
    #[schemars(length(min = 1, max = 4))]
    pub kinds: Vec<Kind>,
    /// What the payloads' bodies hold; without it, a body is the field `message`, as JSON.
    #[serde(default)]
    pub columns: Option<Columns>,
    /// Rows per batch.
    #[serde(default = "default_batch_rows")]
    #[schemars(range(min = 1, max = MAX_BATCH_ROWS))]
    pub batch_rows: u32,
    /// Longest time for which a row waits for its batch to fill, in milliseconds.
    #[serde(default = "default_max_wait_ms")]
    #[schemars(range(max = MAX_WAIT_MS))]
    pub max_wait_ms: u32,
    /// Payloads that may wait; of more, the oldest are dropped and counted.
    #[serde(default = "default_capacity")]
    #[schemars(range(min = 1, max = MAX_CAPACITY))]
    pub capacity: u32,
}
