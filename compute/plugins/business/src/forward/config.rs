//! Parameters of `FORWARD`.

use crate::values::ValueName;
use schemars::JsonSchema;
use serde::Deserialize;

/// Sends rows on as they are, or every so many of them.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub struct ForwardParameters {
    /// What to send of a row: `FIELD` or `FIELD/COLUMN`, of the model's outputs or of the rows.
    #[schemars(length(min = 1, max = 64))]
    pub values: Vec<ValueName>,
    /// Send one row of so many: the last of them.
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 1_000_000_000))]
    pub every_rows: u32,
}

fn one() -> u32 {
    1
}
