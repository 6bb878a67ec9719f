//! Parameters of `ZONE_COUNT`.

use crate::{detections::DetectionsParameters, tracking::TrackingParameters};
use neurite_core::ParameterFault;
use schemars::JsonSchema;
use serde::Deserialize;

/// The most zones, and the most lines.
pub const MAX_PLACES: usize = 32;
/// The most corners of a zone.
pub const MAX_CORNERS: usize = 64;

/// Counts the things that a detector sees in zones of the picture and across lines.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub struct ZoneCountParameters {
    /// Zones, such as `[{"NAME": "door", "POLYGON": [[0, 0], [0.2, 0], [0.2, 1], [0, 1]]}]`, in shares of the picture.
    #[serde(default)]
    #[schemars(length(max = MAX_PLACES))]
    pub zones: Vec<Zone>,
    /// Lines, such as `[{"NAME": "gate", "FROM": [0.5, 0], "TO": [0.5, 1]}]`, in shares of the picture.
    #[serde(default)]
    #[schemars(length(max = MAX_PLACES))]
    pub lines: Vec<Line>,
    /// Where in its box a thing stands.
    #[serde(default = "feet")]
    pub anchor: Anchor,
    /// Width and height of the pictures in pixels; without it, those of the field `image`.
    #[serde(default)]
    #[schemars(inner(range(min = 1, max = 65_535)))]
    pub size: Option<[u32; 2]>,
    /// Which detections count: `{"FIELD": "boxes", "MIN_SCORE": 0.5, "CLASSES": [0, 2], "LABELS": ["person", "car", "dog"]}`.
    #[serde(default)]
    pub detections: DetectionsParameters,
    /// How things are followed: `{"MIN_OVERLAP": 0.3, "MAX_MISSED": 5, "MIN_ROWS": 3}`.
    #[serde(default)]
    pub tracking: TrackingParameters,
}

/// A part of the picture.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub struct Zone {
    /// Its name.
    #[schemars(length(min = 1, max = 64))]
    pub name: String,
    /// Its corners, each the shares of width and height from the left and top.
    #[schemars(length(min = 3, max = MAX_CORNERS))]
    pub polygon: Vec<[f64; 2]>,
}

/// A line across the picture.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub struct Line {
    /// Its name.
    #[schemars(length(min = 1, max = 64))]
    pub name: String,
    /// Where it begins.
    pub from: [f64; 2],
    /// Where it ends.
    pub to: [f64; 2],
}

/// Where in its box a thing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Anchor {
    /// In the middle of the lower edge.
    Feet,
    /// In the centre.
    Centre,
}

fn feet() -> Anchor {
    Anchor::Feet
}

impl ZoneCountParameters {
    /// Returns what is wrong with keys taken together.
    pub(super) fn faults(&self) -> Vec<ParameterFault> {
        let mut faults = Vec::new();
        let mut fault = |path: &str, message: &str| faults.push(ParameterFault { path: path.into(), message: message.into() });
        if self.zones.is_empty() && self.lines.is_empty() {
            fault("/ZONES", "a zone or a line is needed");
        }
        let doubled = |names: Vec<&String>| names.iter().enumerate().any(|(at, name)| names[..at].contains(name));
        if doubled(self.zones.iter().map(|zone| &zone.name).collect()) {
            fault("/ZONES", "must have different names");
        }
        if doubled(self.lines.iter().map(|line| &line.name).collect()) || self.lines.iter().any(|line| line.from == line.to) {
            fault("/LINES", "must have different names, and two ends each");
        }
        faults
    }
}
