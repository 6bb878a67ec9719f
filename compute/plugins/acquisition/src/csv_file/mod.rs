//! `CsvFile`: rows of numbers from a file on the node.
//!
//! The file is read twice: once when it is opened, to count its rows, to find ragged ones and to check its digest, and then by batches from the
//! shard's first row. Every row becomes a row of the field `features`, and its label one of `label`. Memory does not grow with the file.
//!
//! Guarantees: rows and order depend on file, parameters and shard only. A fault of the file is an input failure that names row and column; rows
//! are counted from 1 without the header.

mod config;
mod plugin;

pub use config::{CsvFileParameters, MAX_BATCH_ROWS};
pub use plugin::{CsvFile, MAX_COLUMNS, MAX_FILE_BYTES};

#[cfg(test)]
mod tests;
