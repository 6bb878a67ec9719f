//! A bounded sample of numbers, for quantiles.

use crate::stateful::Exact;
use serde::{Deserialize, Serialize};

/// The most numbers that are kept of a value for its quantiles.
pub const MAX_SAMPLE: usize = 4096;

/// Every number, or of many every second, every fourth and so on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub(super) struct Sample {
    seen: u64,
    /// Each kept number stands for this many.
    stride: u64,
    kept: Vec<Exact>,
}

impl Sample {
    /// Makes an empty sample.
    pub(super) fn empty() -> Self {
        Self { seen: 0, stride: 1, kept: Vec::new() }
    }

    /// Tells whether this can be a sample with room for so many numbers.
    pub(super) fn fits(&self, capacity: usize) -> bool {
        self.kept.len() <= capacity && self.stride > 0
    }

    /// Adds a number; `capacity` is at least 2.
    pub(super) fn add(&mut self, value: f64, capacity: usize) {
        if self.seen.is_multiple_of(self.stride) {
            if self.kept.len() == capacity {
                let mut position = 0;
                self.kept.retain(|_| {
                    position += 1;
                    position % 2 == 1
                });
                self.stride *= 2;
            }
            if self.seen.is_multiple_of(self.stride) {
                self.kept.push(Exact(value));
            }
        }
        self.seen += 1;
    }
}

/// Returns the quantiles of the numbers of all samples, NaN of none.
pub(super) fn quantiles<'a>(samples: impl Iterator<Item = &'a Sample>, shares: &[f64]) -> Vec<f64> {
    let mut weighted: Vec<(f64, u64)> = samples.flat_map(|sample| sample.kept.iter().map(|Exact(value)| (*value, sample.stride))).collect();
    weighted.sort_by(|(one, _), (other, _)| one.total_cmp(other));
    let total: u64 = weighted.iter().map(|(_, weight)| weight).sum();
    let quantile = |share: f64| {
        let mut below = 0;
        let reached = |(_, weight): &&(f64, u64)| {
            below += weight;
            below as f64 >= share * total as f64
        };
        weighted.iter().find(reached).or(weighted.last()).map_or(f64::NAN, |(value, _)| *value)
    };
    shares.iter().map(|share| quantile(*share)).collect()
}
