//! What can go wrong with videos.

use neurite_core::PluginError;
use std::io;

/// Why a video cannot be written; all are the node's fault.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(super) enum VideoError {
    /// The program is not on the search path.
    #[error("ffmpeg is not installed on this node")]
    Missing,
    /// A file cannot be used.
    #[error("{file}: {source}")]
    File {
        /// The video that it is for.
        file: String,
        /// What happened.
        source: io::Error,
    },
    /// Somebody removed what was written before a restart.
    #[error("the pictures of {file} that were written before the restart are gone")]
    Gone {
        /// The video that they are for.
        file: String,
    },
    /// The program failed.
    #[error("ffmpeg cannot make {file}: {reason}")]
    Failed {
        /// The video that was to be made.
        file: String,
        /// Its last words.
        reason: String,
    },
}

impl From<VideoError> for PluginError {
    fn from(error: VideoError) -> Self {
        Self::resources(error.to_string())
    }
}
