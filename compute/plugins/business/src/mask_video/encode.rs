//! The child that makes videos: Debian's `ffmpeg`.
//!
//! It reads what this plugin wrote, never what came from outside, and is done with one file before it ends: it needs no more confinement
//! than its list of protocols. No shell is involved.

use super::{error::VideoError, Codec};
use std::{
    ffi::OsString,
    io::ErrorKind,
    os::unix::process::CommandExt,
    path::Path,
    process::{Command, Stdio},
};
use tokio::runtime::{Handle, RuntimeFlavor};

/// The program, looked up on the search path.
const PROGRAM: &str = "ffmpeg";
/// Arguments before the input.
const INPUT: [&str; 8] = ["-hide_banner", "-nostdin", "-loglevel", "error", "-xerror", "-protocol_whitelist", "file", "-f"];
/// Arguments that take every picture as it is.
const PICTURES: [&str; 6] = ["-map", "0:v:0", "-fps_mode", "passthrough", "-threads", "2"];
/// Arguments for a Matroska file that tells nothing of who made it, at the path that follows.
const OUTPUT: [&str; 7] = ["-map_metadata", "-1", "-fflags", "+bitexact", "-y", "-f", "matroska"];

/// Makes the video `draft` of the JPEGs in `pictures`; blocks until it is there. `name` is for errors.
pub(super) fn encode(pictures: &Path, draft: &Path, codec: Codec, frames_per_second: f64, name: &str) -> Result<(), VideoError> {
    let mut command = Command::new(PROGRAM);
    command.args(INPUT).args(["mjpeg", "-framerate", &frames_per_second.to_string(), "-i"]).arg(local(pictures));
    command.args(PICTURES).args(arguments(codec)).args(OUTPUT).arg(local(draft));
    // A key that interrupts the engine must not interrupt the child, too: the engine is finishing what it has.
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).process_group(0);
    let output = blocking(|| command.output()).map_err(|source| match source.kind() {
        ErrorKind::NotFound => VideoError::Missing,
        _ => VideoError::File { file: name.to_owned(), source },
    })?;
    if output.status.success() {
        return Ok(());
    }
    let messages = String::from_utf8_lossy(&output.stderr);
    let reason = messages.lines().last().map_or_else(|| output.status.to_string(), str::to_owned);
    Err(VideoError::Failed { file: name.to_owned(), reason })
}

fn arguments(codec: Codec) -> &'static [&'static str] {
    match codec {
        // Sides of 4:2:0 pictures are even: what is missing is added in black.
        Codec::H264 => &[
            "-c:v",
            "libx264",
            "-preset",
            "veryfast",
            "-crf",
            "20",
            "-vf",
            "pad=ceil(iw/2)*2:ceil(ih/2)*2,scale=out_range=tv,format=yuv420p",
        ],
        Codec::Mjpeg => &["-c:v", "copy"],
    }
}

/// Without the prefix, a name with a colon would be taken for a URL.
fn local(path: &Path) -> OsString {
    let mut text = OsString::from("file:");
    text.push(path);
    text
}

/// Runs what blocks; where other tasks share the thread and can go elsewhere, they do.
fn blocking<T>(call: impl FnOnce() -> T) -> T {
    match Handle::try_current() {
        Ok(handle) if handle.runtime_flavor() == RuntimeFlavor::MultiThread => tokio::task::block_in_place(call),
        _ => call(),
    }
}
