//! Reading detections out of rows.
//!
//! Detections are what the field `boxes` holds by convention: for each row up to so many boxes of left, top, right and bottom in pixels,
//! score and class, those that are not filled with the score 0. The field is looked for among the outputs of the instance's model, then in
//! the batch.

mod config;
mod read;

pub use config::{DetectionsParameters, MAX_CLASSES};
pub(crate) use read::{read, Detection};

#[cfg(test)]
mod tests;
