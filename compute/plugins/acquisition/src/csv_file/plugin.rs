//! The plugin `CsvFile` and its reader.

use super::config::CsvFileParameters;
use csv::{Reader, ReaderBuilder, StringRecord};
use neurite_core::{Acquisition, Batch, Bookmark, BoxFuture, Context, Field, ParameterFault, Plugin, PluginError, Tensor};
use std::{
    fs::File,
    io::{self, ErrorKind, Read},
    ops::Range,
    path::{Path, PathBuf},
};

/// The largest file that is read, in bytes.
pub const MAX_FILE_BYTES: u64 = 1024 * 1024 * 1024;
/// The most columns of a file.
pub const MAX_COLUMNS: usize = 65_536;

/// Opens CSV files in the engine's data folder.
#[derive(Debug, Clone, Copy)]
pub struct CsvFile;

impl Plugin for CsvFile {
    type Instance = Box<dyn Acquisition>;
    type Parameters = CsvFileParameters;
    const SIGNATURE: &'static str = "CsvFile";

    fn check(&self, parameters: &CsvFileParameters) -> Vec<ParameterFault> {
        let label_number = parameters.label_column.as_ref().map(|label| label.parse::<usize>());
        if !parameters.has_header && matches!(label_number, Some(Err(_))) {
            return vec![ParameterFault { path: "/LABEL_COLUMN".into(), message: "must be a number, for there is no header".into() }];
        }
        Vec::new()
    }

    fn open<'a>(&'a self, parameters: CsvFileParameters, context: &'a Context) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        Box::pin(async move { Ok(Box::new(CsvRows::open(parameters, context)?) as Self::Instance) })
    }
}

/// The rows of a shard.
struct CsvRows {
    parameters: CsvFileParameters,
    path: PathBuf,
    reader: Reader<File>,
    layout: Layout,
    /// The shard's rows, counted from 0 over the file.
    range: Range<u64>,
    /// The row that is read next.
    next: u64,
}

/// What the file's columns are.
struct Layout {
    names: Vec<String>,
    label: Option<usize>,
}

impl CsvRows {
    fn open(parameters: CsvFileParameters, context: &Context) -> Result<Self, PluginError> {
        let input = parameters.url.as_str();
        let path = context.data.resolve(&parameters.url).map_err(|error| io_error(input, &error))?;
        let metadata = path.metadata().map_err(|error| io_error(input, &error))?;
        if !metadata.is_file() || metadata.len() > MAX_FILE_BYTES {
            return Err(PluginError::input(input, format!("is no file of at most {MAX_FILE_BYTES} bytes")));
        }
        if let Some(expected) = &parameters.blake3 {
            check_digest(&path, input, expected)?;
        }
        let mut reader = reader(&path, &parameters)?;
        let layout = Layout::read(&mut reader, &parameters)?;
        let total = count_rows(&mut reader, input, layout.names.len())?;
        let range = context.shard.range(total);
        let mut rows = Self { reader, layout, next: 0, range, path, parameters };
        rows.go_to(0)?;
        Ok(rows)
    }

    fn go_to(&mut self, position: u64) -> Result<(), PluginError> {
        let row = self.range.start.checked_add(position).filter(|row| *row <= self.range.end);
        let Some(row) = row else {
            return Err(PluginError::input(self.parameters.url.as_str(), format!("shard has no row after its first {position}")));
        };
        if row < self.next || self.next == 0 {
            self.reader = reader(&self.path, &self.parameters)?;
            self.next = 0;
        }
        let mut record = StringRecord::new();
        while self.next < row {
            self.read(&mut record)?;
        }
        Ok(())
    }

    /// Reads the next row, which must exist.
    fn read(&mut self, record: &mut StringRecord) -> Result<(), PluginError> {
        let input = self.parameters.url.as_str();
        let row = self.next + 1;
        match self.reader.read_record(record) {
            Ok(true) => {
                self.next = row;
                Ok(())
            }
            Ok(false) => Err(PluginError::input(input, format!("row {row} is gone: the file became shorter"))),
            Err(error) => Err(csv_error(input, row, &error)),
        }
    }

    fn read_batch(&mut self) -> Result<Option<Batch>, PluginError> {
        let start = self.next - self.range.start;
        let rows = (self.range.end - self.next).min(self.parameters.batch_rows.into()) as usize;
        if rows == 0 {
            return Ok(None);
        }
        let features_per_row = self.layout.names.len() - usize::from(self.layout.label.is_some());
        let mut features = Vec::with_capacity(rows * features_per_row);
        let mut labels = Vec::with_capacity(rows);
        let mut record = StringRecord::new();
        for _ in 0..rows {
            self.read(&mut record)?;
            self.parse(&record, &mut features, &mut labels)?;
        }
        let mut fields = vec![Field::new(Field::FEATURES, Tensor::f32(vec![rows, features_per_row], features)?)];
        if self.layout.label.is_some() {
            fields.push(Field::new(Field::LABEL, Tensor::i64(vec![rows], labels)?));
        }
        Batch::new(start, fields).map(Some)
    }

