//! Lines of a bounded length.

use super::{io_error, InputFile};
use neurite_core::PluginError;
use std::{
    fs::File,
    io::{BufRead, BufReader, Read},
};

/// The longest line or record, in bytes.
pub const MAX_LINE_BYTES: usize = 1024 * 1024;

/// The lines of a file that are not blank.
#[derive(Debug)]
pub struct Lines {
    name: String,
    reader: BufReader<File>,
    line: Vec<u8>,
    row: u64,
}

impl Lines {
    /// Opens a file at its first line.
    pub fn open(file: &InputFile) -> Result<Self, PluginError> {
        Ok(Self { name: file.name.clone(), reader: BufReader::new(file.open()?), line: Vec::new(), row: 0 })
    }

    /// Returns the next line, trimmed; `None` after the last. Fails with [`PluginError::Input`] at one that is too long.
    pub fn next_line(&mut self) -> Result<Option<&[u8]>, PluginError> {
        loop {
            self.line.clear();
            let limit = MAX_LINE_BYTES as u64 + 1;
            let read = self.reader.by_ref().take(limit).read_until(b'\n', &mut self.line);
            let read = read.map_err(|error| io_error(&self.name, &error))?;
            if read == 0 {
                return Ok(None);
            }
            if read > MAX_LINE_BYTES {
                return Err(PluginError::input(&self.name, format!("row {} has more than {MAX_LINE_BYTES} bytes", self.row + 1)));
            }
            if !self.line.trim_ascii().is_empty() {
                self.row += 1;
                return Ok(Some(self.line.trim_ascii()));
            }
        }
    }
}
