//! Files that are read from their first row to their last.

use super::InputFile;
use crate::columns::{BatchBuilder, Layout, Place};
use neurite_core::{Acquisition, Batch, Bookmark, BoxFuture, Context, PluginError};
use std::ops::Range;

/// How rows of a file are read.
pub trait Format: Send + 'static {
    /// A file that is being read.
    type Reader: Send;

    /// Counts the rows of a file; fails if it is faulty as a whole.
    fn count(&self, file: &InputFile) -> Result<u64, PluginError>;

    /// Opens a file after its first `skip` rows, which are there.
    fn open(&self, file: &InputFile, skip: u64) -> Result<Self::Reader, PluginError>;

    /// Adds the next row; tells whether there was one.
    fn read(&self, reader: &mut Self::Reader, place: Place<'_>, rows: &mut BatchBuilder) -> Result<bool, PluginError>;
}

/// What is read, and how it is cut.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The input as the document names it.
    pub input: String,
    /// The files, in order.
    pub files: Vec<InputFile>,
    /// The columns.
    pub layout: Layout,
    /// The most rows of a batch.
    pub batch_rows: u32,
}

/// The rows of a shard.
pub struct FileRows<F: Format> {
    format: F,
    input: String,
    files: Vec<InputFile>,
    /// The rows before each file and, at the end, all rows.
    starts: Vec<u64>,
    /// The shard's rows, counted from 0 over all files.
    range: Range<u64>,
    /// The row that is read next.
    next: u64,
    /// The file that `next` is in, open before it.
    reader: Option<(usize, F::Reader)>,
    rows: BatchBuilder,
    batch_rows: usize,
}

impl<F: Format> FileRows<F> {
    /// Counts the rows of the files and goes to the shard's first.
    pub fn open(format: F, reading: Reading, context: &Context) -> Result<Self, PluginError> {
        let Reading { input, files, layout, batch_rows } = reading;
        let mut starts = vec![0];
        let mut total = 0;
        for file in &files {
            total += format.count(file)?;
            starts.push(total);
        }
        let range = context.shard.range(total);
        let rows = BatchBuilder::new(layout);
        Ok(Self { format, input, files, starts, next: range.start, range, reader: None, rows, batch_rows: batch_rows as usize })
    }

    fn go_to(&mut self, position: u64) -> Result<(), PluginError> {
        let row = self.range.start.checked_add(position).filter(|row| *row <= self.range.end);
        let Some(row) = row else {
            return Err(PluginError::input(&self.input, format!("shard has no row after its first {position}")));
        };
        self.reader = None;
        self.rows.clear();
        self.next = row;
        Ok(())
    }

    fn read_batch(&mut self) -> Result<Option<Batch>, PluginError> {
        let start = self.next - self.range.start;
        while self.next < self.range.end && self.rows.rows() < self.batch_rows && self.rows.has_room() {
            self.read_row()?;
        }
        match self.rows.rows() {
            0 => Ok(None),
            _ => Batch::new(start, self.rows.take()?).map(Some),
        }
    }

    fn read_row(&mut self) -> Result<(), PluginError> {
        // The last of the files that begin at or before the row; empty ones before it begin there too.
        let at = self.starts.partition_point(|start| *start <= self.next) - 1;
        let file = &self.files[at];
        let row = self.next - self.starts[at];
        let mut reader = match self.reader.take() {
            Some((open, reader)) if open == at => reader,
            _ => self.format.open(file, row)?,
        };
        let place = Place { input: &file.name, row: row + 1 };
        if !self.format.read(&mut reader, place, &mut self.rows)? {
            return Err(PluginError::input(&file.name, format!("row {} is gone: the file became shorter", row + 1)));
        }
        self.reader = Some((at, reader));
        self.next += 1;
        Ok(())
    }
}

impl<F: Format> Acquisition for FileRows<F> {
    fn total(&self) -> Option<u64> {
        Some(self.range.end - self.range.start)
    }

    fn seek<'a>(&'a mut self, bookmark: &'a Bookmark) -> BoxFuture<'a, Result<(), PluginError>> {
        Box::pin(async move { self.go_to(bookmark.rows) })
    }

    fn next_batch(&mut self) -> BoxFuture<'_, Result<Option<Batch>, PluginError>> {
        Box::pin(async move { self.read_batch() })
    }
}
