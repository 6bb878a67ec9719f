//! The errors of past forecasts.

use crate::{stateful::Exact, values::fixed};
use serde::{Deserialize, Serialize};
use serde_json::{json, Value};
use std::collections::VecDeque;

/// The most errors that are kept for each step ahead.
pub const MAX_ERRORS: usize = 128;
/// The errors that an interval needs.
pub const MIN_ERRORS: usize = 10;

/// A forecast whose rows have not all come. Its JSON form is part of states.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub(super) struct Forecast {
    /// The row after which it was made, counted from 1.
    pub(super) made_at: u64,
    /// The expected values and half the widths of their intervals, NaN for none.
    pub(super) steps: Vec<(Exact, Exact)>,
}

/// What became of forecasts. Its JSON form is part of states.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub(super) struct Errors {
    /// For each step ahead, the sizes of the last errors.
    last: Vec<VecDeque<Exact>>,
    count: u64,
    sum: Exact,
    with_interval: u64,
    covered: u64,
}

impl Errors {
    /// Tells whether these can be errors of forecasts so far ahead.
    pub(super) fn fits(&self, horizon: usize) -> bool {
        self.last.len() <= horizon && self.last.iter().all(|errors| errors.len() <= MAX_ERRORS)
    }

    /// Counts a value that a forecast expected so many rows ahead, from 1.
    pub(super) fn add(&mut self, forecast: &Forecast, ahead: usize, value: f64) {
        let Some((Exact(expected), Exact(half))) = forecast.steps.get(ahead - 1) else { return };
        let error = (value - expected).abs();
        self.count += 1;
        self.sum.0 += error;
        if !half.is_nan() {
            self.with_interval += 1;
            self.covered += u64::from(error <= *half);
        }
        if self.last.len() < ahead {
            self.last.resize(ahead, VecDeque::new());
        }
        let errors = &mut self.last[ahead - 1];
        if errors.len() == MAX_ERRORS {
            errors.pop_front();
        }
        errors.push_back(Exact(error));
    }

    /// Returns half the width of the interval so many rows ahead; NaN while there are too few errors.
    pub(super) fn half_width(&self, ahead: usize, coverage: f64) -> f64 {
        let Some(errors) = self.last.get(ahead - 1).filter(|errors| errors.len() >= MIN_ERRORS) else { return f64::NAN };
        let mut sizes: Vec<f64> = errors.iter().map(|error| error.0).collect();
        sizes.sort_by(f64::total_cmp);
        let rank = (coverage * sizes.len() as f64).ceil() as usize;
        sizes[rank.clamp(1, sizes.len()) - 1]
    }

    /// Returns the part of the result that tells of errors.
    pub(super) fn result(&self, mean_change: f64) -> Value {
        let mean = self.sum.0 / self.count as f64;
        json!({
            "MAE": fixed(mean),
            "MASE": fixed(mean / mean_change),
            "COVERED": fixed(self.covered as f64 / self.with_interval as f64),
        })
    }
}
