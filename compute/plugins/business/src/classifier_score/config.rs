//! Parameters of `CLASSIFIER_SCORE`.

use schemars::JsonSchema;
use serde::Deserialize;

/// The most classes.
pub const MAX_CLASSES: u16 = 256;

/// Compares a classifier's answers with the labels of the input: rows, right answers, confusion matrix and a commitment to every answer.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub struct ClassifierScoreParameters {
    /// Number of classes; labels and answers are from 0 to one less.
    #[schemars(range(min = 2, max = MAX_CLASSES))]
    pub classes: u16,
    /// The model's output to read: one integer per row, or one score per class and row. Without it, the first output of either form.
    #[serde(default)]
    #[schemars(length(min = 1, max = 128))]
    pub output: Option<String>,
    /// Rows between two messages of progress.
    #[serde(default = "default_progress_rows")]
    #[schemars(range(min = 1))]
    pub progress_rows: u32,
}

fn default_progress_rows() -> u32 {
    100
}
