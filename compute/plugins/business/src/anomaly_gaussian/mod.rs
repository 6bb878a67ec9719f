//! `ANOMALY_GAUSSIAN`: rows that are far from what the first rows were like.
//!
//! Learns mean and covariance of the chosen columns from the first `TRAIN_ROWS` rows; the score of a row is its squared Mahalanobis
//! distance. The covariance is factored by Cholesky's method on scaled columns with a small ridge, so that columns that depend on each
//! other or never change do no harm. The threshold comes from the training rows' own scores, from the chi-square distribution, or from the
//! document. What anomalies and the result tell is described in `crate::anomaly`.
//!
//! Guarantees: scores and result depend on the rows only, not on batches, restarts or time.

mod config;
mod plugin;

pub use config::AnomalyGaussianParameters;
pub use plugin::AnomalyGaussian;

#[cfg(test)]
mod tests;
