//! Parameters of `VideoFile`.

use neurite_core::RelativePath;
use schemars::JsonSchema;
use serde::Deserialize;

/// The most pictures of a batch.
pub const MAX_BATCH_FRAMES: u32 = 256;
/// The latest first picture, in Unix milliseconds: the year 9999.
const MAX_START_TIME: u64 = 253_402_300_799_999;

/// Reads the pictures of a video file on the node, divided among workers by contiguous ranges of pictures.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub struct VideoFileParameters {
    /// Path of the file below the engine's data folder.
    pub url: RelativePath,
    /// Most pictures per batch; fewer come if they would take more than 64 MiB.
    #[serde(default = "default_batch_frames")]
    #[schemars(range(min = 1, max = MAX_BATCH_FRAMES))]
    pub batch_frames: u32,
    /// Takes every picture whose number is a multiple of this.
    #[serde(default = "default_step")]
    #[schemars(range(min = 1, max = 1_000_000))]
    pub step: u32,
    /// Width to which pictures are scaled, in pixels; without it, it follows from HEIGHT, or is the video's.
    #[serde(default)]
    #[schemars(range(min = 8, max = 4096))]
    pub width: Option<u32>,
    /// Height to which pictures are scaled, in pixels; without it, it follows from WIDTH, or is the video's.
    #[serde(default)]
    #[schemars(range(min = 8, max = 4096))]
    pub height: Option<u32>,
    /// Time of the video's begin, in Unix milliseconds.
    #[serde(default)]
    #[schemars(range(max = MAX_START_TIME))]
    pub start_time: u64,
}

fn default_batch_frames() -> u32 {
    1
}

fn default_step() -> u32 {
    1
}
