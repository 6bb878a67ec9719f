//! Parameters of `MASK_VIDEO`.

use crate::{detections::DetectionsParameters, picture::PictureParameters};
use schemars::JsonSchema;
use serde::Deserialize;

/// Writes a video in which what a detector sees cannot be recognised.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub struct MaskVideoParameters {
    /// Where pictures are: `{"FIELD": "image"}`, or for numbers of one brightness each `{"FIELD": "features", "HEIGHT": 48, "WIDTH": 64,
    /// "WHITE": 255}`.
    #[serde(default)]
    pub picture: PictureParameters,
    /// Which detections to mask: `{"FIELD": "boxes", "MIN_SCORE": 0.5, "CLASSES": [0, 2]}`. Rows without this field are masked whole.
    #[serde(default)]
    pub detections: DetectionsParameters,
    /// What stands in the place of a box.
    #[serde(default)]
    pub style: Style,
    /// Cells across and down that `PIXELATE` leaves of a box; fewer where they would be smaller than 8 pixels.
    #[serde(default = "few")]
    #[schemars(range(min = 1, max = 8))]
    pub cells: u8,
    /// What each side of a box is moved outwards by, as a share of the box's width or height.
    #[serde(default = "a_tenth")]
    #[schemars(range(min = 0.0, max = 2.0))]
    pub margin: f64,
    /// Rows in a row without a detection in which a thing stays masked, wherever it can have gone at the pace it had; 0 remembers nothing.
    #[serde(default = "ten")]
    #[schemars(range(max = 1000))]
    pub hold_frames: u32,
    /// How the video is encoded.
    #[serde(default)]
    pub codec: Codec,
    /// Pictures a second of the video: every row lasts as long as any other.
    #[serde(default = "usual")]
    #[schemars(range(min = 0.01, max = 240.0))]
    pub frames_per_second: f64,
    /// Quality of the JPEG of each picture, from which the video is made.
    #[serde(default = "good")]
    #[schemars(range(min = 30, max = 95))]
    pub quality: u8,
    /// The most MiB that the pictures of a file take as JPEG; what comes after goes into the next file.
    #[serde(default = "some")]
    #[schemars(range(min = 1, max = 4096))]
    pub max_file_mib: u32,
    /// The most files; the oldest is removed when there are more.
    #[serde(default = "many")]
    #[schemars(range(min = 1, max = 1000))]
    pub max_files: u32,
}

/// What stands in the place of a box.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Style {
    /// Black: nothing is left.
    #[default]
    Fill,
    /// A few cells of the mean colour of what was there. Less than `FILL` hides: who knows the candidates can compare their means.
    Pixelate,
}

/// How a video is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Codec {
    /// H.264: small. Encoding takes a while when a file is finished; a live source may drop rows meanwhile.
    #[default]
    H264,
    /// Motion JPEG: the pictures as they are, which takes no time but several times the space.
    Mjpeg,
}

fn few() -> u8 {
    4
}

fn a_tenth() -> f64 {
    0.1
}

fn ten() -> u32 {
    10
}

fn usual() -> f64 {
    25.0
}

fn good() -> u8 {
    90
}

fn some() -> u32 {
    64
}

fn many() -> u32 {
    100
}

impl MaskVideoParameters {
    /// Returns the most bytes that the pictures of a file may take.
    pub(super) fn max_bytes(&self) -> u64 {
        u64::from(self.max_file_mib) << 20
    }
}
