//! Parameters of `ANOMALY_GAUSSIAN`.

use crate::anomaly::{Limit, Training};
use neurite_core::Field;
use schemars::JsonSchema;
use serde::Deserialize;

/// Learns a multivariate normal distribution of measurements from the first rows and tells rows that are too far from it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub struct AnomalyGaussianParameters {
    /// Field with the columns.
    #[serde(default = "features")]
    #[schemars(length(min = 1, max = 128))]
    pub field: String,
    /// Columns to look at, by name or by number from 0; without it, all.
    #[serde(default)]
    #[schemars(length(min = 1, max = 256), inner(length(min = 1, max = 128)))]
    pub columns: Option<Vec<String>>,
    /// Rows at the beginning from which is learnt what is normal.
    #[schemars(range(min = 2, max = 65_536))]
    pub train_rows: u32,
    /// Share of the training rows whose score is not above the threshold.
    #[serde(default = "most_rows")]
    #[schemars(range(min = 0.5, max = 1.0))]
    pub quantile: f64,
    /// What the quantile is multiplied by.
    #[serde(default = "no_margin")]
    #[schemars(range(min = 0.001, max = 1000.0))]
    pub margin: f64,
    /// Share of a true normal distribution that is not above the threshold; instead of one from the training rows.
    #[serde(default)]
    #[schemars(range(min = 0.5, max = 0.999_999))]
    pub chi_square: Option<f64>,
    /// The threshold itself, instead of one from the training rows.
    #[serde(default)]
    #[schemars(range(min = 0.0))]
    pub score: Option<f64>,
    /// How many columns an anomaly tells of.
    #[serde(default = "three_columns")]
    #[schemars(range(min = 0, max = 256))]
    pub told_columns: u16,
}

fn features() -> String {
    Field::FEATURES.to_owned()
}

fn most_rows() -> f64 {
    0.999
}

fn no_margin() -> f64 {
    1.0
}

fn three_columns() -> u16 {
    3
}

impl AnomalyGaussianParameters {
    pub(super) fn training(&self) -> Training {
        let quantile = Limit::Quantile { share: self.quantile, margin: self.margin };
        let limit = self.score.map(Limit::Score).or(self.chi_square.map(Limit::ChiSquare)).unwrap_or(quantile);
        Training { rows: self.train_rows as usize, limit }
    }
}
