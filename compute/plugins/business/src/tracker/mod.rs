//! `TRACKER`: follows what a detector sees and tells when something comes and goes.
//!
//! Payloads `{EVENT: "START", TRACK, CLASS, ROW, TIME, BOX}` once a thing was detected often enough, and `{EVENT: "END", …, FIRST_ROW,
//! FIRST_TIME, LAST_ROW, LAST_TIME, DETECTIONS, DISTANCE}` once it was missed too often; things that are still there after the last row end
//! with it. `DISTANCE` is the way of the box's centre in pixels. With `EVERY_ROWS` also `{EVENT: "POSITIONS", ROW, TIME, TRACKS: [{TRACK,
//! CLASS, BOX}]}`.
//!
//! The result is `{ROWS, TRACKS, CLASSES, LONGEST, LEFT_OUT}`: how many things there were, how many of each class, the most rows in which
//! one was detected, and how many detections found no room among the things that are followed at a time.

mod config;
mod plugin;

pub use config::TrackerParameters;
pub use plugin::Tracker;

#[cfg(test)]
mod tests;
