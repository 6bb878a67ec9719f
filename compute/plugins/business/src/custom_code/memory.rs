//! What an instance remembers, and how it is written into checkpoints and results.

use neurite_core::PluginError;
use serde::{Deserialize, Serialize};
use serde_json::{json, Value};

/// What an instance remembers. Its JSON form is the plugin's state in checkpoints.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub(super) struct Memory {
    version: u8,
    /// The hash of the code that wrote the state: other code would not understand it.
    code_blake3: String,
    rows: u64,
    batches_skipped: u64,
    state: Value,
}

impl Memory {
    const VERSION: u8 = 1;

    /// Makes the memory before the first row.
    pub(super) fn new(code_blake3: String) -> Self {
        Self { version: Self::VERSION, code_blake3, rows: 0, batches_skipped: 0, state: Value::Null }
    }

    /// Reads a checkpoint of the same code, whose state is at most `bytes` long.
    pub(super) fn restore(&self, checkpoint: Value, bytes: usize) -> Result<Self, PluginError> {
        let memory: Self = serde_json::from_value(checkpoint).map_err(|error| PluginError::internal(format!("state: {error}")))?;
        if memory.version != Self::VERSION || memory.code_blake3 != self.code_blake3 || memory.state.to_string().len() > bytes {
            return Err(PluginError::internal("state does not fit the code"));
        }
        Ok(memory)
    }

    /// Returns the code's state.
    pub(super) fn state(&self) -> &Value {
        &self.state
    }

    /// Counts a batch that was run, and takes the state that it may have set.
    pub(super) fn advance(&mut self, rows: usize, state: Option<Value>) {
        self.rows += rows as u64;
        if let Some(state) = state {
            self.state = state;
        }
    }

    /// Counts a batch that was left out; returns how many that makes.
    pub(super) fn skip(&mut self, rows: usize) -> u64 {
        self.rows += rows as u64;
        self.batches_skipped += 1;
        self.batches_skipped
    }

    /// Returns the number of batches that were left out.
    pub(super) fn skipped(&self) -> u64 {
        self.batches_skipped
    }

    /// Returns the result of the shard.
    pub(super) fn result(&self) -> Value {
        json!({
            "ROWS": self.rows,
            "BATCHES_SKIPPED": self.batches_skipped,
            "CODE_BLAKE3": self.code_blake3,
            "STATE": self.state,
        })
    }
}
