//! From values and what the model expects to forecasts.

use super::ForecastModelParameters;
use crate::forecast::{Changes, Ledger};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Where the forecasts stand. Its JSON form is the state in checkpoints.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub(super) struct Progress {
    ledger: Ledger,
    /// A period of values.
    changes: Changes,
}

/// A row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'a> {
    pub(super) time: Option<i64>,
    /// NaN if it is missing.
    pub(super) value: f64,
    /// What the model expects of the next rows.
    pub(super) expected: &'a [f64],
}

impl Progress {
    /// Tells whether instances of these parameters can have this state.
    pub(super) fn fits(&self, parameters: &ForecastModelParameters) -> bool {
        self.ledger.fits(&parameters.plan()) && self.changes.fits(parameters.period.into())
    }

    /// Takes in the next row; returns the forecast that is due.
    pub(super) fn step(&mut self, parameters: &ForecastModelParameters, row: Row<'_>) -> Option<Value> {
        let plan = parameters.plan();
        let due = self.ledger.take(&plan, row.value);
        let period = usize::from(parameters.period);
        let repeated = || self.changes.repeated(period, 1).or(self.changes.past().back().map(|last| last.0));
        if let Some(value) = if row.value.is_nan() { repeated() } else { Some(row.value) } {
            self.changes.add(value, period, period);
        }
        let known = row.expected.iter().all(|number| number.is_finite());
        (due && known).then(|| self.ledger.make(&plan, row.time, row.expected))
    }

    /// Returns the result after the last row.
    pub(super) fn result(&self) -> Value {
        self.ledger.result(self.changes.mean_size())
    }
}
