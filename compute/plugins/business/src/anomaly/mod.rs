//! What the anomaly plugins share: learning what is normal from the first rows, and judging the others.
//!
//! A detector is given vectors, one per row: measurements, or what a model failed to reconstruct of them. From the first `TRAIN_ROWS` it
//! learns their mean and spread (a normal distribution), and from the scores of these same rows a threshold. A later row whose score is
//! above it is an anomaly.
//!
//! Payload per anomaly: `{ROW, TIME, SCORE, THRESHOLD, COLUMNS: [{NAME, VALUE, SHARE}]}`, the columns with the largest parts in the score
//! first. The result is `{ROWS, TRAINED, MISSING, SCORED, ANOMALIES, THRESHOLD, MEAN_SCORE, LARGEST_SCORE}`, and if the rows have the field
//! `label` (0 for normal) also `LABELLED: {ANOMALIES, FOUND, PRECISION, RECALL, F1, AUC}` over the rows that were scored. Rows with a
//! missing number are counted and left out. `AUC` is taken from a histogram of scores of 2048 bins; scores of one bin count as equal.

mod detector;
mod evaluation;
mod gaussian;
mod threshold;

pub(crate) use detector::{Detector, Progress, Vectors};
pub(crate) use threshold::{Limit, Training};

#[cfg(test)]
mod tests;
