//! `SNAPSHOT`: a picture in the payload, with what a detector saw drawn on it.
//!
//! Taken every `EVERY_ROWS` rows, when `VALUE` meets `WHEN`, or when there are `MIN_DETECTIONS`; at most one in `PAUSE_ROWS` rows.
//!
//! Payload `{ROW, TIME, WIDTH, HEIGHT, QUALITY, TYPE: "image/jpeg", IMAGE, DETECTIONS: [{CLASS, SCORE, BOX}]}`. `IMAGE` is the picture as
//! JPEG in base64, at most [`MAX_IMAGE_BYTES`] characters: a picture that is larger is written with less quality, and then with half the
//! width and height until it fits. Boxes are in pixels of the picture as it came. The result is `{ROWS, SNAPSHOTS}`.

mod config;
mod plugin;
mod render;

pub use config::SnapshotParameters;
pub use plugin::Snapshot;
pub use render::MAX_IMAGE_BYTES;

#[cfg(test)]
mod tests;
