//! The times of a video's pictures, and thereby their number.

use crate::ffmpeg::{Command, FfmpegError, Process};
use std::path::Path;
use tokio::io::AsyncBufReadExt;

/// The most pictures of a file: 38 hours at 30 a second.
pub(super) const MAX_FRAMES: usize = 4 * 1024 * 1024;

/// Decodes the file and returns the time of every `step`-th picture, in milliseconds from the begin.
pub(super) async fn read_times(file: &Path, step: u32) -> Result<Vec<i64>, FfmpegError> {
    let mut process = Process::start(&Command::times(file, step)).await?;
    let mut times = Vec::new();
    let mut line = String::new();
    while process.output.read_line(&mut line).await? > 0 {
        if let Some(time) = parse_line(&line)? {
            if times.len() >= MAX_FRAMES {
                return Err(FfmpegError::Refused(format!("has more than {MAX_FRAMES} pictures: set STEP")));
            }
            times.push(time);
        }
        line.clear();
    }
    process.finish().await?;
    Ok(times)
}

/// Reads a line; `None` if it is a comment.
fn parse_line(line: &str) -> Result<Option<i64>, FfmpegError> {
    match line.trim() {
        comment if comment.starts_with('#') => Ok(None),
        time => time.parse().map(Some).map_err(|_| FfmpegError::Garbled),
    }
}
