//! `JsonLines`: one JSON object per line, from files on the node.
//!
//! With `COLUMNS`, keys of the objects become fields; without, a line is a row of the field `message`, and the file it stands in one of
//! `origin`. Lines that are blank are no rows. Files with an end are read twice, as by `CsvFile`; files that grow are followed in the same way.
//!
//! Guarantees: rows and order depend on files, parameters and shard only. A fault is an input failure that names the row, counted from 1 in its
//! file, and the key. No appended row is lost or repeated when the engine is killed.

mod config;
mod format;
mod plugin;

pub use config::JsonLinesParameters;
pub use plugin::JsonLines;

#[cfg(test)]
mod tests;
