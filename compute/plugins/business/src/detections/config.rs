//! Which detections count, as documents say it.

use neurite_core::Field;
use schemars::JsonSchema;
use serde::Deserialize;

/// The most classes of detections.
pub const MAX_CLASSES: u16 = 1024;

/// Which detections count: `{"FIELD": "boxes", "MIN_SCORE": 0.5, "CLASSES": [0, 2], "LABELS": ["person", "car", "dog"]}`.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields, default)]
pub struct DetectionsParameters {
    /// The field of boxes.
    #[schemars(length(min = 1, max = 128))]
    pub field: String,
    /// The least score.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub min_score: f32,
    /// The classes that count; without it, all.
    #[schemars(length(min = 1, max = MAX_CLASSES), inner(range(max = 1023)))]
    pub classes: Option<Vec<u16>>,
    /// The names of the classes from 0 on; classes without a name are called by their number.
    #[schemars(length(max = MAX_CLASSES), inner(length(min = 1, max = 64)))]
    pub labels: Vec<String>,
}

impl Default for DetectionsParameters {
    fn default() -> Self {
        Self { field: Field::BOXES.to_owned(), min_score: 0.5, classes: None, labels: Vec::new() }
    }
}

impl DetectionsParameters {
    /// Returns the name of a class.
    pub(crate) fn label(&self, class: u16) -> String {
        self.labels.get(usize::from(class)).cloned().unwrap_or_else(|| class.to_string())
    }
}
