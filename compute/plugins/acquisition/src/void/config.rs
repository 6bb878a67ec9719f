//! Parameters of `Void`.

use schemars::JsonSchema;
use serde::Deserialize;

/// The longest time between two ticks, in milliseconds: a day.
const MAX_INTERVAL_MS: u64 = 86_400_000;
/// The most ticks of a source that ends.
const MAX_COUNT: u64 = 1_000_000_000;
/// The latest first tick, in Unix milliseconds: the year 9999.
const MAX_START_TIME: u64 = 253_402_300_799_999;

/// Ticks without data: rows of nothing but a time, for plugins that act by themselves.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub struct VoidParameters {
    /// Milliseconds from one tick to the next.
    #[serde(default = "default_interval_ms")]
    #[schemars(range(min = 1, max = MAX_INTERVAL_MS))]
    pub interval_ms: u64,
    /// Number of ticks. Without it, the ticks have no end.
    #[serde(default)]
    #[schemars(range(min = 1, max = MAX_COUNT))]
    pub count: Option<u64>,
    /// Time that the first of COUNT ticks carries, in Unix milliseconds; 0 by default.
    #[serde(default)]
    #[schemars(range(max = MAX_START_TIME))]
    pub start_time: Option<u64>,
}

fn default_interval_ms() -> u64 {
    1000
}
