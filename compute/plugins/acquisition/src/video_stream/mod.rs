//! `VideoStream`: the pictures of a camera, as they come.
//!
//! A row is a picture: `image`, `time` in Unix milliseconds when it was received, and `frame`, how many pictures came before it since the camera
//! was opened (`F64`). Cameras speak RTSP or HTTP (MPEG-TS, multipart JPEG, and what else `ffmpeg` finds in the answer).
//!
//! A task of its own reads pictures all the time and keeps the newest `QUEUE_FRAMES`; older ones that were not taken in time are dropped and
//! counted, so that what the pipeline sees is never older than it must be. A slow pipeline therefore skips pictures, and `frame` tells how many.
//!
//! Guarantees: a camera that ends, refuses or sends nothing for `STALL_SECONDS` makes the source unavailable after the pictures received so far; the
//! engine opens it again with growing waits. User and password come from the operator's connections; they are given to the decoder through a pipe,
//! never on its command line, and are cut out of its messages. Only one connection is open, and it is closed when the source is dropped.

mod address;
mod arrivals;
mod config;
mod plugin;
mod reader;

pub use config::{RtspTransport, VideoStreamParameters};
pub use plugin::VideoStream;

#[cfg(test)]
mod rtsp;
#[cfg(test)]
mod tests;
