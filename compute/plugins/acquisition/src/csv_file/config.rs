//! Parameters of `CsvFile`.

use neurite_core::RelativePath;
use schemars::JsonSchema;
use serde::Deserialize;

/// The most rows of a batch.
pub const MAX_BATCH_ROWS: u32 = 65_536;

/// Reads rows of numbers from a CSV file on the node, divided among workers by contiguous ranges of rows.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub struct CsvFileParameters {
    /// Path of the file below the engine's data folder.
    pub url: RelativePath,
    /// Rows per batch.
    #[serde(default = "default_batch_rows")]
    #[schemars(range(min = 1, max = MAX_BATCH_ROWS))]
    pub batch_rows: u32,
    /// Whether the first line names the columns.
    #[serde(default = "default_has_header")]
    pub has_header: bool,
    /// Column of whole numbers that is the true class of a row and no feature: its name, or its number from 0 in a file without header.
    #[serde(default)]
    #[schemars(length(min = 1, max = 128))]
    pub label_column: Option<String>,
    /// Digest that the file must have: blake3, 64 hexadecimal digits in lower case.
    #[serde(default)]
    #[schemars(regex(pattern = r"^[0-9a-f]{64}$"))]
    pub blake3: Option<String>,
}

fn default_batch_rows() -> u32 {
    32
}

fn default_has_header() -> bool {
    true
}
