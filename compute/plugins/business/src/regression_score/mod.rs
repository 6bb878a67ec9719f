//! `REGRESSION_SCORE`: how far a model's numbers are from the truth, and from a baseline's.
//!
//! Compares one number per row that the model gives with a field of the input that holds the truth, and does the same for another field that
//! holds what a simpler method said, so that the two can be told apart on the very same rows.
//!
//! The result of a shard is `{ROWS, MAE, RMSE, BIAS}` and, with a baseline, `{BASELINE_MAE, BASELINE_RMSE}`: mean absolute error, root of the
//! mean squared error and mean error (positive if the model says too much), as text in the unit of the truth. Every number is rounded to
//! `DECIMALS` before it is used and all sums are of whole numbers, so that no float is part of a commitment and the order of rows does not
//! matter.
//!
//! Guarantees: the result depends on the rows only, not on batches, restarts or time.

mod config;
mod errors;
mod plugin;

pub use config::{RegressionScoreParameters, MAX_DECIMALS};
pub use plugin::RegressionScore;

#[cfg(test)]
mod tests;
