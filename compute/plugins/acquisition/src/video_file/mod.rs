//! `VideoFile`: the pictures of a video in the engine's data folder.
//!
//! Every picture, or every `STEP`-th, becomes a row: `image`, `time` in Unix milliseconds counted from `START_TIME`, and `frame`, the picture's
//! number in the file counted from 0 (`F64`). The file is decoded once when it is opened, which counts its pictures and learns their times, and
//! then by batches. Workers divide the pictures by contiguous ranges; how fast they come is for the engine's `CAP_RESOLUTION` to say.
//!
//! Guarantees: rows and their order depend on file, parameters and shard only, as long as all nodes have the same version of `ffmpeg`. To begin
//! anywhere but at the front, all pictures before are decoded and thrown away: slower than a jump, but a jump hits the wrong picture in many
//! files. Video that is damaged is refused when it is opened, as an input failure. If the decoder is killed, the source is unavailable and goes
//! on where it was when it is opened again.
//!
//! Memory: eight bytes for each picture, the batch, and the decoder's own.

mod config;
mod plugin;
mod times;

pub use config::{VideoFileParameters, MAX_BATCH_FRAMES};
pub use plugin::VideoFile;

#[cfg(test)]
mod tests;
