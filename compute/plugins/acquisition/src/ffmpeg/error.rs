//! What can go wrong with the child.

use super::picture::MAX_SIDE;
use std::io;

/// Why there are no more pictures.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum FfmpegError {
    /// The program is not on the search path.
    #[error("ffmpeg is not installed on this node")]
    Missing,
    /// The process could not be started or read.
    #[error("ffmpeg cannot be run: {0}")]
    Process(#[from] io::Error),
    /// Somebody or something killed the process.
    #[error("ffmpeg was ended by a signal")]
    Killed,
    /// The program refused the input; its own words.
    #[error("{0}")]
    Refused(String),
    /// A picture is larger than what is possible.
    #[error("pictures are {width} x {height} pixels, at most {MAX_SIDE} x {MAX_SIDE} are possible: set WIDTH or HEIGHT")]
    TooLarge { width: usize, height: usize },
    /// The program wrote something else than pictures.
    #[error("ffmpeg gave something that is no picture")]
    Garbled,
}

impl FfmpegError {
    /// Tells whether the input is at fault, and not the node.
    pub(crate) fn is_inputs(&self) -> bool {
        matches!(self, Self::Refused(_) | Self::TooLarge { .. } | Self::Garbled)
    }
}
