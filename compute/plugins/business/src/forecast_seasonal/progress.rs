//! From values to forecasts.

use super::{
    errors::{Errors, Forecast},
    model::Model,
    ForecastSeasonalParameters,
};
use crate::{
    stateful::Exact,
    values::{number, time_or_null},
};
use serde::{Deserialize, Serialize};
use serde_json::{json, Value};
use std::collections::VecDeque;

/// Where the forecasts stand. Its JSON form is the state in checkpoints.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub(super) struct Progress {
    rows: u64,
    missing: u64,
    forecasts: u64,
    model: Model,
    errors: Errors,
    /// Forecasts whose rows have not all come.
    open: VecDeque<Forecast>,
}

impl Progress {
    /// Tells whether instances of these parameters can have this state.
    pub(super) fn fits(&self, parameters: &ForecastSeasonalParameters) -> bool {
        let horizon = usize::from(parameters.horizon);
        let open = self.open.len() <= horizon && self.open.iter().all(|forecast| forecast.steps.len() <= horizon);
        open && self.model.fits(parameters) && self.errors.fits(horizon)
    }

    /// Takes in the value of the next row; returns the forecast that is due.
    pub(super) fn step(&mut self, parameters: &ForecastSeasonalParameters, time: Option<i64>, value: f64) -> Option<Value> {
        self.rows += 1;
        if value.is_nan() {
            self.missing += 1;
        } else {
            for forecast in &self.open {
                self.errors.add(forecast, (self.rows - forecast.made_at) as usize, value);
            }
        }
        self.model.add(parameters, value);
        let horizon = usize::from(parameters.horizon);
        let rows = self.rows;
        self.open.retain(|forecast| rows - forecast.made_at < horizon as u64);
        let step = parameters.step.unwrap_or(parameters.horizon.into());
        if !self.rows.is_multiple_of(u64::from(step)) {
            return None;
        }
        let expected: Vec<f64> = (1..=horizon).map(|ahead| self.model.forecast(parameters, ahead)).collect::<Option<_>>()?;
        let halves = (1..=horizon).map(|ahead| self.errors.half_width(ahead, parameters.coverage));
        let steps: Vec<(Exact, Exact)> = expected.into_iter().zip(halves).map(|(point, half)| (Exact(point), Exact(half))).collect();
        let payload = json!({
            "ROW": self.rows,
            "TIME": time_or_null(time),
            "METHOD": parameters.method.name(),
            "STEPS": steps.iter().enumerate().map(|(at, (point, half))| json!({
                "AHEAD": at + 1,
                "POINT": number(point.0),
                "LOW": number(point.0 - half.0),
                "HIGH": number(point.0 + half.0),
            })).collect::<Vec<Value>>(),
        });
        self.forecasts += 1;
        self.open.push_back(Forecast { made_at: self.rows, steps });
        Some(payload)
    }

    /// Returns the result after the last row.
    pub(super) fn result(&self) -> Value {
        let mut result = self.errors.result(self.model.mean_change());
        result["ROWS"] = json!(self.rows);
        result["MISSING"] = json!(self.missing);
        result["FORECASTS"] = json!(self.forecasts);
        result
    }
}
