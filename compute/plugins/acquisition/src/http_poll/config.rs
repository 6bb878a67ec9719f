//! Parameters of `HttpPoll`.

use crate::{
    columns::Columns,
    messages::{default_batch_rows, MAX_BATCH_ROWS},
};
use schemars::JsonSchema;
use serde::Deserialize;

/// The shortest time between two requests, in milliseconds.
const MIN_INTERVAL_MS: u32 = 100;
/// The longest time between two requests, in milliseconds.
const MAX_INTERVAL_MS: u32 = 24 * 60 * 60 * 1000;
/// The largest answer that may be allowed, in bytes.
const MAX_BODY_BYTES: u32 = 16 * 1024 * 1024;

/// Asks a web server for the same resource again and again; what it answers becomes rows.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub struct HttpPollParameters {
    /// The resource: `connection:NAME`, with user and password or with a token alone, or `http://…` or `https://…` where none is asked for.
    #[schemars(length(min = 1, max = 2048))]
    pub url: String,
    /// Time between an answer and the next request, in milliseconds.
    #[serde(default = "default_interval_ms")]
    #[schemars(range(min = MIN_INTERVAL_MS, max = MAX_INTERVAL_MS))]
    pub interval_ms: u32,
    /// What an answer holds.
    #[serde(default)]
    pub format: Format,
    /// What the JSON objects hold; without it, each is the field `message`.
    #[serde(default)]
    pub columns: Option<Columns>,
    /// Rows per batch.
    #[serde(default = "default_batch_rows")]
    #[schemars(range(min = 1, max = MAX_BATCH_ROWS))]
    pub batch_rows: u32,
    /// Largest answer, in bytes; a larger one is a failure.
    #[serde(default = "default_max_body_bytes")]
    #[schemars(range(min = 1, max = MAX_BODY_BYTES))]
    pub max_body_bytes: u32,
}

/// What an answer holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Format {
    /// A JSON array, of which every element is a row, or any other JSON value, which is one.
    #[default]
    Json,
    /// Text, of which every line that is not empty is a row.
    Lines,
}

fn default_interval_ms() -> u32 {
    10_000
}

fn default_max_body_bytes() -> u32 {
    1024 * 1024
}
