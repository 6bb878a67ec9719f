//! `CAMERA_QUALITY`: whether a camera still sees what it should.
//!
//! Faults: `DARK`, the mean brightness is low; `COVERED`, the brightness hardly differs over the picture (low entropy); `BLURRED`, there
//! are no sharp edges (low variance of the Laplacian); `MOVED`, the edges of the picture agree best with those of the first good picture
//! when shifted, or do not agree at all; `FROZEN`, the very same picture comes again and again. A picture that is dark or covered is not
//! looked at for blur, and one with any of these faults not for movement.
//!
//! Payloads `{EVENT: "RAISE" | "CLEAR", FAULT, MEASURE, LIMIT, ROW, TIME, SINCE_ROW, SINCE}` once a fault, or its absence, was seen in
//! `CONFIRM_ROWS` rows in a row. `MEASURE` is brightness (0 to 255), entropy (0 to 6 bits), variance of the Laplacian, shift as a share of
//! the width (1 where nothing agrees), or the number of equal pictures.
//!
//! The result is `{ROWS, FAULTS: {name: {RAISED, ROWS}}}`, with the rows in which each fault was seen. Guarantees: all depends on the rows
//! only; the first good picture is kept in checkpoints as the edges of a picture of at most 64 pixels a side.

mod config;
mod inspect;
mod plugin;
mod status;

pub use config::{CameraQualityParameters, Fault};
pub use plugin::CameraQuality;

#[cfg(test)]
mod tests;
