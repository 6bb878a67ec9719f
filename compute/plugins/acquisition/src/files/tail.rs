//! One file that grows.

use super::{io_error, InputFile, MAX_LINE_BYTES};
use neurite_core::PluginError;
use serde::{Deserialize, Serialize};
use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    os::unix::fs::{FileExt, MetadataExt},
};

/// How much is read at once, in bytes.
const CHUNK: usize = 64 * 1024;
/// How many bytes at a file's beginning tell it from another.
const HEAD: u64 = 1024;

/// Where a source of growing files stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub(super) struct Cursor {
    /// The file's name, from which it may have been renamed.
    pub(super) file: String,
    /// Where the first record that was not delivered begins.
    pub(super) offset: u64,
    /// The file's number in its file system.
    pub(super) inode: u64,
    /// Digest of the file's first bytes, at most up to the offset.
    pub(super) head: String,
}

/// A file that others append to, read by whole records.
pub(super) struct Tail {
    /// The name under which it was found.
    pub(super) name: String,
    pub(super) inode: u64,
    file: File,
    /// Where the first record that was not taken begins.
    offset: u64,
    /// The file from `offset` on, as far as it was read, after `taken` bytes that are done with.
    buffer: Vec<u8>,
    taken: usize,
    /// Length and digest of the file's first bytes, when last looked at.
    head: (u64, String),
    /// Whether nobody appends any more, so that a line without an end is one.
    pub(super) closing: bool,
}

impl Tail {
    /// Opens a file at an offset; `name` is the one under which its successor will come.
    pub(super) fn open(file: &InputFile, name: &str, offset: u64) -> io::Result<Self> {
        let mut handle = File::open(&file.path)?;
        let metadata = handle.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "is no file"));
        }
        handle.seek(SeekFrom::Start(offset))?;
        let head = digest(&handle, offset.min(HEAD))?;
        Ok(Self {
            name: name.to_owned(),
            inode: metadata.ino(),
            file: handle,
            offset,
            buffer: Vec::new(),
            taken: 0,
            head: (offset.min(HEAD), head),
            closing: false,
        })
    }

    /// Opens the file where a cursor stands; `None` if it is another file by now.
    pub(super) fn resume(file: &InputFile, cursor: &Cursor) -> io::Result<Option<Self>> {
        let handle = File::open(&file.path)?;
        if handle.metadata()?.len() < cursor.offset || digest(&handle, cursor.offset.min(HEAD))? != cursor.head {
            return Ok(None);
        }
        Self::open(file, &cursor.file, cursor.offset).map(Some)
    }

    /// Returns where the file stands now.
    pub(super) fn cursor(&mut self) -> Result<Cursor, PluginError> {
        let length = self.offset.min(HEAD);
        if length != self.head.0 {
            self.head = (length, digest(&self.file, length).map_err(|error| io_error(&self.name, &error))?);
        }
        Ok(Cursor { file: self.name.clone(), offset: self.offset, inode: self.inode, head: self.head.1.clone() })
    }

    /// Tells whether what was read is still in the file, and not cut off or overwritten.
    pub(super) fn is_intact(&self) -> bool {
        let longer = self.file.metadata().is_ok_and(|metadata| metadata.len() >= self.offset);
        longer && digest(&self.file, self.head.0).is_ok_and(|found| found == self.head.1)
    }

    /// Returns the file's first record whatever was taken, or `None` while it is not whole.
    pub(super) fn first_record(&self, quoted: bool) -> Result<Option<Vec<u8>>, PluginError> {
        let mut first = vec![0; MAX_LINE_BYTES];
        let mut length = 0;
        while length < first.len() {
            match self.file.read_at(&mut first[length..], length as u64).map_err(|error| io_error(&self.name, &error))? {
                0 => break,
                read => length += read,
            }
        }
        first.truncate(length);
        match record_length(&first, quoted) {
            Some(end) => first.truncate(end),
            None if length == MAX_LINE_BYTES => return Err(self.too_long()),
            None if self.closing && length > 0 => {}
            None => return Ok(None),
        }
        Ok(Some(first))
    }

    /// Returns the next record with its end of line; `None` if there is no whole one yet. It stays until it is taken.
    pub(super) fn record(&mut self, quoted: bool) -> Result<Option<&[u8]>, PluginError> {
        loop {
            let rest = &self.buffer[self.taken..];
            if let Some(length) = record_length(rest, quoted) {
                return Ok(Some(&self.buffer[self.taken..self.taken + length]));
            }
            if rest.len() >= MAX_LINE_BYTES {
                return Err(self.too_long());
            }
            if self.fill().map_err(|error| io_error(&self.name, &error))? == 0 {
                let last = &self.buffer[self.taken..];
                return Ok(if self.closing && !last.is_empty() { Some(last) } else { None });
            }
        }
    }

    /// Passes over the first `length` bytes of a file of which nothing was taken.
    pub(super) fn skip_head(&mut self, length: usize) -> Result<(), PluginError> {
        if self.offset > 0 {
            return Ok(());
        }
        self.offset = length as u64;
        self.buffer.clear();
        self.file.seek(SeekFrom::Start(self.offset)).map(drop).map_err(|error| io_error(&self.name, &error))
    }

    /// Goes on after the first `length` bytes of what [`Tail::record`] returned.
    pub(super) fn take(&mut self, length: usize) {
        self.taken += length;
        self.offset += length as u64;
    }

    fn fill(&mut self) -> io::Result<usize> {
        self.buffer.drain(..self.taken);
        self.taken = 0;
        (&self.file).take(CHUNK as u64).read_to_end(&mut self.buffer)
    }

    fn too_long(&self) -> PluginError {
        PluginError::input(&self.name, format!("record at byte {} has more than {MAX_LINE_BYTES} bytes", self.offset))
    }
}

/// The length of the record at the beginning, its end of line included; in a quoted one, line ends between quotes do not count.
fn record_length(bytes: &[u8], quoted: bool) -> Option<usize> {
    if !quoted {
        return bytes.iter().position(|byte| *byte == b'\n').map(|at| at + 1);
    }
    // A quote opens a field at its beginning only, or goes on after the first of two.
    let (mut inside, mut may_open) = (false, true);
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'"' if inside => (inside, may_open) = (false, true),
            b'"' => inside = may_open,
            b'\n' if !inside => return Some(at + 1),
            byte => may_open = *byte == b',',
        }
    }
    None
}

/// The digest of a file's first bytes.
fn digest(file: &File, length: u64) -> io::Result<String> {
    let mut bytes = vec![0; length as usize];
    file.read_exact_at(&mut bytes, 0)?;
    Ok(blake3::hash(&bytes).to_hex()[..32].to_owned())
}
