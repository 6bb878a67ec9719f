//! `CsvFile`: rows from files on the node.
//!
//! A file with an end is read twice: once when it is opened, to count its rows, to find ragged ones and to check its digest, and then by batches
//! from the shard's first row. Without `COLUMNS`, every row becomes a row of the field `features`, and its label one of `label`. Memory does
//! not grow with the file. A file that is followed is read once, as it grows; its bookmark holds the file's name, the place in it, and how to
//! know it again when it was renamed.
//!
//! Guarantees: rows and order depend on files, parameters and shard only. A fault of a file is an input failure that names row and column; rows
//! are counted from 1 without the header. No appended row is lost or repeated when the engine is killed.

mod config;
mod format;
mod plugin;

pub use config::{CsvFileParameters, MAX_BATCH_ROWS};
pub use format::MAX_COLUMNS;
pub use plugin::CsvFile;

#[cfg(test)]
mod tests;
