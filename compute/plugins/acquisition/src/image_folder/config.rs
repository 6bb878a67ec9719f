//! Parameters of `ImageFolder`.

use neurite_core::RelativePath;
use schemars::JsonSchema;
use serde::Deserialize;

/// The most pictures of a batch.
pub const MAX_BATCH_IMAGES: u32 = 256;

/// Reads the pictures in a folder or an archive on the node, sorted by path, divided among workers by contiguous ranges.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub struct ImageFolderParameters {
    /// Path of the folder or of the `.zip`, `.tar`, `.tar.gz` or `.tgz` archive below the engine's data folder.
    pub url: RelativePath,
    /// Most pictures per batch; fewer come if they would take more than 64 MiB.
    #[serde(default = "default_batch_images")]
    #[schemars(range(min = 1, max = MAX_BATCH_IMAGES))]
    pub batch_images: u32,
    /// Width to which pictures are scaled, in pixels, together with HEIGHT. Without both, all pictures must have the same size.
    #[serde(default)]
    #[schemars(range(min = 1, max = 4096))]
    pub width: Option<u32>,
    /// Height to which pictures are scaled, in pixels, together with WIDTH.
    #[serde(default)]
    #[schemars(range(min = 1, max = 4096))]
    pub height: Option<u32>,
    /// Whether the name of the folder that a picture lies in is its true class.
    #[serde(default)]
    pub label_from_folder: bool,
}

fn default_batch_images() -> u32 {
    16
}
