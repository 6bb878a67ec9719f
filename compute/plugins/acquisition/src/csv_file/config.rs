//! Parameters of `CsvFile`.

use crate::{columns::Columns, files::FileSet};
use neurite_core::RelativePath;
use schemars::JsonSchema;
use serde::Deserialize;

/// The most rows of a batch.
pub const MAX_BATCH_ROWS: u32 = 65_536;

/// Reads rows from CSV files on the node, divided among workers by contiguous ranges of rows, or follows files that grow.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub struct CsvFileParameters {
    /// Path of the file below the engine's data folder.
    pub url: RelativePath,
    /// Rows per batch.
    #[serde(default = "default_batch_rows")]
    #[schemars(range(min = 1, max = MAX_BATCH_ROWS))]
    pub batch_rows: u32,
    /// Whether the first line names the columns; else they are numbered from 0.
    #[serde(default = "default_has_header")]
    pub has_header: bool,
    /// Column of whole numbers that is the true class of a row and no feature: its name, or its number from 0 in a file without header.
    #[serde(default)]
    #[schemars(length(min = 1, max = 128))]
    pub label_column: Option<String>,
    /// What the columns become; without it, all are features but LABEL_COLUMN.
    #[serde(default)]
    pub columns: Option<Columns>,
    /// Files that are one input, in the folder that URL then is: a list in the order in which they are read, or a pattern such as `day-*.csv`
    /// for those that match in the order of their names.
    #[serde(default)]
    pub files: Option<FileSet>,
    /// Whether the files grow: rows are read as they are appended, from renamed and cut files too, and new files that match as they come; the
    /// source has no end. Files that were rotated must not match.
    #[serde(default)]
    pub follow: bool,
    /// How often a followed file is looked at while it does not grow, in seconds.
    #[serde(default = "default_poll_seconds")]
    #[schemars(range(min = 1, max = 3_600))]
    pub poll_seconds: u32,
    /// Digest that the file must have, of FILES all one after the other: blake3, 64 hexadecimal digits in lower case.
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

fn default_poll_seconds() -> u32 {
    1
}
