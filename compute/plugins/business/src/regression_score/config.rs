//! Parameters of `REGRESSION_SCORE`.

use schemars::JsonSchema;
use serde::Deserialize;

/// The most decimals to which numbers are rounded.
pub const MAX_DECIMALS: u8 = 6;

/// Compares a model's numbers with the truth in the input: mean absolute error, root mean squared error, bias, and the same of a baseline.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub struct RegressionScoreParameters {
    /// Field of the input that holds the truth: one number per row.
    #[schemars(length(min = 1, max = 128))]
    pub truth: String,
    /// Field of the input that holds what a simpler method said.
    #[serde(default)]
    #[schemars(length(min = 1, max = 128))]
    pub baseline: Option<String>,
    /// The model's output to read: one number per row. Without it, the first output of that form.
    #[serde(default)]
    #[schemars(length(min = 1, max = 128))]
    pub output: Option<String>,
    /// Decimals to which every number is rounded before it is compared.
    #[serde(default = "default_decimals")]
    #[schemars(range(max = MAX_DECIMALS))]
    pub decimals: u8,
    /// Rows between two messages of progress.
    #[serde(default = "default_progress_rows")]
    #[schemars(range(min = 1))]
    pub progress_rows: u32,
}

fn default_decimals() -> u8 {
    3
}

fn default_progress_rows() -> u32 {
    100
}
