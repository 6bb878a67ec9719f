//! Parameters of `Telemetry`.

use schemars::JsonSchema;
use serde::Deserialize;

/// The shortest time between two rows, in milliseconds: the kernel counts processor time in steps of 10 ms.
const MIN_INTERVAL_MS: u64 = 100;
/// The longest time between two rows, in milliseconds: an hour.
const MAX_INTERVAL_MS: u64 = 3_600_000;

/// Reads what the machine measures of itself: processors, memory, disks, networks, temperatures.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub struct TelemetryParameters {
    /// Milliseconds from one row to the next.
    #[serde(default = "default_interval_ms")]
    #[schemars(range(min = MIN_INTERVAL_MS, max = MAX_INTERVAL_MS))]
    pub interval_ms: u64,
    /// Whether each processor has a column of its own, beside the one of all.
    #[serde(default)]
    pub cores: bool,
}

fn default_interval_ms() -> u64 {
    1000
}
