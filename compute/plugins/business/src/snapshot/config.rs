//! Parameters of `SNAPSHOT`.

use crate::{
    detections::DetectionsParameters,
    picture::PictureParameters,
    values::{Condition, ValueName},
};
use neurite_core::ParameterFault;
use schemars::JsonSchema;
use serde::Deserialize;

/// Sends pictures with boxes and labels drawn on them, on a condition or every so many rows.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub struct SnapshotParameters {
    /// Where pictures are: `{"FIELD": "image"}`, or for numbers of one brightness each `{"FIELD": "features", "HEIGHT": 8, "WIDTH": 8,
    /// "WHITE": 16}`.
    #[serde(default)]
    pub picture: PictureParameters,
    /// Which detections to draw: `{"FIELD": "boxes", "MIN_SCORE": 0.5, "CLASSES": [0, 2], "LABELS": ["person", "car", "dog"]}`; without it,
    /// none.
    #[serde(default)]
    pub detections: Option<DetectionsParameters>,
    /// Take one row of so many: the last of them.
    #[serde(default)]
    #[schemars(range(min = 1, max = 1_000_000_000))]
    pub every_rows: Option<u32>,
    /// The value that `WHEN` is about: `FIELD` or `FIELD/COLUMN`, of the model's outputs or of the rows.
    #[serde(default)]
    pub value: Option<ValueName>,
    /// Take rows whose value is so: `{"ABOVE": x}`, `{"BELOW": x}`, `{"OUTSIDE": [low, high]}`, `{"INSIDE": [low, high]}` or `{"EQUALS":
    /// x}`.
    #[serde(default)]
    pub when: Option<Condition>,
    /// Take rows with so many detections.
    #[serde(default)]
    #[schemars(range(min = 1, max = 100_000))]
    pub min_detections: Option<u32>,
    /// The fewest rows from one picture to the next.
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 1_000_000_000))]
    pub pause_rows: u32,
    /// Quality of the JPEG.
    #[serde(default = "good")]
    #[schemars(range(min = 10, max = 95))]
    pub quality: u8,
}

fn one() -> u32 {
    1
}

fn good() -> u8 {
    80
}

impl SnapshotParameters {
    /// Returns what is wrong with keys taken together.
    pub(super) fn faults(&self) -> Vec<ParameterFault> {
        let mut faults = Vec::new();
        let mut fault = |path: &str, message: &str| faults.push(ParameterFault { path: path.into(), message: message.into() });
        if self.value.is_some() != self.when.is_some() {
            fault("/WHEN", "and VALUE need each other");
        }
        if self.when.is_some_and(|when| !when.is_ordered()) {
            fault("/WHEN", "must have its lower bound first");
        }
        if self.min_detections.is_some() && self.detections.is_none() {
            fault("/MIN_DETECTIONS", "needs DETECTIONS");
        }
        if self.every_rows.is_none() && self.when.is_none() && self.min_detections.is_none() {
            fault("/EVERY_ROWS", "nothing says when to take a picture: this, WHEN or MIN_DETECTIONS");
        }
        faults
    }
}
