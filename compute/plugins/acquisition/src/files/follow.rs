//! Files that grow, without an end.

use super::{
    io_error,
    tail::{Cursor, Tail},
    InputFile, InputFiles,
};
use crate::columns::{BatchBuilder, Layout, Place};
use neurite_core::{Acquisition, Batch, Bookmark, BoxFuture, Clock, Context, PluginError};
use std::{io, os::unix::fs::MetadataExt, sync::Arc, time::Duration};

/// How records that end with a line are read.
pub trait LineFormat: Send + 'static {
    /// What the first record of a file tells about the others.
    type Head: Send;
    /// Whether line ends between quotes belong to the record.
    const QUOTED: bool;

    /// Reads the first record of a file; the flag tells whether it is a header and no row.
    fn head(&self, input: &str, first: &[u8]) -> Result<(Self::Head, bool), PluginError>;

    /// Adds the row that a record is; a blank one is none.
    fn add(&self, head: &Self::Head, place: Place<'_>, record: &[u8], rows: &mut BatchBuilder) -> Result<(), PluginError>;
}

/// The rows of files that others append to.
///
/// Files are read in the order of their names, each to its end and, as long as none comes after it, on from there. A file that is renamed is
/// read to its end before the one that takes its place; a file that is cut off is read again from its beginning. The last line of a file
/// that another follows counts as whole, even without an end of line.
pub struct Follow<F: LineFormat> {
    format: F,
    files: InputFiles,
    clock: Arc<dyn Clock>,
    poll: Duration,
    rows: BatchBuilder,
    batch_rows: usize,
    /// Rows that were delivered.
    delivered: u64,
    /// The file that is read, and what its first record told.
    open: Option<(Tail, Option<F::Head>)>,
    /// The file at which to begin while none is open.
    wanted: Option<String>,
}

impl<F: LineFormat> Follow<F> {
    /// Makes a source that begins at the first file's beginning.
    ///
    /// Fails with [`PluginError::Parameters`] if the source is to be divided among workers.
    pub fn open(
        format: F,
        files: InputFiles,
        layout: Layout,
        batch_rows: u32,
        poll_seconds: u32,
        context: &Context,
    ) -> Result<Self, PluginError> {
        if context.shard.count() > 1 {
            return Err(PluginError::parameters("/FOLLOW", "a source without an end cannot be divided among workers"));
        }
        Ok(Self {
            format,
            files,
            clock: context.services.clock.clone(),
            poll: Duration::from_secs(poll_seconds.into()),
            rows: BatchBuilder::new(layout),
            batch_rows: batch_rows as usize,
            delivered: 0,
            open: None,
            wanted: None,
        })
    }

    /// Waits until there is a batch.
    async fn next(&mut self) -> Result<Batch, PluginError> {
        loop {
            if let Some(batch) = self.read()? {
                return Ok(batch);
            }
            match self.advance() {
                Ok(true) => {}
                Ok(false) => self.clock.sleep(self.poll).await,
                // A file or folder that is not there, or not any more, may still come.
                Err(error) if error.kind() == io::ErrorKind::NotFound => self.clock.sleep(self.poll).await,
                Err(error) => return Err(io_error(self.files.input(), &error)),
            }
        }
    }

    /// Reads whole records of the open file, as many as there are and fit in a batch.
    fn read(&mut self) -> Result<Option<Batch>, PluginError> {
        let Some((tail, head)) = &mut self.open else { return Ok(None) };
        if !tail.is_intact() {
            self.wanted = Some(tail.name.clone());
            self.open = None;
            return Ok(None);
        }
        if head.is_none() {
            let Some(first) = tail.first_record(F::QUOTED)? else { return Ok(None) };
            let (known, is_header) = self.format.head(&tail.name, &first)?;
            if is_header {
                tail.skip_head(first.len())?;
            }
            *head = Some(known);
        }
        let Some(head) = head else { return Ok(None) };
        let name = tail.name.clone();
        while self.rows.rows() < self.batch_rows && self.rows.has_room() {
            let place = Place { input: &name, row: self.delivered + self.rows.rows() as u64 + 1 };
            let Some(record) = tail.record(F::QUOTED)? else { break };
            let length = record.len();
            self.format.add(head, place, record, &mut self.rows)?;
            tail.take(length);
        }
        if self.rows.rows() == 0 {
            return Ok(None);
        }
        let cursor = serde_json::to_value(tail.cursor()?).map_err(|error| PluginError::internal(error.to_string()))?;
        let batch = Batch::new(self.delivered, self.rows.take()?)?.with_cursor(cursor);
        self.delivered = batch.end();
        Ok(Some(batch))
    }

