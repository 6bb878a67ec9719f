//! `DETECTION_REPORT`: how many things of each class a detector sees.
//!
//! Payload `{ROW, TIME, TOTAL, COUNTS, BEFORE}` when the counts have changed and stayed so for `CONFIRM_ROWS` rows, and every `EVERY_ROWS`
//! rows; `COUNTS` are by class, those of zero left out, `BEFORE` the counts that were told before. The result is `{ROWS, DETECTIONS, MOST,
//! CLASSES}`: detections in all, the most in a row, and for each class its detections in all.
//!
//! Guarantees: payloads and result depend on the rows only, not on batches, restarts or time.

mod config;
mod plugin;

pub use config::DetectionReportParameters;
pub use plugin::DetectionReport;

#[cfg(test)]
mod tests;
