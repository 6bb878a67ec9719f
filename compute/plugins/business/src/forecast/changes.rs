//! How much a series changes from one period to the next.

use crate::stateful::Exact;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// The last values of a series, and what is known of its changes over a period. Its JSON form is part of states.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub(crate) struct Changes {
    /// The last values, oldest first.
    past: VecDeque<Exact>,
    /// How many changes over a period there were, their sum and that of their sizes.
    count: u64,
    sum: Exact,
    sizes: Exact,
}

impl Changes {
    /// Tells whether these are of a series of which at most `kept` values are kept.
    pub(crate) fn fits(&self, kept: usize) -> bool {
        self.past.len() <= kept
    }

    /// Takes in the next value of a series with this period, and keeps the last `kept`, at least a period.
    pub(crate) fn add(&mut self, value: f64, period: usize, kept: usize) {
        if let Some(before) = self.repeated(period, 1) {
            let change = value - before;
            self.count += 1;
            self.sum.0 += change;
            self.sizes.0 += change.abs();
        }
        if self.past.len() == kept {
            self.past.pop_front();
        }
        self.past.push_back(Exact(value));
    }

    /// Returns the values that are kept, oldest first.
    pub(crate) fn past(&self) -> &VecDeque<Exact> {
        &self.past
    }

    /// Returns what was whole periods before the value so many rows ahead, from 1; `None` before there was a period.
    pub(crate) fn repeated(&self, period: usize, ahead: usize) -> Option<f64> {
        Some(self.past.get(self.past.len().checked_sub(period)? + (ahead - 1) % period)?.0)
    }

    /// Returns the mean change over a period; `None` if there was none.
    pub(crate) fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum.0 / self.count as f64)
    }

    /// Returns the mean size of a change over a period; NaN if there was none.
    pub(crate) fn mean_size(&self) -> f64 {
        self.sizes.0 / self.count as f64
    }
}
