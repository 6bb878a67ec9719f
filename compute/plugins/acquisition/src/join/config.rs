//! Parameters of `Join`.

use crate::{
    columns::Columns,
    messages::{default_batch_rows, default_capacity, default_max_wait_ms, MAX_BATCH_ROWS, MAX_CAPACITY, MAX_WAIT_MS},
};
use neurite_core::PayloadKind;
use schemars::JsonSchema;
use serde::Deserialize;

/// Reads what other pipelines of this engine send; each payload becomes a row.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub struct JoinParameters {
    /// Names of the pipelines.
    #[schemars(length(min = 1, max = 64), inner(length(min = 1, max = 64)))]
    pub pipelines: Vec<String>,
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

/// What a payload is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Kind {
    /// How far the work is.
    Progress,
    /// Something found on the way.
    Data,
    /// Something that a person should know.
    Notification,
    /// The result of a shard.
    Result,
}

impl Kind {
    /// Tells whether a payload is of this kind.
    pub(crate) fn is(self, kind: PayloadKind) -> bool {
        let own = match self {
            Self::Progress => PayloadKind::Progress,
            Self::Data => PayloadKind::Data,
            Self::Notification => PayloadKind::Notification,
            Self::Result => PayloadKind::Result,
        };
        own == kind
    }
}

pub(crate) fn default_kinds() -> Vec<Kind> {
    vec![Kind::Data, Kind::Result]
}
