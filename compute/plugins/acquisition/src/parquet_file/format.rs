//! How rows are read from Parquet.

use super::column::{Column, Fault, Meaning, CHUNK_ROWS};
use crate::{
    columns::{BatchBuilder, Columns, Layout, Place, TableColumn},
    files::{Format, InputFile},
};
use neurite_core::PluginError;
use parquet::{
    errors::ParquetError,
    file::metadata::{ParquetMetaData, ParquetMetaDataReader},
};
use std::{
    fs::File,
    panic::{catch_unwind, AssertUnwindSafe},
    sync::Arc,
};

/// The largest row group that is read, in bytes of the columns that are wanted, not compressed.
pub const MAX_GROUP_BYTES: i64 = 1024 * 1024 * 1024;
/// The most rows of a file.
pub const MAX_ROWS: u64 = 1 << 40;

/// Parquet with a layout.
pub(super) struct ParquetFormat {
    layout: Layout,
}

impl ParquetFormat {
    /// Makes the format of files; the first says what columns there are.
    pub(super) fn of_files(columns: &Columns, files: &[InputFile]) -> Result<Self, PluginError> {
        let Some(first) = files.first() else { return Err(PluginError::internal("no files")) };
        let (_, metadata) = open(first)?;
        let schema = metadata.file_metadata().schema_descr();
        let table = schema.columns().iter().filter_map(|column| {
            let meaning = Meaning::of(column)?;
            Some(TableColumn { name: column.path().string(), is_number: meaning.is_number() })
        });
        Ok(Self { layout: Layout::of_table(columns, &first.name, &table.collect::<Vec<_>>())? })
    }

    pub(super) fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Finds the wanted columns in the schema of a file.
    fn positions(&self, metadata: &ParquetMetaData, input: &str) -> Result<Vec<usize>, PluginError> {
        let columns = metadata.file_metadata().schema_descr().columns();
        let position = |name: &String| {
            let found = columns.iter().position(|column| column.path().string() == *name && Meaning::of(column).is_some());
            found.ok_or_else(|| PluginError::input(input, format!("has no column {name:?}")))
        };
        self.layout.wanted().iter().map(position).collect()
    }
}

/// A file that is being read.
pub(super) struct ParquetReader {
    file: Arc<File>,
    metadata: ParquetMetaData,
    /// The wanted columns in the schema.
    positions: Vec<usize>,
    /// The row group that is opened next.
    group: usize,
    /// The wanted columns of the open row group.
    columns: Vec<Column>,
    /// Rows of the open row group that are not decoded.
    left: usize,
    /// Rows of the chunk that is decoded, and how many of them were taken.
    chunk: usize,
    taken: usize,
}

impl ParquetReader {
    /// Goes to the first row group that does not end within `skip` rows, and over the rest of them.
    fn skip(&mut self, mut skip: u64) -> Result<(), Fault> {
        while let Some(group) = self.metadata.row_groups().get(self.group) {
            let rows = group.num_rows() as u64;
            if rows > skip {
                self.open_group()?;
                for column in &mut self.columns {
                    column.skip(skip as usize)?;
                }
                self.left -= skip as usize;
                return Ok(());
            }
            skip -= rows;
            self.group += 1;
        }
        Ok(())
    }

    fn open_group(&mut self) -> Result<(), Fault> {
        let group = self.metadata.row_group(self.group);
        let schema = self.metadata.file_metadata().schema_descr();
        let sizes = self.positions.iter().map(|at| group.column(*at).uncompressed_size());
        let bytes = sizes.fold(0i64, |bytes, size| if size < 0 { i64::MAX } else { bytes.saturating_add(size) });
        if bytes > MAX_GROUP_BYTES {
            let reason = format!("row group {} has more than {MAX_GROUP_BYTES} bytes in the columns to be read", self.group);
            return Err(ParquetError::General(reason).into());
        }
        let open = |at: &usize| Column::open(&self.file, group, schema.column(*at), *at);
        self.columns = self.positions.iter().map(open).collect::<Result<_, _>>()?;
        self.left = group.num_rows() as usize;
        self.group += 1;
        Ok(())
    }

    /// Makes sure that a row is decoded; tells whether there is one.
    fn fill(&mut self) -> Result<bool, Fault> {
        if self.taken < self.chunk {
            return Ok(true);
        }
        while self.left == 0 {
            if self.group >= self.metadata.num_row_groups() {
                return Ok(false);
            }
            self.open_group()?;
        }
        let rows = self.left.min(CHUNK_ROWS);
        for column in &mut self.columns {
            column.read(rows)?;
        }
        (self.left, self.chunk, self.taken) = (self.left - rows, rows, 0);
        Ok(true)
    }
}

impl Format for ParquetFormat {
    type Reader = ParquetReader;

    fn count(&self, file: &InputFile) -> Result<u64, PluginError> {
        let (_, metadata) = open(file)?;
        self.positions(&metadata, &file.name)?;
        let rows = metadata.row_groups().iter().try_fold(0u64, |rows, group| rows.checked_add(u64::try_from(group.num_rows()).ok()?));
        rows.filter(|rows| *rows <= MAX_ROWS).ok_or_else(|| PluginError::input(&file.name, "says that it has more rows than it can have"))
    }

    fn open(&self, file: &InputFile, skip: u64) -> Result<ParquetReader, PluginError> {
        let (handle, metadata) = open(file)?;
        let positions = self.positions(&metadata, &file.name)?;
        let mut reader =
            ParquetReader { file: Arc::new(handle), metadata, positions, group: 0, columns: Vec::new(), left: 0, chunk: 0, taken: 0 };
        guarded(|| reader.skip(skip)).map_err(|fault| damaged(&file.name, &fault))?;
        Ok(reader)
    }

    fn read(&self, reader: &mut ParquetReader, place: Place<'_>, rows: &mut BatchBuilder) -> Result<bool, PluginError> {
        match guarded(|| reader.fill()) {
            Ok(true) => {}
            Ok(false) => return Ok(false),
            // The chunk's first row is the one that was asked for.
            Err(Fault::Value { column, row, reason }) => return Err(Place { row: place.row + row as u64, ..place }.fault(&column, reason)),
            Err(fault) => return Err(damaged(place.input, &fault)),
        }
        let (columns, row) = (&reader.columns, reader.taken);
        rows.push(place, |wanted| columns[wanted].cell(row))?;
        reader.taken += 1;
        Ok(true)
    }
}

/// Opens a file and reads what it says about itself.
fn open(file: &InputFile) -> Result<(File, ParquetMetaData), PluginError> {
    let handle = file.open()?;
    let metadata = guarded(|| Ok(ParquetMetaDataReader::new().parse_and_finish(&handle)?));
    Ok((handle, metadata.map_err(|fault| damaged(&file.name, &fault))?))
}

/// Calls the reader of Parquet, whose panics become errors.
///
/// It checks most of what a file claims, but counts on some of it, and files come from strangers. What it leaves behind is dropped: an input
/// failure ends the reading of the file.
fn guarded<T>(read: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err(ParquetError::General("its pages contradict each other".into()).into()))
}

fn damaged(input: &str, fault: &Fault) -> PluginError {
    let reason = match fault {
        Fault::File(error) => format!("is no Parquet file that can be read: {error}"),
        Fault::Short => "has a row group with fewer rows than it says".into(),
        Fault::Value { reason, .. } => (*reason).into(),
    };
    PluginError::input(input, reason)
}
