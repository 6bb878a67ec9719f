//! Parameters of `ParquetFile`.

use crate::{columns::Columns, csv_file::MAX_BATCH_ROWS, files::FileSet};
use neurite_core::RelativePath;
use schemars::JsonSchema;
use serde::Deserialize;

/// Reads rows from Parquet files on the node, divided among workers by contiguous ranges of rows.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub struct ParquetFileParameters {
    /// Path of the file below the engine's data folder.
    pub url: RelativePath,
    /// Rows per batch.
    #[serde(default = "default_batch_rows")]
    #[schemars(range(min = 1, max = MAX_BATCH_ROWS))]
    pub batch_rows: u32,
    /// What the columns become; without it, all columns of numbers are features.
    #[serde(default)]
    pub columns: Columns,
    /// Files that are one input, in the folder that URL then is: a list in the order in which they are read, or a pattern such as
    /// `day-*.parquet` for those that match in the order of their names.
    #[serde(default)]
    pub files: Option<FileSet>,
    /// Digest that the file must have, of FILES all one after the other: blake3, 64 hexadecimal digits in lower case.
    #[serde(default)]
    #[schemars(regex(pattern = r"^[0-9a-f]{64}$"))]
    pub blake3: Option<String>,
}

fn default_batch_rows() -> u32 {
    32
}
