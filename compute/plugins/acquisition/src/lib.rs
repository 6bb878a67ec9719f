//! Acquisition plugins: where data comes from.
//!
//! One folder per plugin: `config.rs` (the parameters, whose comments are the manual), `plugin.rs`, `tests.rs`.
#![warn(missing_docs)]

pub mod columns;
pub mod csv_file;
pub mod files;
pub mod json_lines;
pub mod parquet_file;
pub mod sql_query;

use neurite_core::{Registry, RegistryError};

/// Registers all acquisition plugins.
pub fn register(registry: &mut Registry) -> Result<(), RegistryError> {
    registry.register(csv_file::CsvFile)?;
    registry.register(json_lines::JsonLines)?;
    registry.register(parquet_file::ParquetFile)?;
    registry.register(sql_query::SqlQuery)
}
