//! Statistics that can be merged.

use crate::stateful::Exact;
use serde::{Deserialize, Serialize};

/// The moments of some numbers in order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub(super) struct Moments {
    pub(super) count: u64,
    pub(super) mean: Exact,
    /// Sum of squared distances from the mean.
    squares: Exact,
    pub(super) min: Exact,
    pub(super) max: Exact,
    pub(super) first: Exact,
    pub(super) last: Exact,
}

impl Moments {
    /// Makes the moments of no numbers.
    pub(super) fn none() -> Self {
        let nothing = Exact(f64::NAN);
        Self { count: 0, mean: Exact(0.0), squares: Exact(0.0), min: nothing, max: nothing, first: nothing, last: nothing }
    }

    /// Adds a number.
    pub(super) fn add(&mut self, value: f64) {
        if self.count == 0 {
            self.first = Exact(value);
        }
        self.count += 1;
        let distance = value - self.mean.0;
        self.mean.0 += distance / self.count as f64;
        self.squares.0 += distance * (value - self.mean.0);
        // The smaller of a number and NaN is the number.
        self.min.0 = self.min.0.min(value);
        self.max.0 = self.max.0.max(value);
        self.last = Exact(value);
    }

    /// Adds numbers that came later.
    pub(super) fn merge(&mut self, later: &Self) {
        if later.count == 0 {
            return;
        }
        if self.count == 0 {
            *self = later.clone();
            return;
        }
        let (own, other) = (self.count as f64, later.count as f64);
        let distance = later.mean.0 - self.mean.0;
        self.squares.0 += later.squares.0 + distance * distance * own * other / (own + other);
        self.mean.0 += distance * other / (own + other);
        self.count += later.count;
        self.min.0 = self.min.0.min(later.min.0);
        self.max.0 = self.max.0.max(later.max.0);
        self.last = later.last;
    }

    /// Returns the mean, NaN of no numbers.
    pub(super) fn mean(&self) -> f64 {
        if self.count == 0 {
            f64::NAN
        } else {
            self.mean.0
        }
    }

    /// Returns the standard deviation, NaN of no numbers.
    pub(super) fn deviation(&self) -> f64 {
        (self.squares.0.max(0.0) / self.count as f64).sqrt()
    }
}
