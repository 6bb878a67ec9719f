//! Parameters of `CAMERA_QUALITY`.

use crate::picture::PictureParameters;
use schemars::JsonSchema;
use serde::Deserialize;

/// Tells when a camera is dark, covered, blurred, moved or frozen, and when it is well again.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub struct CameraQualityParameters {
    /// Where pictures are: `{"FIELD": "image"}`, or for numbers of one brightness each `{"FIELD": "features", "HEIGHT": 48, "WIDTH": 64,
    /// "WHITE": 255}`.
    #[serde(default)]
    pub picture: PictureParameters,
    /// The faults to look for.
    #[serde(default = "all_faults")]
    #[schemars(length(min = 1, max = 5))]
    pub faults: Vec<Fault>,
    /// The least mean brightness, of 255.
    #[serde(default = "least_brightness")]
    #[schemars(range(min = 0.0, max = 255.0))]
    pub min_brightness: f64,
    /// The least entropy of the brightness in bits, of 6.
    #[serde(default = "least_entropy")]
    #[schemars(range(min = 0.0, max = 6.0))]
    pub min_entropy: f64,
    /// The least variance of the Laplacian; what is sharp depends on the scene.
    #[serde(default = "least_sharpness")]
    #[schemars(range(min = 0.0, max = 100_000.0))]
    pub min_sharpness: f64,
    /// How far the scene may be shifted, as a share of the picture's width, at most a quarter.
    #[serde(default = "largest_shift")]
    #[schemars(range(min = 0.0, max = 0.25))]
    pub max_shift: f64,
    /// The least agreement (correlation of edges) with the first good picture, at the best shift.
    #[serde(default = "least_agreement")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub min_agreement: f64,
    /// So many equal pictures in a row are a frozen camera.
    #[serde(default = "many_rows")]
    #[schemars(range(min = 2, max = 1_000_000))]
    pub frozen_rows: u32,
    /// Rows in a row that raise a fault, and that clear it.
    #[serde(default = "some_rows")]
    #[schemars(range(min = 1, max = 100_000))]
    pub confirm_rows: u32,
}

/// What can be wrong with a camera.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Fault {
    /// It sees too little light.
    Dark,
    /// Something is in front of it.
    Covered,
    /// It is out of focus.
    Blurred,
    /// It looks elsewhere.
    Moved,
    /// It gives the same picture again and again.
    Frozen,
}

impl Fault {
    /// All faults, in the order in which they are looked for.
    pub const ALL: [Self; 5] = [Self::Dark, Self::Covered, Self::Blurred, Self::Moved, Self::Frozen];

    /// Returns the name that documents and payloads use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dark => "DARK",
            Self::Covered => "COVERED",
            Self::Blurred => "BLURRED",
            Self::Moved => "MOVED",
            Self::Frozen => "FROZEN",
        }
    }
}

fn all_faults() -> Vec<Fault> {
    Fault::ALL.to_vec()
}

fn least_brightness() -> f64 {
    25.0
}

fn least_entropy() -> f64 {
    1.5
}

fn least_sharpness() -> f64 {
    50.0
}

fn largest_shift() -> f64 {
    0.05
}

fn least_agreement() -> f64 {
    0.3
}

fn many_rows() -> u32 {
    25
}

fn some_rows() -> u32 {
    5
}
