//! `CLASSIFIER_SCORE`: how often a classifier is right.
//!
//! Compares what a model says with the field `label`, row by row. The model says it either with integers, one class per row, or with scores, one
//! per class and row, of which the largest counts (the first of equals).
//!
//! The result of a shard is `{ROWS, RIGHT, ACCURACY, CONFUSION, PREDICTIONS_BLAKE3}`. `CONFUSION[t][p]` counts rows of class `t` that were
//! taken for `p`. `ACCURACY` is `RIGHT / ROWS` as text with six decimals, rounded half up, so that no float is part of a commitment.
//! `PREDICTIONS_BLAKE3` commits to every prediction in order: it starts as 32 zero bytes and becomes, for each row, the blake3 hash of its old
//! bytes followed by the class as eight bytes, little-endian.
//!
//! Guarantees: the result depends on the rows only, not on batches, restarts or time.

mod config;
mod plugin;
mod tally;

pub use config::{ClassifierScoreParameters, MAX_CLASSES};
pub use plugin::ClassifierScore;

#[cfg(test)]
mod tests;
