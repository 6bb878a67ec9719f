//! Parameters of `AGGREGATE`.

use crate::values::ValueName;
use neurite_core::ParameterFault;
use schemars::JsonSchema;
use serde::Deserialize;

/// The most values of an instance.
pub const MAX_VALUES: usize = 32;
/// The most steps in which a window moves on by its length.
pub const MAX_STEPS: u16 = 64;
const MS_PER_SECOND: i64 = 1000;

/// Sums up values over windows of rows or of time: count, mean, least, largest, spread, first, last and quantiles.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub struct AggregateParameters {
    /// The values: `FIELD` or `FIELD/COLUMN`, of the model's outputs or of the rows.
    #[schemars(length(min = 1, max = MAX_VALUES))]
    pub values: Vec<ValueName>,
    /// Length of a window in rows; either this or `WINDOW_SECONDS`.
    #[serde(default)]
    #[schemars(range(min = 1, max = 1_000_000_000))]
    pub window_rows: Option<u32>,
    /// Length of a window in seconds, by the rows' times.
    #[serde(default)]
    #[schemars(range(min = 1, max = 31_536_000))]
    pub window_seconds: Option<u32>,
    /// In how many steps a window moves on by its length: 1 for windows that follow each other, more for windows that overlap.
    #[serde(default = "one_step")]
    #[schemars(range(min = 1, max = MAX_STEPS))]
    pub steps: u16,
    /// What to tell of each value.
    #[serde(default = "all_statistics")]
    #[schemars(length(min = 1, max = 7))]
    pub statistics: Vec<Statistic>,
    /// Quantiles to tell of each value, such as `[0.5, 0.95]`.
    #[serde(default)]
    #[schemars(length(max = 8), inner(range(min = 0.0, max = 1.0)))]
    pub quantiles: Vec<f64>,
}

/// A statistic of the numbers in a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Statistic {
    /// How many numbers there are.
    Count,
    /// Their mean.
    Mean,
    /// The least.
    Min,
    /// The largest.
    Max,
    /// Their standard deviation.
    Std,
    /// The first.
    First,
    /// The last.
    Last,
}

fn one_step() -> u16 {
    1
}

fn all_statistics() -> Vec<Statistic> {
    use Statistic::{Count, First, Last, Max, Mean, Min, Std};
    vec![Count, Mean, Min, Max, Std, First, Last]
}

impl AggregateParameters {
    /// Returns how far a window moves on at a time: in rows, or in milliseconds.
    pub(super) fn step(&self) -> i64 {
        let rows = self.window_rows.map(i64::from);
        let ms = self.window_seconds.map(|seconds| i64::from(seconds) * MS_PER_SECOND);
        rows.or(ms).unwrap_or(1) / i64::from(self.steps.max(1))
    }

    /// Returns what is wrong with keys taken together.
    pub(super) fn faults(&self) -> Vec<ParameterFault> {
        let mut faults = Vec::new();
        let mut fault = |path: &str, message: &str| faults.push(ParameterFault { path: path.into(), message: message.into() });
        if self.window_rows.is_some() == self.window_seconds.is_some() {
            fault("/WINDOW_ROWS", "either this or WINDOW_SECONDS must be given");
        }
        let length = self.window_rows.map(i64::from).or(self.window_seconds.map(|seconds| i64::from(seconds) * MS_PER_SECOND));
        if length.is_some_and(|length| length % i64::from(self.steps.max(1)) != 0) {
            fault("/STEPS", "must divide the window's length");
        }
        if self.values.iter().enumerate().any(|(at, name)| self.values[..at].contains(name)) {
            fault("/VALUES", "must not name a value twice");
        }
        faults
    }
}
