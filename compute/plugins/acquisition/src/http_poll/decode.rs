//! From an answer to messages.

use super::Format;
use neurite_core::PluginError;
use serde_json::value::RawValue;

/// Divides an answer into what becomes rows; fails with [`PluginError::Input`] if it is not of the format.
pub(super) fn decode(format: Format, input: &str, body: &[u8]) -> Result<Vec<String>, PluginError> {
    let text = std::str::from_utf8(body).map_err(|_| PluginError::input(input, "answer is no UTF-8 text"))?;
    if format == Format::Lines {
        return Ok(text.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect());
    }
    let not_json = |error: serde_json::Error| PluginError::input(input, format!("answer is no JSON: {error}"));
    if text.trim_start().starts_with('[') {
        // Elements keep their own text: numbers are not rounded on the way.
        let rows: Vec<&RawValue> = serde_json::from_str(text).map_err(not_json)?;
        Ok(rows.into_iter().map(|row| row.get().to_owned()).collect())
    } else {
        let row: &RawValue = serde_json::from_str(text).map_err(not_json)?;
        Ok(vec![row.get().to_owned()])
    }
}