    fn parse(&self, record: &StringRecord, features: &mut Vec<f32>, labels: &mut Vec<i64>) -> Result<(), PluginError> {
        for (column, text) in record.iter().enumerate() {
            let text = text.trim();
            let fault = |reason: &str| PluginError::InputValue {
                input: self.parameters.url.to_string(),
                row: self.next,
                column: self.layout.names.get(column).cloned().unwrap_or_else(|| column.to_string()),
                reason: reason.into(),
            };
            if self.layout.label == Some(column) {
                labels.push(text.parse().map_err(|_| fault("label is no whole number"))?);
            } else {
                let number = text.parse::<f32>().ok().filter(|number| number.is_finite());
                features.push(number.ok_or_else(|| fault("value is no finite number"))?);
            }
        }
        Ok(())
    }
}

impl Acquisition for CsvRows {
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

impl Layout {
    /// Finds out what the columns are, from the header or from the first row.
    fn read(reader: &mut Reader<File>, parameters: &CsvFileParameters) -> Result<Self, PluginError> {
        let input = parameters.url.as_str();
        // Without a header, the reader gives the first row here and again as a record.
        let first = reader.headers().map_err(|error| csv_error(input, 1, &error))?;
        let header = first.iter().map(|name| name.trim().to_owned());
        let names: Vec<String> =
            if parameters.has_header { header.collect() } else { (0..first.len()).map(|number| number.to_string()).collect() };
        if names.is_empty() || names.len() > MAX_COLUMNS {
            return Err(PluginError::input(input, format!("has {} columns, 1 to {MAX_COLUMNS} are possible", names.len())));
        }
        let label = match &parameters.label_column {
            Some(label) => {
                let column = names.iter().position(|name| name == label);
                Some(column.ok_or_else(|| PluginError::input(input, format!("has no column {label:?}")))?)
            }
            None => None,
        };
        if label.is_some() && names.len() == 1 {
            return Err(PluginError::input(input, "has no column beside the label"));
        }
        Ok(Self { names, label })
    }
}

fn reader(path: &Path, parameters: &CsvFileParameters) -> Result<Reader<File>, PluginError> {
    let file = File::open(path).map_err(|error| io_error(parameters.url.as_str(), &error))?;
    Ok(ReaderBuilder::new().has_headers(parameters.has_header).from_reader(file))
}

/// Counts the rows after the header; fails at the first that is ragged.
fn count_rows(reader: &mut Reader<File>, input: &str, columns: usize) -> Result<u64, PluginError> {
    let mut record = csv::ByteRecord::new();
    let mut rows = 0;
    while reader.read_byte_record(&mut record).map_err(|error| csv_error(input, rows + 1, &error))? {
        rows += 1;
        if record.len() != columns {
            return Err(PluginError::input(input, format!("row {rows} has {} columns instead of {columns}", record.len())));
        }
    }
    Ok(rows)
}

fn check_digest(path: &Path, input: &str, expected: &str) -> Result<(), PluginError> {
    let mut hasher = blake3::Hasher::new();
    let file = File::open(path).map_err(|error| io_error(input, &error))?;
    io::copy(&mut file.take(MAX_FILE_BYTES), &mut hasher).map_err(|error| io_error(input, &error))?;
    let found = hasher.finalize().to_hex();
    if found.as_str() == expected {
        Ok(())
    } else {
        Err(PluginError::input(input, format!("has blake3 digest {found} instead of {expected}")))
    }
}

/// Tells a file that is not there, the sender's fault, from a disk that does not work.
fn io_error(input: &str, error: &io::Error) -> PluginError {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::PermissionDenied | ErrorKind::NotADirectory | ErrorKind::InvalidData => {
            PluginError::input(input, error.to_string())
        }
        _ => PluginError::resources(format!("reading {input}: {error}")),
    }
}

fn csv_error(input: &str, row: u64, error: &csv::Error) -> PluginError {
    match error.kind() {
        csv::ErrorKind::Io(error) => io_error(input, error),
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            PluginError::input(input, format!("row {row} has {len} columns instead of {expected_len}"))
        }
        csv::ErrorKind::Utf8 { err, .. } => {
            PluginError::InputValue { input: input.into(), row, column: err.field().to_string(), reason: "value is no UTF-8 text".into() }
        }
        _ => PluginError::input(input, format!("row {row}: {error}")),
    }
}
