//! Parameters of `SqlQuery`.

use crate::{columns::Columns, csv_file::MAX_BATCH_ROWS};
use schemars::JsonSchema;
use serde::Deserialize;

/// Reads the rows of a query from PostgreSQL, MySQL, MariaDB or a SQLite file, once or again and again as they appear.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub struct SqlQueryParameters {
    /// Where the database is: `connection:NAME` for a connection of the operator, which has user and password; `postgres://HOST:PORT/DATABASE`
    /// or `mysql://HOST:PORT/DATABASE` for one that needs none; `sqlite:PATH` for a file below the engine's data folder.
    #[schemars(length(min = 1, max = 512))]
    pub url: String,
    /// The query: one SELECT, without parameters.
    #[schemars(length(min = 1, max = 65_536))]
    pub query: String,
    /// Column of the query whose values are unique and rise from row to row as rows appear: whole numbers, texts or times.
    #[schemars(length(min = 1, max = 128))]
    pub cursor_column: String,
    /// Rows per batch.
    #[serde(default = "default_batch_rows")]
    #[schemars(range(min = 1, max = MAX_BATCH_ROWS))]
    pub batch_rows: u32,
    /// How often to look for new rows, in seconds; without it the source ends after the last row that was there when it was opened.
    #[serde(default)]
    #[schemars(range(min = 1, max = 3_600))]
    pub poll_seconds: Option<u32>,
    /// What the columns become; without it, all columns of numbers are features.
    #[serde(default)]
    pub columns: Columns,
    /// How long a query may take, in seconds.
    #[serde(default = "default_timeout_seconds")]
    #[schemars(range(min = 1, max = 3_600))]
    pub timeout_seconds: u32,
}

fn default_batch_rows() -> u32 {
    256
}

fn default_timeout_seconds() -> u32 {
    30
}
