//! `ANOMALY_MODEL`: rows that an auto-encoder cannot reconstruct.
//!
//! The model learnt to reproduce healthy rows from fewer numbers than they have; what is unlike them it reproduces badly. The score of a
//! row is how far its errors of reconstruction are from those of the first `TRAIN_ROWS` rows (their squared Mahalanobis distance), so that
//! columns of different units count alike, and errors that always come together count once. The threshold comes from these rows' own
//! scores, or from the document. What anomalies and the result tell is described in `crate::anomaly`.
//!
//! Guarantees: scores and result depend on rows and model only, not on batches, restarts or time.

mod config;
mod plugin;

pub use config::AnomalyModelParameters;
pub use plugin::AnomalyModel;

#[cfg(test)]
mod tests;
