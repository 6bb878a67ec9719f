//! Parameters of `REST_ENDPOINT`.

use crate::values::ValueName;
use schemars::JsonSchema;
use serde::Deserialize;

/// Answers requests to a route of the engine's HTTP API with the last rows.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub struct RestEndpointParameters {
    /// The route below `/v1/pipelines/{pipeline}/`.
    #[schemars(length(min = 1, max = 128), regex(pattern = r"^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$"))]
    pub path: String,
    /// What the route is for, in a sentence for those who read the API's description.
    #[serde(default = "last_rows")]
    #[schemars(length(min = 1, max = 256))]
    pub summary: String,
    /// What to show of a row: `FIELD` or `FIELD/COLUMN`, of the model's outputs or of the rows.
    #[schemars(length(min = 1, max = 64))]
    pub values: Vec<ValueName>,
    /// How many of the last rows to keep.
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 1000))]
    pub keep_rows: u16,
}

fn last_rows() -> String {
    "Returns the last rows.".to_owned()
}

fn one() -> u16 {
    1
}
