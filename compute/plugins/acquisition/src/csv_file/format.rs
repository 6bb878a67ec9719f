//! How rows are read from CSV.

use super::config::CsvFileParameters;
use crate::{
    columns::{BatchBuilder, Cell, Layout, Place, TableColumn},
    files::{io_error, Format, InputFile, LineFormat},
};
use csv::{ByteRecord, Reader, ReaderBuilder, StringRecord};
use neurite_core::PluginError;
use std::{fs::File, io::Read};

/// The most columns of a file.
pub const MAX_COLUMNS: usize = 65_536;

/// CSV with a layout.
pub(super) struct CsvFormat {
    has_header: bool,
    layout: Layout,
    /// Whether columns are found by their names; else all files must have those of the layout.
    is_by_name: bool,
}

impl CsvFormat {
    /// Makes the format of files with an end; looks into the files to find out what columns there are.
    pub(super) fn of_files(parameters: &CsvFileParameters, files: &[InputFile]) -> Result<Self, PluginError> {
        let has_header = parameters.has_header;
        let Some(first) = files.first() else { return Err(PluginError::internal("no files")) };
        let input = first.name.as_str();
        let names = names(&mut reader(has_header, first.open()?), has_header, input)?;
        let Some(columns) = &parameters.columns else {
            let layout = numbers(names, parameters.label_column.as_deref(), input)?;
            return Ok(Self { has_header, layout, is_by_name: false });
        };
        let sample = if columns.features.is_none() { sample(has_header, files)? } else { None };
        // Without any row, it does not matter which columns hold numbers.
        let is_number = |position: usize| {
            let cell = sample.as_ref().map(|row| row.get(position).unwrap_or_default());
            cell.is_none_or(|text| Cell::text(text).is_number())
        };
        let table: Vec<TableColumn> =
            names.into_iter().enumerate().map(|(position, name)| TableColumn { name, is_number: is_number(position) }).collect();
        Ok(Self { has_header, layout: Layout::of_table(columns, input, &table)?, is_by_name: true })
    }

    /// Makes the format of files that grow, whose columns are listed.
    pub(super) fn listed(has_header: bool, layout: Layout) -> Self {
        Self { has_header, layout, is_by_name: true }
    }

    pub(super) fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Finds the wanted columns among those of a file.
    fn positions(&self, names: &[String], input: &str) -> Result<Vec<usize>, PluginError> {
        let wanted = self.layout.wanted();
        if !self.is_by_name {
            return match names == wanted {
                true => Ok((0..names.len()).collect()),
                false => Err(PluginError::input(input, "has other columns than the first file: name those to read in COLUMNS")),
            };
        }
        let position = |name: &String| names.iter().position(|found| found == name);
        let find = |name| position(name).ok_or_else(|| PluginError::input(input, format!("has no column {name:?}")));
        wanted.iter().map(find).collect()
    }

    fn push(&self, positions: &[usize], record: &StringRecord, place: Place<'_>, rows: &mut BatchBuilder) -> Result<(), PluginError> {
        rows.push(place, |wanted| Cell::text(record.get(positions[wanted]).unwrap_or_default()))
    }
}

/// A file that is being read.
pub(super) struct CsvReader {
    reader: Reader<File>,
    positions: Vec<usize>,
    record: StringRecord,
}

impl Format for CsvFormat {
    type Reader = CsvReader;

    fn count(&self, file: &InputFile) -> Result<u64, PluginError> {
        let mut reader = reader(self.has_header, file.open()?);
        let columns = names(&mut reader, self.has_header, &file.name)?.len();
        let mut record = ByteRecord::new();
        let mut rows = 0;
        while reader.read_byte_record(&mut record).map_err(|error| csv_error(&file.name, rows + 1, &error))? {
            rows += 1;
            if record.len() != columns {
                return Err(ragged(&file.name, rows, record.len() as u64, columns as u64));
            }
        }
        Ok(rows)
    }

    fn open(&self, file: &InputFile, skip: u64) -> Result<CsvReader, PluginError> {
        let mut reader = reader(self.has_header, file.open()?);
        let names = names(&mut reader, self.has_header, &file.name)?;
        let positions = self.positions(&names, &file.name)?;
        let mut record = ByteRecord::new();
        for row in 0..skip {
            reader.read_byte_record(&mut record).map_err(|error| csv_error(&file.name, row + 1, &error))?;
        }
        Ok(CsvReader { reader, positions, record: StringRecord::new() })
    }

