//! Values of the databases, as cells.

use crate::columns::{Cell, MAX_BYTES};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use futures::{stream::BoxStream, TryStreamExt};
use sqlx::{mysql::MySqlRow, postgres::PgRow, sqlite::SqliteRow, Column, Error, Row, TypeInfo, ValueRef};

/// Rows of a query.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// The columns, without the one of the cursor's text.
    pub(super) columns: Vec<QueryColumn>,
    pub(super) rows: Vec<QueryRow>,
}

/// A column of a query.
#[derive(Debug)]
pub(super) struct QueryColumn {
    pub(super) name: String,
    pub(super) type_name: String,
}

/// A row of a query.
#[derive(Debug)]
pub(super) struct QueryRow {
    /// The values; `None` for those of types that cannot be read.
    pub(super) cells: Vec<Option<Cell<'static>>>,
    /// The cursor column's value as text.
    pub(super) cursor: String,
}

/// A row that can be decoded.
pub(super) trait Decode: Row {
    /// Returns a value; `None` if its type cannot be read.
    fn cell(&self, at: usize) -> Result<Option<Cell<'static>>, Error>;

    /// Returns the text of the cursor column.
    fn cursor(&self, at: usize) -> Result<String, Error>;
}

/// Collects rows until there are no more or they are too large for a batch.
pub(super) async fn collect<R: Decode>(mut rows: BoxStream<'_, Result<R, Error>>) -> Result<Page, Error> {
    let mut page = Page::default();
    let mut bytes = 0;
    while let Some(row) = rows.try_next().await? {
        let width = row.len().saturating_sub(1);
        if page.columns.is_empty() {
            for column in row.columns().iter().take(width) {
                page.columns.push(QueryColumn { name: column.name().into(), type_name: column.type_info().name().into() });
            }
        }
        let cells = (0..width).map(|at| row.cell(at)).collect::<Result<Vec<_>, _>>()?;
        bytes += cells.iter().map(size).sum::<usize>();
        page.rows.push(QueryRow { cells, cursor: row.cursor(width)? });
        if bytes >= MAX_BYTES {
            break;
        }
    }
    Ok(page)
}

fn size(cell: &Option<Cell<'static>>) -> usize {
    match cell {
        Some(Cell::Text(text)) => size_of::<Cell<'static>>() + text.len(),
        _ => size_of::<Cell<'static>>(),
    }
}

fn day(date: NaiveDate) -> Cell<'static> {
    Cell::Time(date.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_millis())
}

fn local(time: NaiveDateTime) -> Cell<'static> {
    Cell::Time(time.and_utc().timestamp_millis())
}

fn zoned(time: DateTime<Utc>) -> Cell<'static> {
    Cell::Time(time.timestamp_millis())
}

fn text(text: String) -> Cell<'static> {
    Cell::Text(text.into())
}

/// Reads a value as a type and makes a cell of it.
macro_rules! read {
    ($row:expr, $at:expr, $kind:ty, $cell:expr) => {
        Some($cell($row.try_get_unchecked::<$kind, _>($at)?))
    };
}

impl Decode for PgRow {
    fn cell(&self, at: usize) -> Result<Option<Cell<'static>>, Error> {
        let value = self.try_get_raw(at)?;
        if value.is_null() {
            return Ok(Some(Cell::Null));
        }
        Ok(match value.type_info().name() {
            "BOOL" => read!(self, at, bool, Cell::Bool),
            "INT2" => read!(self, at, i16, |value: i16| Cell::Integer(i64::from(value))),
            "INT4" => read!(self, at, i32, |value: i32| Cell::Integer(i64::from(value))),
            "INT8" => read!(self, at, i64, Cell::Integer),
            "FLOAT4" => read!(self, at, f32, |value: f32| Cell::Float(f64::from(value))),
            "FLOAT8" => read!(self, at, f64, Cell::Float),
            "NUMERIC" => numeric(value.as_bytes().map_err(Error::Decode)?).map(Cell::Float),
            "TEXT" | "VARCHAR" | "CHAR" | "NAME" | "JSON" => read!(self, at, String, text),
            "TIMESTAMP" => read!(self, at, NaiveDateTime, local),
            "TIMESTAMPTZ" => read!(self, at, DateTime<Utc>, zoned),
            "DATE" => read!(self, at, NaiveDate, day),
            _ => None,
        })
    }

    fn cursor(&self, at: usize) -> Result<String, Error> {
        self.try_get_unchecked(at)
    }
}

impl Decode for MySqlRow {
    fn cell(&self, at: usize) -> Result<Option<Cell<'static>>, Error> {
        let value = self.try_get_raw(at)?;
        if value.is_null() {
            return Ok(Some(Cell::Null));
        }
        Ok(match value.type_info().name() {
            "BOOLEAN" | "TINYINT" | "SMALLINT" | "INT" | "MEDIUMINT" | "BIGINT" => read!(self, at, i64, Cell::Integer),
            "TINYINT UNSIGNED" | "SMALLINT UNSIGNED" | "INT UNSIGNED" | "MEDIUMINT UNSIGNED" | "BIGINT UNSIGNED" => {
                read!(self, at, u64, |value: u64| i64::try_from(value).map_or(Cell::Float(value as f64), Cell::Integer))
            }
            "FLOAT" => read!(self, at, f32, |value: f32| Cell::Float(f64::from(value))),
            "DOUBLE" => read!(self, at, f64, Cell::Float),
            // A decimal comes as text and is read as a number where one is wanted.
            "DECIMAL" | "CHAR" | "VARCHAR" | "TINYTEXT" | "TEXT" | "MEDIUMTEXT" | "LONGTEXT" | "ENUM" | "JSON" => {
                read!(self, at, String, text)
            }
            "DATETIME" => read!(self, at, NaiveDateTime, local),
            "TIMESTAMP" => read!(self, at, DateTime<Utc>, zoned),
            "DATE" => read!(self, at, NaiveDate, day),
            _ => None,
        })
    }

    fn cursor(&self, at: usize) -> Result<String, Error> {
        self.try_get_unchecked(at)
    }
}

impl Decode for SqliteRow {
    fn cell(&self, at: usize) -> Result<Option<Cell<'static>>, Error> {
        let value = self.try_get_raw(at)?;
        if value.is_null() {
            return Ok(Some(Cell::Null));
        }
        Ok(match value.type_info().name() {
            "INTEGER" | "BOOLEAN" => read!(self, at, i64, Cell::Integer),
            "REAL" => read!(self, at, f64, Cell::Float),
            "TEXT" => read!(self, at, String, text),
            _ => None,
        })
    }

    fn cursor(&self, at: usize) -> Result<String, Error> {
        self.try_get_unchecked(at)
    }
}

/// Reads PostgreSQL's binary form of an exact number: count of digits, weight of the first, sign, scale, and digits to the base of 10 000.
///
/// Infinities and what is no number become NaN.
fn numeric(bytes: &[u8]) -> Option<f64> {
    let words: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
    let [_, weight, sign, _, digits @ ..] = words.as_slice() else { return None };
    // Written as text and parsed, so that it is rounded once.
    let mut number = String::from(match sign {
        0 => "",
        0x4000 => "-",
        _ => return Some(f64::NAN),
    });
    number.push('0');
    digits.iter().for_each(|digit| number.push_str(&format!("{digit:04}")));
    let exponent = 4 * (i64::from(*weight as i16) + 1 - digits.len() as i64);
    format!("{number}e{exponent}").parse().ok()
}
