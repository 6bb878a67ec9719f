//! Parameters of `FORECAST_SEASONAL`.

use crate::{
    forecast::{most_errors, Plan, MAX_HORIZON, MAX_PERIOD},
    values::ValueName,
};
use schemars::JsonSchema;
use serde::Deserialize;

/// Forecasts a value that repeats itself with a period, with intervals from the errors made before.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub struct ForecastSeasonalParameters {
    /// The value: `FIELD` or `FIELD/COLUMN`, of the model's outputs or of the rows.
    pub value: ValueName,
    /// How to forecast.
    #[serde(default = "smoothing")]
    pub method: Method,
    /// Rows after which the value repeats itself; 1 for a value without a season.
    #[schemars(range(min = 1, max = MAX_PERIOD))]
    pub period: u16,
    /// How many rows ahead to forecast.
    #[schemars(range(min = 1, max = MAX_HORIZON))]
    pub horizon: u16,
    /// Rows between two forecasts; without it, as many as are forecast.
    #[serde(default)]
    #[schemars(range(min = 1, max = 1_000_000))]
    pub step: Option<u32>,
    /// Share of past errors that an interval covers.
    #[serde(default = "most_errors")]
    #[schemars(range(min = 0.01, max = 1.0))]
    pub coverage: f64,
    /// Weight of a new value in the level, for `EXPONENTIAL_SMOOTHING`.
    #[serde(default = "level_weight")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub level_weight: f64,
    /// Weight of a new change in the trend, for `EXPONENTIAL_SMOOTHING`.
    #[serde(default = "trend_weight")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub trend_weight: f64,
    /// Weight of a new value in the season, for `EXPONENTIAL_SMOOTHING`.
    #[serde(default = "season_weight")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub season_weight: f64,
}

impl ForecastSeasonalParameters {
    pub(super) fn plan(&self) -> Plan {
        Plan::new(self.method.name(), self.horizon, self.step, self.coverage)
    }
}

/// How to forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Method {
    /// What was a period ago.
    SeasonalNaive,
    /// What was a period ago, moved on by the mean change from period to period.
    SeasonalDrift,
    /// Additive level, trend and season, smoothed exponentially.
    ExponentialSmoothing,
}

impl Method {
    /// Returns the name that documents use.
    fn name(self) -> &'static str {
        match self {
            Self::SeasonalNaive => "SEASONAL_NAIVE",
            Self::SeasonalDrift => "SEASONAL_DRIFT",
            Self::ExponentialSmoothing => "EXPONENTIAL_SMOOTHING",
        }
    }
}

fn smoothing() -> Method {
    Method::ExponentialSmoothing
}

fn level_weight() -> f64 {
    0.3
}

fn trend_weight() -> f64 {
    0.05
}

fn season_weight() -> f64 {
    0.2
}
