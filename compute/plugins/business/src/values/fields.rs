//! Whole rows as JSON.

use super::{
    name::{find, missing, position, width},
    number, ValueName,
};
use neurite_core::{Field, Input, PluginError, TensorData};
use serde_json::{json, Map, Value};

/// The most numbers of a field that a row may show.
const MAX_WIDTH: usize = 4096;

/// Returns an object for each row, with what the names name: a number, a text, a list, or an object where columns have names.
pub(crate) fn row_values(input: Input<'_>, names: &[ValueName]) -> Result<Vec<Value>, PluginError> {
    let mut rows = vec![Map::new(); input.batch.rows()];
    for name in names {
        let field = find(input, name.field()).ok_or_else(|| missing(input, name.field()))?;
        let width = width(field, input.batch.rows())?;
        let chosen = name.column().map(|column| position(field, column, width)).transpose()?;
        if chosen.is_none() && width > MAX_WIDTH {
            return Err(PluginError::input(name.field(), format!("has {width} numbers a row, {MAX_WIDTH} are possible")));
        }
        for (row, object) in rows.iter_mut().enumerate() {
            let value = match chosen {
                Some(column) => element(field, row * width + column),
                None => whole(field, row * width, width),
            };
            object.insert(name.as_str().to_owned(), value);
        }
    }
    Ok(rows.into_iter().map(Value::Object).collect())
}

fn whole(field: &Field, from: usize, width: usize) -> Value {
    let elements = (from..from + width).map(|at| element(field, at));
    match field.columns.as_deref() {
        Some(names) => Value::Object(names.iter().cloned().zip(elements).collect()),
        None if width == 1 => element(field, from),
        None => elements.collect(),
    }
}

fn element(field: &Field, at: usize) -> Value {
    match &field.tensor.data {
        // By way of its text, so that 0.1 is not shown as the closest number of 64 bits.
        TensorData::F32(values) => number(values[at].to_string().parse().unwrap_or(f64::NAN)),
        TensorData::F64(values) => number(values[at]),
        TensorData::I64(values) => json!(values[at]),
        TensorData::U8(values) => json!(values[at]),
        TensorData::Text(values) => json!(values[at]),
    }
}
