//! How things are followed, as documents say it.

use schemars::JsonSchema;
use serde::Deserialize;

/// The most things that are followed at a time.
pub const MAX_TRACKS: usize = 256;

/// How things are followed: `{"MIN_OVERLAP": 0.3, "MAX_MISSED": 5, "MIN_ROWS": 3}`.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields, default)]
pub struct TrackingParameters {
    /// The least overlap (intersection over union) of a detection with where a track is expected.
    #[schemars(range(min = 0.01, max = 1.0))]
    pub min_overlap: f64,
    /// Rows in a row without a detection that a track outlives.
    #[schemars(range(max = 1000))]
    pub max_missed: u32,
    /// Rows with a detection after which a track counts.
    #[schemars(range(min = 1, max = 1000))]
    pub min_rows: u32,
}

impl Default for TrackingParameters {
    fn default() -> Self {
        Self { min_overlap: 0.3, max_missed: 5, min_rows: 3 }
    }
}
