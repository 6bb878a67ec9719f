//! Parameters of `FORECAST_MODEL`.

use crate::{
    forecast::{most_errors, Plan, MAX_HORIZON, MAX_PERIOD},
    values::ValueName,
};
use schemars::JsonSchema;
use serde::Deserialize;

/// What payloads call the method.
const METHOD: &str = "MODEL";

/// Forecasts a value with a model, with intervals from the errors made before.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub struct ForecastModelParameters {
    /// The value: `FIELD` or `FIELD/COLUMN`, of the rows.
    pub value: ValueName,
    /// The model's output that says, for each row, what the value will be in the next rows: the first number is for the next row.
    #[serde(default = "forecast")]
    #[schemars(length(min = 1, max = 128))]
    pub output: String,
    /// How many rows ahead to forecast; the model may give more.
    #[schemars(range(min = 1, max = MAX_HORIZON))]
    pub horizon: u16,
    /// Rows after which the value repeats itself, for the seasonal forecast to compare with; 1 for a value without a season.
    #[schemars(range(min = 1, max = MAX_PERIOD))]
    pub period: u16,
    /// Rows between two forecasts; without it, as many as are forecast.
    #[serde(default)]
    #[schemars(range(min = 1, max = 1_000_000))]
    pub step: Option<u32>,
    /// Share of past errors that an interval covers.
    #[serde(default = "most_errors")]
    #[schemars(range(min = 0.01, max = 1.0))]
    pub coverage: f64,
}

impl ForecastModelParameters {
    pub(super) fn plan(&self) -> Plan {
        Plan::new(METHOD, self.horizon, self.step, self.coverage)
    }
}

fn forecast() -> String {
    "forecast".to_owned()
}
