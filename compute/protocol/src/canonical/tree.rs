//! Values of a canonical text.
//!
//! Floats are read exactly: a value that is written again has the text it was read from if that text was Python's. A parser that
//! is off by the last bit would break hashes over parts of a message, such as the commitment to a result.

use super::scan::{Malformed, Scanner};
use serde_json::{Map, Number, Value};

/// Reads any JSON text, within the bounds of this module.
///
/// Integers that do not fit 64 bits become floats; floats out of range are refused.
///
/// # Errors
/// [`Malformed`] if it is not one JSON value within the bounds.
pub fn parse(raw: &[u8]) -> Result<Value, Malformed> {
    read(&super::canonical(raw)?)
}

/// Reads a canonical text with plain characters, whose nesting is therefore bounded.
pub(crate) fn read(text: &str) -> Result<Value, Malformed> {
    // Escapes make a text longer than what it was made from, so that the bound on received texts does not apply here.
    Scanner::over(text).tree()
}

impl Scanner<'_> {
    fn tree(&mut self) -> Result<Value, Malformed> {
        match self.peek() {
            Some(b'{') => self.tree_object(),
            Some(b'[') => self.tree_array(),
            Some(b'"') => self.string().map(Value::String),
            Some(b't') => self.literal(4, Value::Bool(true)),
            Some(b'f') => self.literal(5, Value::Bool(false)),
            Some(b'n') => self.literal(4, Value::Null),
            _ => self.tree_number(),
        }
    }

    fn literal(&mut self, bytes: usize, value: Value) -> Result<Value, Malformed> {
        self.skip(bytes);
        Ok(value)
    }

    fn tree_number(&mut self) -> Result<Value, Malformed> {
        let text = self.number()?;
        if let Ok(value) = text.parse::<u64>() {
            return Ok(value.into());
        }
        if let Ok(value) = text.parse::<i64>() {
            return Ok(value.into());
        }
        let float = text.parse().ok().and_then(Number::from_f64);
        float.map(Value::Number).ok_or_else(|| self.malformed("the number is out of range"))
    }

    fn tree_array(&mut self) -> Result<Value, Malformed> {
        let mut items = Vec::new();
        self.skip(1);
        while self.peek() != Some(b']') {
            items.push(self.tree()?);
            if self.peek() == Some(b',') {
                self.skip(1);
            }
        }
        self.skip(1);
        Ok(Value::Array(items))
    }

    fn tree_object(&mut self) -> Result<Value, Malformed> {
        let mut members = Map::new();
        self.skip(1);
        while self.peek() != Some(b'}') {
            let key = self.string()?;
            self.skip(1);
            members.insert(key, self.tree()?);
            if self.peek() == Some(b',') {
                self.skip(1);
            }
        }
        self.skip(1);
        Ok(Value::Object(members))
    }
}
