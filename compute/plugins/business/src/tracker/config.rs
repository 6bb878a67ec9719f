//! Parameters of `TRACKER`.

use crate::{detections::DetectionsParameters, tracking::TrackingParameters};
use schemars::JsonSchema;
use serde::Deserialize;

/// Follows detections from row to row, gives each thing a number, and tells when it comes and goes.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub struct TrackerParameters {
    /// Which detections count: `{"FIELD": "boxes", "MIN_SCORE": 0.5, "CLASSES": [0, 2], "LABELS": ["person", "car", "dog"]}`.
    #[serde(default)]
    pub detections: DetectionsParameters,
    /// How things are followed: `{"MIN_OVERLAP": 0.3, "MAX_MISSED": 5, "MIN_ROWS": 3}`.
    #[serde(default)]
    pub tracking: TrackingParameters,
    /// Rows between two payloads of all positions; without it, there are none.
    #[serde(default)]
    #[schemars(range(min = 1, max = 1_000_000_000))]
    pub every_rows: Option<u32>,
}
