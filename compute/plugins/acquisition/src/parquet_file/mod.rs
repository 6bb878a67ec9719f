//! `ParquetFile`: rows from Parquet files on the node.
//!
//! Columns are those of the file's schema; one inside a group is named by its path, as `unit.name`. Whole numbers, floats, decimals, truth
//! values, texts, dates and timestamps can be read; lists and maps cannot. Row groups before a shard are passed over without being read, and
//! of those that are read only the columns that are wanted, a page and [`CHUNK_ROWS`] rows at a time. Compression: none, Snappy and Zstandard.
//!
//! Guarantees: rows and order depend on files, parameters and shard only. A damaged file is an input failure, whatever is wrong with it; a value
//! that does not fit is one that names row and column.

mod column;
mod config;
mod format;
mod plugin;

pub use column::CHUNK_ROWS;
pub use config::ParquetFileParameters;
pub use format::{MAX_GROUP_BYTES, MAX_ROWS};
pub use plugin::ParquetFile;

#[cfg(test)]
mod tests;
