//! Parameters of `OnDemand`.

use crate::{
    columns::Columns,
    messages::{default_batch_rows, default_max_wait_ms, MAX_BATCH_ROWS, MAX_WAITING, MAX_WAIT_MS},
};
use schemars::JsonSchema;
use serde::Deserialize;

/// The largest body that may be allowed, in bytes.
pub(super) const MAX_BODY_BYTES: u32 = 2 * 1024 * 1024;

/// Takes rows that people and programs send to the engine's HTTP API: each JSON body becomes a row, and the answer is its number.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub struct OnDemandParameters {
    /// Path of the route below `/v1/pipelines/NAME/`.
    #[serde(default = "default_path")]
    #[schemars(length(min = 1, max = 128), regex(pattern = r"^[A-Za-z0-9._~-]+(/[A-Za-z0-9._~-]+)*$"))]
    pub path: String,
    /// What the JSON objects hold; without it, the body is the field `message`.
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
    /// Requests that may wait; more are answered 429.
    #[serde(default = "default_waiting")]
    #[schemars(range(min = 1, max = MAX_WAITING))]
    pub waiting: u32,
    /// Largest body, in bytes; larger ones are answered 413.
    #[serde(default = "default_max_body_bytes")]
    #[schemars(range(min = 1, max = MAX_BODY_BYTES))]
    pub max_body_bytes: u32,
}

fn default_path() -> String {
    "input".into()
}

fn default_waiting() -> u32 {
    256
}

fn default_max_body_bytes() -> u32 {
    64 * 1024
}
