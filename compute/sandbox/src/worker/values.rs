//! From tensors and JSON to the interpreter's values, and back to JSON.

use crate::{
    limits::MAX_DEPTH,
    wire::{Run, WireField},
};
use monty_types::{ExcType, MontyException, MontyObject, ObjectRef};
use neurite_core::{Tensor, TensorData};
use serde_json::{Map, Number, Value};

/// Returns the number of rows of a batch.
pub(super) fn batch_rows(run: &Run<'_>) -> usize {
    run.inputs.first().map_or(0, |field| field.tensor.rows())
}

/// Makes a list with a dict for each row.
pub(super) fn rows(fields: &[WireField<'_>], count: usize) -> MontyObject {
    let row = |row: usize| {
        let cell = |field: &WireField<'_>| (MontyObject::string(field.name.as_ref()), cell(&field.tensor, row));
        MontyObject::dict(fields.iter().map(cell))
    };
    MontyObject::list((0..count).map(row))
}

/// Makes the value of one row: a number or text, bytes, or lists in lists.
fn cell(tensor: &Tensor, row: usize) -> MontyObject {
    let shape = tensor.shape.get(1..).unwrap_or_default();
    let width = shape.iter().product::<usize>();
    let from = row * width;
    let to = from + width;
    match &tensor.data {
        TensorData::U8(bytes) if shape.is_empty() => bytes.get(row).map_or_else(MontyObject::none, |byte| MontyObject::int((*byte).into())),
        TensorData::U8(bytes) => MontyObject::bytes(bytes.get(from..to).unwrap_or_default()),
        TensorData::F32(values) => nested(shape, values.get(from..to).unwrap_or_default(), &|value| MontyObject::float((*value).into())),
        TensorData::F64(values) => nested(shape, values.get(from..to).unwrap_or_default(), &|value| MontyObject::float(*value)),
        TensorData::I64(values) => nested(shape, values.get(from..to).unwrap_or_default(), &|value| MontyObject::int(*value)),
        TensorData::Text(values) => nested(shape, values.get(from..to).unwrap_or_default(), &|text| MontyObject::string(text.as_str())),
    }
}

fn nested<T>(shape: &[usize], values: &[T], leaf: &dyn Fn(&T) -> MontyObject) -> MontyObject {
    match shape {
        [] => values.first().map_or_else(MontyObject::none, leaf),
        [_] => MontyObject::list(values.iter().map(leaf)),
        [_, inner @ ..] => {
            let width = inner.iter().product::<usize>().max(1);
            MontyObject::list(values.chunks(width).map(|values| nested(inner, values, leaf)))
        }
    }
}

/// Makes a value of JSON.
pub(super) fn from_json(value: &Value) -> MontyObject {
    match value {
        Value::Null => MontyObject::none(),
        Value::Bool(value) => MontyObject::bool(*value),
        Value::Number(number) => match number.as_i64() {
            Some(integer) => MontyObject::int(integer),
            None => MontyObject::float(number.as_f64().unwrap_or(f64::NAN)),
        },
        Value::String(text) => MontyObject::string(text.as_str()),
        Value::Array(items) => MontyObject::list(items.iter().map(from_json)),
        Value::Object(object) => MontyObject::dict(object.iter().map(|(key, value)| (MontyObject::string(key.as_str()), from_json(value)))),
    }
}

/// Makes JSON of a value; fails with an exception for the code if JSON cannot say it, or says it in more than `limit` bytes.
pub(super) fn to_json(value: ObjectRef<'_>, limit: usize) -> Result<Value, MontyException> {
    let mut writer = Writer { left: limit, limit };
    writer.value(value, 0)
}

/// Counts what it writes: a value may contain another many times, so that its JSON can be much larger than it is itself.
struct Writer {
    left: usize,
    limit: usize,
}

impl Writer {
    fn value(&mut self, value: ObjectRef<'_>, depth: usize) -> Result<Value, MontyException> {
        if depth > MAX_DEPTH {
            return Err(refused(format!("a value is nested deeper than {MAX_DEPTH}")));
        }
        // A comma, at least.
        self.take(1)?;
        match value.type_name() {
            "NoneType" => self.take(4).map(|()| Value::Null),
            "bool" => self.take(5).map(|()| Value::Bool(value.as_bool().unwrap_or_default())),
            "int" => self.integer(value),
            "float" => self.float(value.as_float().unwrap_or(f64::NAN)),
            "str" => self.text(value.as_str().unwrap_or_default()).map(Value::String),
            "list" | "tuple" => self.list(value, depth),
            "dict" => self.object(value, depth),
            name => Err(MontyException::new(ExcType::TypeError, Some(format!("a {name} cannot be written as JSON")))),
        }
    }

    fn integer(&mut self, value: ObjectRef<'_>) -> Result<Value, MontyException> {
        let integer = value.as_int().ok_or_else(|| refused("an int needs more than 64 bits".into()))?;
        self.take(integer.unsigned_abs().checked_ilog10().unwrap_or(0) as usize + 1)?;
        Ok(integer.into())
    }

    fn float(&mut self, value: f64) -> Result<Value, MontyException> {
        let number = Number::from_f64(value).ok_or_else(|| refused(format!("{value} is not a number that JSON can write")))?;
        self.take(number.to_string().len())?;
        Ok(Value::Number(number))
    }

    fn text(&mut self, text: &str) -> Result<String, MontyException> {
        // Control characters take six bytes, quotes and backslashes two.
        let escaped = text.bytes().map(|byte| if byte < 0x20 { 6 } else { 1 + usize::from(matches!(byte, b'"' | b'\\')) });
        self.take(escaped.fold(2, usize::saturating_add))?;
        Ok(text.to_owned())
    }

    fn list(&mut self, value: ObjectRef<'_>, depth: usize) -> Result<Value, MontyException> {
        self.take(2)?;
        let items = value.items().unwrap_or_default();
        let items = items.into_iter().map(|item| self.value(item, depth + 1)).collect::<Result<_, _>>()?;
        Ok(Value::Array(items))
    }

    fn object(&mut self, value: ObjectRef<'_>, depth: usize) -> Result<Value, MontyException> {
        self.take(2)?;
        let mut object = Map::new();
        for (key, value) in value.pairs().unwrap_or_default() {
            let name = key
                .as_str()
                .ok_or_else(|| MontyException::new(ExcType::TypeError, Some(format!("keys must be str, not {}", key.type_name()))))?;
            self.take(1)?;
            object.insert(self.text(name)?, self.value(value, depth + 1)?);
        }
        Ok(Value::Object(object))
    }

    fn take(&mut self, bytes: usize) -> Result<(), MontyException> {
        match self.left.checked_sub(bytes) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => Err(refused(format!("a value takes more than {} bytes as JSON", self.limit))),
        }
    }
}

fn refused(message: String) -> MontyException {
    MontyException::new(ExcType::ValueError, Some(message))
}
