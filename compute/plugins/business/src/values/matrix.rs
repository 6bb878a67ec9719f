//! Several numbers of every row.

use super::name::{find, missing, position, width};
use neurite_core::{Input, PluginError, TensorData};

/// Columns of a field: one row of numbers for every row of the batch.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Matrix {
    /// The columns' names; their numbers from 0 where the source gives none.
    pub(crate) columns: Vec<String>,
    /// The numbers, row after row.
    pub(crate) values: Vec<f64>,
}

impl Matrix {
    /// Reads columns of a field, all without a choice.
    pub(crate) fn read(input: Input<'_>, name: &str, chosen: Option<&[String]>) -> Result<Self, PluginError> {
        let field = find(input, name).ok_or_else(|| missing(input, name))?;
        let rows = input.batch.rows();
        let width = width(field, rows)?;
        let positions: Vec<usize> = match chosen {
            Some(columns) => columns.iter().map(|column| position(field, column, width)).collect::<Result<_, _>>()?,
            None => (0..width).collect(),
        };
        let named = |position: &usize| field.columns.as_deref().and_then(|names| names.get(*position)).cloned();
        let columns = positions.iter().map(|position| named(position).unwrap_or_else(|| position.to_string())).collect();
        let places = (0..rows).flat_map(|row| positions.iter().map(move |position| row * width + position));
        let values = match &field.tensor.data {
            TensorData::F32(values) => places.map(|at| f64::from(values[at])).collect(),
            TensorData::F64(values) => places.map(|at| values[at]).collect(),
            TensorData::I64(values) => places.map(|at| values[at] as f64).collect(),
            TensorData::U8(values) => places.map(|at| f64::from(values[at])).collect(),
            TensorData::Text(_) => return Err(PluginError::input(name, "holds text, no numbers")),
        };
        Ok(Self { columns, values })
    }

    /// Returns the numbers of each row in turn.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &[f64]> {
        self.values.chunks_exact(self.columns.len().max(1))
    }
}
