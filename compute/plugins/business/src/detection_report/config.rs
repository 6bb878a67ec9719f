//! Parameters of `DETECTION_REPORT`.

use crate::detections::DetectionsParameters;
use schemars::JsonSchema;
use serde::Deserialize;

/// Counts detections by class and tells when the counts change, or every so many rows.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub struct DetectionReportParameters {
    /// Which detections count: `{"FIELD": "boxes", "MIN_SCORE": 0.5, "CLASSES": [0, 2], "LABELS": ["person", "car", "dog"]}`.
    #[serde(default)]
    pub detections: DetectionsParameters,
    /// Rows for which new counts must stay before they are told.
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 1000))]
    pub confirm_rows: u32,
    /// Rows after which the counts are told although they have not changed; without it, only changes are told.
    #[serde(default)]
    #[schemars(range(min = 1, max = 1_000_000_000))]
    pub every_rows: Option<u32>,
}

fn one() -> u32 {
    1
}
