//! One column of a row group, as cells.

use crate::columns::Cell;
use parquet::{
    basic::{ConvertedType, LogicalType, TimeUnit, Type as Physical},
    column::reader::{get_column_reader, ColumnReader, ColumnReaderImpl},
    data_type::{DataType, Int96},
    errors::ParquetError,
    file::{metadata::RowGroupMetaData, serialized_reader::SerializedPageReader},
    schema::types::{ColumnDescPtr, ColumnDescriptor},
};
use std::{fs::File, sync::Arc};

/// How many rows are decoded at once.
pub const CHUNK_ROWS: usize = 1_024;
/// The longest decimal that is read, in bytes.
const MAX_DECIMAL: usize = 16;
/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// What the values of a column mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Meaning {
    /// Truth values, whole numbers and floats as they are stored.
    Plain,
    /// Whole numbers without a sign.
    Unsigned,
    /// Whole numbers of `10^-scale`.
    Decimal(i32),
    /// Times, so many to the millisecond.
    Time(i64),
    /// Days since 1970.
    Days,
    /// Texts.
    Text,
}

impl Meaning {
    /// Returns what the values of a column mean; `None` if they cannot be read.
    pub(super) fn of(column: &ColumnDescriptor) -> Option<Self> {
        if column.max_rep_level() > 0 {
            return None;
        }
        match column.physical_type() {
            Physical::BOOLEAN | Physical::FLOAT | Physical::DOUBLE => Some(Self::Plain),
            // Times of an older kind, which have no annotation.
            Physical::INT96 => Some(Self::Time(1)),
            Physical::INT32 | Physical::INT64 => of_integer(column),
            Physical::BYTE_ARRAY if is_decimal(column) => Some(Self::Decimal(column.type_scale())),
            Physical::BYTE_ARRAY => is_text(column).then_some(Self::Text),
            Physical::FIXED_LEN_BYTE_ARRAY => is_decimal(column).then(|| Self::Decimal(column.type_scale())),
        }
    }

    /// Tells whether the values are numbers.
    pub(super) fn is_number(self) -> bool {
        matches!(self, Self::Plain | Self::Unsigned | Self::Decimal(_))
    }

    fn integer(self, value: i64, is_narrow: bool) -> Result<Cell<'static>, &'static str> {
        match self {
            Self::Unsigned if is_narrow => Ok(Cell::Integer(i64::from(value as u32))),
            Self::Unsigned if value < 0 => Ok(Cell::Float(value as u64 as f64)),
            Self::Decimal(scale) => Ok(Cell::Float(value as f64 / 10f64.powi(scale))),
            Self::Time(per_ms) => Ok(Cell::Time(value.div_euclid(per_ms))),
            Self::Days => value.checked_mul(DAY_MS).map(Cell::Time).ok_or("date is out of range"),
            Self::Plain | Self::Unsigned | Self::Text => Ok(Cell::Integer(value)),
        }
    }

    fn bytes(self, bytes: &[u8]) -> Result<Cell<'static>, &'static str> {
        match self {
            Self::Decimal(scale) => Ok(Cell::Float(big_endian(bytes)? as f64 / 10f64.powi(scale))),
            _ => String::from_utf8(bytes.to_vec()).map(|text| Cell::Text(text.into())).map_err(|_| "value is no UTF-8 text"),
        }
    }
}

fn of_integer(column: &ColumnDescriptor) -> Option<Meaning> {
    match (column.logical_type_ref(), column.converted_type()) {
        (Some(LogicalType::Timestamp(timestamp)), _) => Some(Meaning::Time(match timestamp.unit {
            TimeUnit::MILLIS => 1,
            TimeUnit::MICROS => 1_000,
            TimeUnit::NANOS => 1_000_000,
        })),
        (_, ConvertedType::TIMESTAMP_MILLIS) => Some(Meaning::Time(1)),
        (_, ConvertedType::TIMESTAMP_MICROS) => Some(Meaning::Time(1_000)),
        (Some(LogicalType::Date), _) | (_, ConvertedType::DATE) => Some(Meaning::Days),
        (Some(LogicalType::Integer(kind)), _) if !kind.is_signed => Some(Meaning::Unsigned),
        (_, ConvertedType::UINT_8 | ConvertedType::UINT_16 | ConvertedType::UINT_32 | ConvertedType::UINT_64) => Some(Meaning::Unsigned),
        // A time of day belongs to no date.
        (Some(LogicalType::Time(_)), _) | (_, ConvertedType::TIME_MILLIS | ConvertedType::TIME_MICROS) => None,
        _ if is_decimal(column) => Some(Meaning::Decimal(column.type_scale())),
        _ => Some(Meaning::Plain),
    }
}

fn is_decimal(column: &ColumnDescriptor) -> bool {
    matches!(column.logical_type_ref(), Some(LogicalType::Decimal(_))) || column.converted_type() == ConvertedType::DECIMAL
}

/// Texts of older files are not marked as such.
fn is_text(column: &ColumnDescriptor) -> bool {
    match column.logical_type_ref() {
        Some(kind) => matches!(kind, LogicalType::String | LogicalType::Enum | LogicalType::Json),
        None => matches!(column.converted_type(), ConvertedType::NONE | ConvertedType::UTF8 | ConvertedType::ENUM | ConvertedType::JSON),
    }
}