    /// Goes to the file that comes next, if the open one has no whole record left; tells whether there may be something to read.
    fn advance(&mut self) -> io::Result<bool> {
        let Some((tail, _)) = &mut self.open else {
            let first = match &self.wanted {
                Some(name) => self.files.present(name)?.map_or_else(|| self.files.after(Some(name)), |file| Ok(Some(file)))?,
                None => self.files.after(None)?,
            };
            return self.enter(first);
        };
        let Some(successor) = successor(&self.files, tail)? else { return Ok(false) };
        if !tail.closing {
            // Read once more: what was written before its successor came may have been missed.
            tail.closing = true;
            return Ok(true);
        }
        self.enter(Some(successor))
    }

    fn enter(&mut self, file: Option<InputFile>) -> io::Result<bool> {
        let Some(file) = file else { return Ok(false) };
        self.open = Some((Tail::open(&file, &file.name, 0)?, None));
        Ok(true)
    }

    fn go_to(&mut self, bookmark: &Bookmark) -> Result<(), PluginError> {
        self.rows.clear();
        self.delivered = bookmark.rows;
        self.open = None;
        self.wanted = None;
        if bookmark.cursor.is_null() {
            return Ok(());
        }
        let cursor: Cursor = serde_json::from_value(bookmark.cursor.clone())
            .map_err(|error| PluginError::internal(format!("bookmark is none of a file that grows: {error}")))?;
        let found = self.find(&cursor).map_err(|error| io_error(&cursor.file, &error))?;
        self.open = found.map(|tail| (tail, None));
        self.wanted = Some(cursor.file);
        Ok(())
    }

    /// Finds the file of a cursor under its name, or under the one that it was given since.
    fn find(&self, cursor: &Cursor) -> io::Result<Option<Tail>> {
        let named = self.files.present(&cursor.file)?;
        let is_same = |file: &InputFile| file.path.metadata().is_ok_and(|metadata| metadata.ino() == cursor.inode);
        let renamed = || self.files.neighbours(&cursor.file).map(|files| files.into_iter().find(|file| is_same(file)));
        let candidate = match &named {
            Some(file) if is_same(file) => None,
            _ => renamed()?,
        };
        for file in candidate.iter().chain(&named) {
            if let Some(tail) = Tail::resume(file, cursor)? {
                return Ok(Some(tail));
            }
        }
        Ok(None)
    }
}

/// The file that takes the place of an open one, if any: another under its name, or one that comes after it.
fn successor(files: &InputFiles, tail: &Tail) -> io::Result<Option<InputFile>> {
    if let Some(named) = files.present(&tail.name)? {
        if named.path.metadata()?.ino() != tail.inode {
            return Ok(Some(named));
        }
    }
    files.after(Some(&tail.name))
}

impl<F: LineFormat> Acquisition for Follow<F> {
    fn total(&self) -> Option<u64> {
        None
    }

    fn seek<'a>(&'a mut self, bookmark: &'a Bookmark) -> BoxFuture<'a, Result<(), PluginError>> {
        Box::pin(async move { self.go_to(bookmark) })
    }

    fn next_batch(&mut self) -> BoxFuture<'_, Result<Option<Batch>, PluginError>> {
        Box::pin(async move { self.next().await.map(Some) })
    }
}
