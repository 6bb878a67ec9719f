//! `ZONE_COUNT`: how many things are in a zone, and how many crossed a line.
//!
//! Things are followed as by `TRACKER`, and each stands where its `ANCHOR` is: the middle of its box's lower edge, where feet are, or its
//! centre. Zones are polygons and lines are segments, both in shares of the picture's width and height. A thing crosses a line when its way
//! from one row to the next does: `FORWARD` from the left of the line to its right, looking from `FROM` to `TO`.
//!
//! Payloads `{EVENT: "ENTER" | "LEAVE", ZONE, INSIDE, TRACK, CLASS, ROW, TIME}` and `{EVENT: "CROSS", LINE, DIRECTION, FORWARD, BACKWARD,
//! TRACK, CLASS, ROW, TIME}`. A thing that is no longer followed leaves its zones.
//!
//! The result is `{ROWS, TRACKS, LEFT_OUT, ZONES: {name: {ENTERED, LEFT, INSIDE, MOST_INSIDE}}, LINES: {name: {FORWARD, BACKWARD}}}`.

mod config;
mod geometry;
mod places;
mod plugin;

pub use config::{Anchor, Line, Zone, ZoneCountParameters, MAX_CORNERS, MAX_PLACES};
pub use plugin::ZoneCount;

#[cfg(test)]
mod tests;
