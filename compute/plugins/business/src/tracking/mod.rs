//! Following detections from row to row.
//!
//! A track is a thing that was detected in several rows. Where its box will be in the next row is predicted by its velocity; predictions
//! and new detections of the same class are paired by overlap, best first. A detection without a pair begins a track; a track without a
//! pair is kept for `MAX_MISSED` rows. A track counts once it was detected in `MIN_ROWS` rows. At most [`MAX_TRACKS`] are followed at a
//! time; detections beyond are left out and counted.

mod config;
mod track;
mod tracks;

pub use config::{TrackingParameters, MAX_TRACKS};
pub(crate) use track::Track;
pub(crate) use tracks::{Step, Tracks};

#[cfg(test)]
mod tests;