/// Reads a whole number of at most [`MAX_DECIMAL`] bytes, the sign in its first.
fn big_endian(bytes: &[u8]) -> Result<i128, &'static str> {
    if bytes.is_empty() || bytes.len() > MAX_DECIMAL {
        return Err("decimal is too long");
    }
    let sign: i128 = if bytes[0] & 0x80 == 0 { 0 } else { -1 };
    Ok(bytes.iter().fold(sign, |number, byte| (number << 8) | i128::from(*byte)))
}

/// Why a column cannot be read.
#[derive(Debug)]
pub(super) enum Fault {
    /// The file is damaged.
    File(ParquetError),
    /// The row group has fewer rows than it says.
    Short,
    /// The value of a row of the chunk does not fit.
    Value { column: String, row: usize, reason: &'static str },
}

impl From<ParquetError> for Fault {
    fn from(error: ParquetError) -> Self {
        Self::File(error)
    }
}

/// A column of an open row group.
pub(super) struct Column {
    name: String,
    reader: ColumnReader,
    meaning: Meaning,
    /// The definition level of values that are there.
    level: i16,
    /// The chunk of rows that is decoded.
    cells: Vec<Cell<'static>>,
}

impl Column {
    /// Opens the column at a position of the schema.
    pub(super) fn open(file: &Arc<File>, group: &RowGroupMetaData, descriptor: ColumnDescPtr, at: usize) -> Result<Self, ParquetError> {
        let name = descriptor.path().string();
        let meaning = Meaning::of(&descriptor).ok_or_else(|| ParquetError::General(format!("column {name} cannot be read")))?;
        let pages = SerializedPageReader::new(file.clone(), group.column(at), group.num_rows() as usize, None)?;
        let level = descriptor.max_def_level();
        Ok(Self { name, reader: get_column_reader(descriptor, Box::new(pages)), meaning, level, cells: Vec::new() })
    }

    /// Passes over rows.
    pub(super) fn skip(&mut self, rows: usize) -> Result<(), Fault> {
        let skipped = match &mut self.reader {
            ColumnReader::BoolColumnReader(reader) => reader.skip_records(rows),
            ColumnReader::Int32ColumnReader(reader) => reader.skip_records(rows),
            ColumnReader::Int64ColumnReader(reader) => reader.skip_records(rows),
            ColumnReader::Int96ColumnReader(reader) => reader.skip_records(rows),
            ColumnReader::FloatColumnReader(reader) => reader.skip_records(rows),
            ColumnReader::DoubleColumnReader(reader) => reader.skip_records(rows),
            ColumnReader::ByteArrayColumnReader(reader) => reader.skip_records(rows),
            ColumnReader::FixedLenByteArrayColumnReader(reader) => reader.skip_records(rows),
        }?;
        if skipped == rows {
            Ok(())
        } else {
            Err(Fault::Short)
        }
    }

    /// Decodes the next rows.
    pub(super) fn read(&mut self, rows: usize) -> Result<(), Fault> {
        let Self { name, reader, meaning, level, cells } = self;
        let (meaning, level) = (*meaning, *level);
        cells.clear();
        let decoded = match reader {
            ColumnReader::BoolColumnReader(reader) => decode(reader, rows, level, cells, |value| Ok(Cell::Bool(*value))),
            ColumnReader::Int32ColumnReader(reader) => decode(reader, rows, level, cells, |value| meaning.integer((*value).into(), true)),
            ColumnReader::Int64ColumnReader(reader) => decode(reader, rows, level, cells, |value| meaning.integer(*value, false)),
            ColumnReader::Int96ColumnReader(reader) => decode(reader, rows, level, cells, |value| Ok(Cell::Time(Int96::to_millis(value)))),
            ColumnReader::FloatColumnReader(reader) => decode(reader, rows, level, cells, |value| Ok(Cell::Float((*value).into()))),
            ColumnReader::DoubleColumnReader(reader) => decode(reader, rows, level, cells, |value| Ok(Cell::Float(*value))),
            ColumnReader::ByteArrayColumnReader(reader) => decode(reader, rows, level, cells, |value| meaning.bytes(value.data())),
            ColumnReader::FixedLenByteArrayColumnReader(reader) => decode(reader, rows, level, cells, |value| meaning.bytes(value.data())),
        };
        decoded?.map_err(|(row, reason)| Fault::Value { column: name.clone(), row, reason })
    }

    /// Returns the value of a row of the chunk.
    pub(super) fn cell(&self, row: usize) -> Cell<'_> {
        match &self.cells[row] {
            Cell::Text(text) => Cell::text(text),
            other => other.clone(),
        }
    }
}

/// Reads rows of one type; the inner error is a value that does not fit.
fn decode<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    rows: usize,
    level: i16,
    cells: &mut Vec<Cell<'static>>,
    cell: impl Fn(&T::T) -> Result<Cell<'static>, &'static str>,
) -> Result<Result<(), (usize, &'static str)>, Fault> {
    let (mut levels, mut values) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
    let (read, ..) = reader.read_records(rows, Some(&mut levels), None, &mut values)?;
    if read < rows {
        return Err(Fault::Short);
    }
    let mut values = values.iter();
    for row in 0..rows {
        // Without levels, there is a value in every row.
        let is_there = level == 0 || levels.get(row) == Some(&level);
        let value = if is_there { Some(values.next().ok_or(Fault::Short)?) } else { None };
        match value.map_or(Ok(Cell::Null), &cell) {
            Ok(cell) => cells.push(cell),
            Err(reason) => return Ok(Err((row, reason))),
        }
    }
    Ok(Ok(()))
}