    fn read(&self, reader: &mut CsvReader, place: Place<'_>, rows: &mut BatchBuilder) -> Result<bool, PluginError> {
        if !reader.reader.read_record(&mut reader.record).map_err(|error| csv_error(place.input, place.row, &error))? {
            return Ok(false);
        }
        self.push(&reader.positions, &reader.record, place, rows)?;
        Ok(true)
    }
}

/// What the first record of a growing file tells.
pub(super) struct CsvHead {
    columns: usize,
    positions: Vec<usize>,
}

impl LineFormat for CsvFormat {
    type Head = CsvHead;
    const QUOTED: bool = true;

    fn head(&self, input: &str, first: &[u8]) -> Result<(CsvHead, bool), PluginError> {
        let names = names(&mut reader(self.has_header, first), self.has_header, input)?;
        let head = CsvHead { columns: names.len(), positions: self.positions(&names, input)? };
        Ok((head, self.has_header))
    }

    fn add(&self, head: &CsvHead, place: Place<'_>, bytes: &[u8], rows: &mut BatchBuilder) -> Result<(), PluginError> {
        let mut record = StringRecord::new();
        // A record is short: the reader's usual buffer would cost more than reading it.
        let mut reader = ReaderBuilder::new().has_headers(false).buffer_capacity(256).from_reader(bytes);
        // A lone carriage return ends a record too, so that there may be several.
        while reader.read_record(&mut record).map_err(|error| csv_error(place.input, place.row, &error))? {
            if record.len() != head.columns {
                return Err(ragged(place.input, place.row, record.len() as u64, head.columns as u64));
            }
            self.push(&head.positions, &record, place, rows)?;
        }
        Ok(())
    }
}

/// The layout of a document without `COLUMNS`.
fn numbers(names: Vec<String>, label: Option<&str>, input: &str) -> Result<Layout, PluginError> {
    let find = |label: &str| names.iter().position(|name| name == label);
    let label = match label {
        Some(label) => Some(find(label).ok_or_else(|| PluginError::input(input, format!("has no column {label:?}")))?),
        None => None,
    };
    if label.is_some() && names.len() == 1 {
        return Err(PluginError::input(input, "has no column beside the label"));
    }
    Ok(Layout::of_numbers(names, label))
}

/// The first row of all files.
fn sample(has_header: bool, files: &[InputFile]) -> Result<Option<StringRecord>, PluginError> {
    let mut record = StringRecord::new();
    for file in files {
        let mut reader = reader(has_header, file.open()?);
        if reader.read_record(&mut record).map_err(|error| csv_error(&file.name, 1, &error))? {
            return Ok(Some(record));
        }
    }
    Ok(None)
}

fn reader<R: Read>(has_header: bool, source: R) -> Reader<R> {
    ReaderBuilder::new().has_headers(has_header).from_reader(source)
}

/// Finds out what the columns are called, from the header or from the first row.
fn names<R: Read>(reader: &mut Reader<R>, has_header: bool, input: &str) -> Result<Vec<String>, PluginError> {
    // Without a header, the reader gives the first row here and again as a record.
    let first = reader.headers().map_err(|error| csv_error(input, 1, &error))?;
    let names: Vec<String> = match has_header {
        true => first.iter().map(|name| name.trim().to_owned()).collect(),
        false => (0..first.len()).map(|number| number.to_string()).collect(),
    };
    if names.is_empty() || names.len() > MAX_COLUMNS {
        return Err(PluginError::input(input, format!("has {} columns, 1 to {MAX_COLUMNS} are possible", names.len())));
    }
    Ok(names)
}

fn ragged(input: &str, row: u64, found: u64, expected: u64) -> PluginError {
    PluginError::input(input, format!("row {row} has {found} columns instead of {expected}"))
}

fn csv_error(input: &str, row: u64, error: &csv::Error) -> PluginError {
    match error.kind() {
        csv::ErrorKind::Io(error) => io_error(input, error),
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => ragged(input, row, *len, *expected_len),
        csv::ErrorKind::Utf8 { err, .. } => {
            PluginError::InputValue { input: input.into(), row, column: err.field().to_string(), reason: "value is no UTF-8 text".into() }
        }
        _ => PluginError::input(input, format!("row {row}: {error}")),
    }
}
