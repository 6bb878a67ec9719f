//! The one byte string that stands for a JSON value, injected.

use serde_json::Value;

/// Writes a JSON value canonically, so that equal values have equal bytes on every engine and in every language.
pub trait CanonicalJson: Send + Sync + 'static {
    /// Returns the canonical bytes.
    fn canonical(&self, value: &Value) -> Vec<u8>;
}

impl<F: Fn(&Value) -> Vec<u8> + Send + Sync + 'static> CanonicalJson for F {
    fn canonical(&self, value: &Value) -> Vec<u8> {
        self(value)
    }
}
