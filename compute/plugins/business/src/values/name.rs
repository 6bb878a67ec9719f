//! Names of values, and reading what they name.

use neurite_core::{Field, Input, PluginError, Tensor, TensorData};
use schemars::{json_schema, JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;

/// The longest name in bytes.
const MAX_NAME: usize = 256;

/// A number of every row, by the name that documents use: `FIELD` or `FIELD/COLUMN`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ValueName(String);

impl ValueName {
    /// Returns the name as the document wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn field(&self) -> &str {
        self.0.split_once('/').map_or(self.0.as_str(), |(field, _)| field)
    }

    pub(super) fn column(&self) -> Option<&str> {
        self.0.split_once('/').map(|(_, column)| column)
    }

    /// Returns the number of every row.
    pub(crate) fn read(&self, input: Input<'_>) -> Result<Vec<f64>, PluginError> {
        let field = find(input, self.field()).ok_or_else(|| missing(input, self.field()))?;
        let rows = input.batch.rows();
        let width = width(field, rows)?;
        let column = match self.column() {
            Some(column) => position(field, column, width)?,
            None if width == 1 => 0,
            None => {
                let reason = format!("has {width} numbers a row: name one as {}/COLUMN{}", self.field(), known(field));
                return Err(PluginError::input(self.field(), reason));
            }
        };
        let at = |row: usize| row * width + column;
        match &field.tensor.data {
            TensorData::F32(values) => Ok((0..rows).map(|row| f64::from(values[at(row)])).collect()),
            TensorData::F64(values) => Ok((0..rows).map(|row| values[at(row)]).collect()),
            TensorData::I64(values) => Ok((0..rows).map(|row| values[at(row)] as f64).collect()),
            TensorData::U8(values) => Ok((0..rows).map(|row| f64::from(values[at(row)])).collect()),
            TensorData::Text(_) => Err(PluginError::input(self.field(), "holds text, no numbers")),
        }
    }
}

impl<'de> Deserialize<'de> for ValueName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let whole = name.split_once('/').is_none_or(|(field, column)| !field.is_empty() && !column.is_empty());
        if name.is_empty() || name.len() > MAX_NAME || !whole {
            return Err(serde::de::Error::custom("is no FIELD or FIELD/COLUMN"));
        }
        Ok(Self(name))
    }
}

impl JsonSchema for ValueName {
    fn schema_name() -> Cow<'static, str> {
        "ValueName".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "maxLength": MAX_NAME, "pattern": "^[^/]+(/.+)?$" })
    }
}

/// Returns the Unix time of every row in milliseconds.
pub(crate) fn times(input: Input<'_>) -> Result<&[i64], PluginError> {
    times_if_any(input).ok_or_else(|| PluginError::input(Field::TIME, "the rows have no times, and the parameters need them"))
}

/// Returns the Unix time of every row in milliseconds, if the source knows it.
pub(crate) fn times_if_any(input: Input<'_>) -> Option<&[i64]> {
    input.batch.field(Field::TIME).and_then(Tensor::as_i64).filter(|times| times.len() == input.batch.rows())
}

/// Returns a field of the model's outputs or else of the batch.
pub(super) fn find<'a>(input: Input<'a>, name: &str) -> Option<&'a Field> {
    input.inference.iter().chain(input.batch.fields()).find(|field| field.name == name)
}

pub(super) fn missing(input: Input<'_>, name: &str) -> PluginError {
    let names: Vec<&str> = input.inference.iter().chain(input.batch.fields()).map(|field| field.name.as_str()).collect();
    PluginError::input(name, format!("there is no such field; there are {}", names.join(", ")))
}

/// Returns how many numbers a row of the field has.
pub(super) fn width(field: &Field, rows: usize) -> Result<usize, PluginError> {
    let length = field.tensor.data.len();
    match length.checked_div(rows) {
        Some(width) if width > 0 && width * rows == length && field.tensor.rows() == rows => Ok(width),
        _ => Err(PluginError::input(&field.name, format!("shape {:?} does not have {rows} rows", field.tensor.shape))),
    }
}

/// Returns where in a row a column is.
pub(super) fn position(field: &Field, column: &str, width: usize) -> Result<usize, PluginError> {
    let named = field.columns.as_deref().and_then(|names| names.iter().position(|name| name == column));
    let numbered = || column.parse::<usize>().ok().filter(|_| field.columns.is_none());
    named
        .or_else(numbered)
        .filter(|position| *position < width)
        .ok_or_else(|| PluginError::input(&field.name, format!("has no column {column:?}{}", known(field))))
}

/// Lists the first columns of a field.
fn known(field: &Field) -> String {
    match field.columns.as_deref() {
        Some(names) => format!("; there are {}", names.iter().take(16).map(String::as_str).collect::<Vec<_>>().join(", ")),
        None => "; columns have no names, count from 0".into(),
    }
}
