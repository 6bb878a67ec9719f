//! What can be seen of a business instance.

use crate::{Failure, StageName};
use neurite_core::FailureClass;
use serde::Serialize;
use std::time::Duration;

/// The upper bounds of the buckets of a [`Histogram`], in seconds; longer times are in a last bucket without a bound.
pub const LATENCY_BUCKETS: [f64; 12] = [0.000_1, 0.000_5, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// How many times were how long.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Histogram {
    /// Times within each bucket, not in those below it; the last is for those over all bounds.
    pub buckets: [u64; LATENCY_BUCKETS.len() + 1],
    /// All times together, in seconds.
    pub sum: f64,
}

impl Histogram {
    /// Counts a time.
    pub(crate) fn record(&mut self, time: Duration) {
        let seconds = time.as_secs_f64();
        let bucket = LATENCY_BUCKETS.partition_point(|bound| *bound < seconds);
        self.buckets[bucket] += 1;
        self.sum += seconds;
    }

    /// Returns how many times were recorded.
    pub fn count(&self) -> u64 {
        self.buckets.iter().sum()
    }
}

/// Failures by whose fault they were.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct ErrorCounts {
    /// Of the document.
    pub document: u64,
    /// Of the model.
    pub model: u64,
    /// Of the input.
    pub input: u64,
    /// Of memory, disk, processes or a service.
    pub resources: u64,
    /// Of the engine or a plugin.
    pub internal: u64,
}

impl ErrorCounts {
    /// Counts a failure.
    pub(crate) fn record(&mut self, class: FailureClass) {
        let count = match class {
            FailureClass::Document => &mut self.document,
            FailureClass::Model => &mut self.model,
            FailureClass::Input => &mut self.input,
            FailureClass::Resources => &mut self.resources,
            FailureClass::Internal => &mut self.internal,
        };
        *count += 1;
    }

    /// Returns the counts with the names of their classes.
    pub fn by_class(&self) -> [(FailureClass, u64); 5] {
        [
            (FailureClass::Document, self.document),
            (FailureClass::Model, self.model),
            (FailureClass::Input, self.input),
            (FailureClass::Resources, self.resources),
            (FailureClass::Internal, self.internal),
        ]
    }
}

/// Where a business instance stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum StageState {
    /// It is being opened.
    Starting,
    /// It works.
    Running,
    /// It failed and is started again after a wait.
    Waiting {
        /// Why it failed.
        failure: Failure,
    },
    /// It has processed all rows.
    Finished,
    /// It failed too often; it is started again with the engine or by an update.
    Failed {
        /// Why, the last time.
        failure: Failure,
    },
}

/// What can be seen of a business instance. Counts begin with the engine.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StageStatus {
    /// Its name within the pipeline.
    #[serde(flatten)]
    pub name: StageName,
    /// Where it stands.
    #[serde(flatten)]
    pub state: StageState,
    /// Rows of the shard that it has processed.
    pub done: u64,
    /// Rows that it has taken in; more than [`StageStatus::done`] after a restart, fewer if some were dropped.
    pub rows_in: u64,
    /// Payloads that it has left behind.
    pub payloads_out: u64,
    /// Batches of a live source that were dropped because it was too slow.
    pub dropped_batches: u64,
    /// The rows in them.
    pub dropped_rows: u64,
    /// Failures that ended it.
    pub errors: ErrorCounts,
    /// How often it was started again.
    pub restarts: u64,
    /// How long its business plugin took for each batch.
    pub latency: Histogram,
}

impl StageStatus {
    /// Makes the status of an instance that is about to start after some rows.
    pub(crate) fn new(name: StageName, done: u64) -> Self {
        Self {
            name,
            state: StageState::Starting,
            done,
            rows_in: 0,
            payloads_out: 0,
            dropped_batches: 0,
            dropped_rows: 0,
            errors: ErrorCounts::default(),
            restarts: 0,
            latency: Histogram::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_in_the_bucket_whose_bound_it_does_not_pass() {
        let mut histogram = Histogram::default();
        for micros in [0, 100, 101, 5_000_000, 5_000_001] {
            histogram.record(Duration::from_micros(micros));
        }
        assert_eq!(histogram.buckets, [2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1]);
        assert_eq!((histogram.count(), (histogram.sum * 1e6).round()), (5, 10_000_202.0));
    }
}
