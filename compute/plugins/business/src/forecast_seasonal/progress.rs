//! From values to forecasts.

use super::{model::Model, ForecastSeasonalParameters};
use crate::forecast::Ledger;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Where the forecasts stand. Its JSON form is the state in checkpoints.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub(super) struct Progress {
    ledger: Ledger,
    model: Model,
}

impl Progress {
    /// Tells whether instances of these parameters can have this state.
    pub(super) fn fits(&self, parameters: &ForecastSeasonalParameters) -> bool {
        self.ledger.fits(&parameters.plan()) && self.model.fits(parameters)
    }

    /// Takes in the value of the next row; returns the forecast that is due.
    pub(super) fn step(&mut self, parameters: &ForecastSeasonalParameters, time: Option<i64>, value: f64) -> Option<Value> {
        let plan = parameters.plan();
        let due = self.ledger.take(&plan, value);
        self.model.add(parameters, value);
        if !due {
            return None;
        }
        let expected: Vec<f64> = (1..=plan.horizon).map(|ahead| self.model.forecast(parameters, ahead)).collect::<Option<_>>()?;
        Some(self.ledger.make(&plan, time, &expected))
    }

    /// Returns the result after the last row.
    pub(super) fn result(&self) -> Value {
        self.ledger.result(self.model.mean_change())
    }
}
