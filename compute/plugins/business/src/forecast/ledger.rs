//! Forecasts from the row after which they are made to the last row that they speak of.

use super::errors::{Errors, Forecast};
use crate::{
    stateful::Exact,
    values::{number, time_or_null},
};
use serde::{Deserialize, Serialize};
use serde_json::{json, Value};
use std::collections::VecDeque;

/// When forecasts are made, and how they are told.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    /// How many rows ahead they reach.
    pub(crate) horizon: usize,
    /// Rows between two of them.
    pub(crate) step: u64,
    /// Share of past errors that an interval covers.
    pub(crate) coverage: f64,
    /// What payloads call the method.
    pub(crate) method: &'static str,
}

impl Plan {
    /// Plans a forecast every `step` rows; without it, every `horizon` rows.
    pub(crate) fn new(method: &'static str, horizon: u16, step: Option<u32>, coverage: f64) -> Self {
        Self { horizon: horizon.into(), step: step.unwrap_or(horizon.into()).into(), coverage, method }
    }
}

/// Where the forecasts of a series stand. Its JSON form is part of states.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub(crate) struct Ledger {
    rows: u64,
    missing: u64,
    forecasts: u64,
    errors: Errors,
    /// Forecasts whose rows have not all come.
    open: VecDeque<Forecast>,
}

impl Ledger {
    /// Tells whether these can be forecasts of this plan.
    pub(crate) fn fits(&self, plan: &Plan) -> bool {
        let horizon = plan.horizon;
        let open = self.open.len() <= horizon && self.open.iter().all(|forecast| forecast.steps.len() <= horizon);
        open && self.errors.fits(horizon)
    }

    /// Counts what was expected of the next row, whose value is NaN if it is missing. Tells whether a forecast is due after it.
    pub(crate) fn take(&mut self, plan: &Plan, value: f64) -> bool {
        self.rows += 1;
        if value.is_nan() {
            self.missing += 1;
        } else {
            for forecast in &self.open {
                self.errors.add(forecast, (self.rows - forecast.made_at) as usize, value);
            }
        }
        let rows = self.rows;
        self.open.retain(|forecast| rows - forecast.made_at < plan.horizon as u64);
        rows.is_multiple_of(plan.step)
    }

    /// Takes in the forecast made after the last row, a value for each row ahead; returns its payload.
    pub(crate) fn make(&mut self, plan: &Plan, time: Option<i64>, expected: &[f64]) -> Value {
        let half = |at: usize| self.errors.half_width(at + 1, plan.coverage);
        let steps: Vec<(Exact, Exact)> = expected.iter().enumerate().map(|(at, point)| (Exact(*point), Exact(half(at)))).collect();
        let payload = json!({
            "ROW": self.rows,
            "TIME": time_or_null(time),
            "METHOD": plan.method,
            "STEPS": steps.iter().enumerate().map(|(at, (point, half))| json!({
                "AHEAD": at + 1,
                "POINT": number(point.0),
                "LOW": number(point.0 - half.0),
                "HIGH": number(point.0 + half.0),
            })).collect::<Vec<Value>>(),
        });
        self.forecasts += 1;
        self.open.push_back(Forecast { made_at: self.rows, steps });
        payload
    }

    /// Returns the result after the last row of a series that changes so much over a period.
    pub(crate) fn result(&self, mean_change: f64) -> Value {
        let mut result = self.errors.result(mean_change);
        result["ROWS"] = json!(self.rows);
        result["MISSING"] = json!(self.missing);
        result["FORECASTS"] = json!(self.forecasts);
        result
    }
}
