//! Files of rows: which ones are read, and how rows become batches.
//!
//! A source of files with an end is [`FileRows`]: all files, one after the other, are one input, whose rows are divided into shards. Its
//! format says how rows are counted and read ([`Format`]). A source that follows files which grow is [`Follow`]; its format reads records that
//! end with a line ([`LineFormat`]).
//!
//! Guarantees: what is read depends on files, parameters and shard only; nothing outside the data folder is read; memory does not grow with
//! the files. Errors name the file and its row, counted from 1.

mod follow;
mod lines;
mod rows;
mod set;
mod tail;

pub use follow::{Follow, LineFormat};
pub use lines::{Lines, MAX_LINE_BYTES};
pub use rows::{FileRows, Format, Reading};
pub use set::{FileSet, InputFile, InputFiles, MAX_FILES, MAX_FILE_BYTES};

use neurite_core::PluginError;
use std::io::{self, ErrorKind};

/// Tells a file that is not there, the sender's fault, from a disk that does not work.
pub fn io_error(input: &str, error: &io::Error) -> PluginError {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::PermissionDenied | ErrorKind::NotADirectory | ErrorKind::InvalidData => {
            PluginError::input(input, error.to_string())
        }
        _ => PluginError::resources(format!("reading {input}: {error}")),
    }
}

#[cfg(test)]
mod tests;
