//! Windows: each row with the rows before it, for models that look back.
//!
//! # Terms
//! * **Window**: a row and so many rows right before it, oldest first. One that would reach back beyond the rows that are known is not full; the
//!   model is fed with the oldest known row in the place of those that are missing, and its answer is struck out.
//! * **Stretch**: the rows of a batch and those before it that its windows reach back to.
//!
//! # Guarantees
//! What follows from a batch depends on the rows of the shard only. The rows that the next windows need are remembered when the model has
//! answered, so that a batch whose inference failed or was cancelled is as if it had not been asked for; with the last batch itself, too, so
//! that it can be asked for again. Rows that a live source lost leave a gap behind: windows do not reach over it.

use neurite_core::{Batch, Field, PluginError, Tensor, TensorData};
use neurite_serving::config::INPUT_CAPACITY;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The most numbers of a window.
pub const MAX_WINDOW_NUMBERS: usize = 1 << 18;
/// What stands for an answer that is a whole number, such as a class, where there is none.
const NO_NUMBER: i64 = -1;

/// Makes windows of so many rows, and remembers the rows that the next ones need.
pub(super) struct Windows {
    rows: usize,
    seen: Mutex<Seen>,
}

/// The last rows.
#[derive(Debug, Default)]
struct Seen {
    /// After how many rows of the shard they end.
    end: u64,
    columns: usize,
    values: Vec<f32>,
}

/// The state that models with windows give away.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
struct State {
    end: u64,
    columns: usize,
    /// The numbers row by row, four bytes each, the lowest first, in hexadecimal digits: JSON has no missing number.
    values: String,
}

/// The rows of a batch, and those before it.
pub(super) struct Stretch {
    window: usize,
    /// Rows before the batch.
    before: usize,
    end: u64,
    rows: Tensor,
}

impl Windows {
    /// Makes windows of so many rows, at least one.
    pub(super) fn new(rows: usize) -> Self {
        Self { rows, seen: Mutex::default() }
    }

    /// Returns the rows of a batch with those before it. Fails with what does not fit.
    pub(super) fn stretch(&self, batch: &Batch) -> Result<Stretch, String> {
        let features = batch.field(Field::FEATURES).ok_or("WINDOW needs the field \"features\"")?;
        let new = features.as_f32().ok_or("the features of a window must be floating-point numbers")?;
        let columns = new.len() / batch.rows();
        if columns == 0 || columns.saturating_mul(self.rows) > MAX_WINDOW_NUMBERS {
            return Err(format!("a window of {} rows of {columns} numbers; {MAX_WINDOW_NUMBERS} numbers are possible", self.rows));
        }
        let mut values = self.lock().before(batch.start(), columns, self.rows - 1).to_vec();
        let before = values.len() / columns;
        values.extend_from_slice(new);
        let rows = Tensor { shape: vec![before + batch.rows(), columns], data: TensorData::F32(values) };
        Ok(Stretch { window: self.rows, before, end: batch.end(), rows })
    }

    /// Remembers the rows of a batch that the model has answered.
    pub(super) fn remember(&self, stretch: Stretch) {
        if let Stretch { end, rows: Tensor { shape, data: TensorData::F32(values) }, .. } = stretch {
            *self.lock() = Seen { end, columns: shape[1], values };
        }
    }

    /// Returns the rows that the next windows need.
    pub(super) fn snapshot(&self) -> Result<Value, PluginError> {
        let seen = self.lock();
        let needed = seen.before(seen.end, seen.columns, self.rows - 1);
        let bytes: Vec<u8> = needed.iter().flat_map(|number| number.to_le_bytes()).collect();
        let state = State { end: seen.end, columns: seen.columns, values: hex::encode(bytes) };
        serde_json::to_value(state).map_err(|error| PluginError::internal(error.to_string()))
    }

    /// Goes on from a state; from none, as at the beginning.
    pub(super) fn restore(&self, state: Value) -> Result<(), PluginError> {
        if state.is_null() {
            return Ok(());
        }
        let unfit = |reason: &dyn std::fmt::Display| PluginError::internal(format!("state does not fit the window: {reason}"));
        let state: State = serde_json::from_value(state).map_err(|error| unfit(&error))?;
        let bytes = hex::decode(&state.values).map_err(|error| unfit(&error))?;
        let values: Vec<f32> = bytes.as_chunks::<4>().0.iter().map(|number| f32::from_le_bytes(*number)).collect();
        let most = state.columns.saturating_mul(self.rows - 1);
        let whole = bytes.len().is_multiple_of(size_of::<f32>()) && values.len().is_multiple_of(state.columns.max(1));
        if !whole || values.len() > most {
            return Err(unfit(&format!("{} bytes of rows", bytes.len())));
        }
        *self.lock() = Seen { end: state.end, columns: state.columns, values };
        Ok(())
    }

    /// A panic while the lock was held would be a fault of this crate, but the rows behind it are whole.
    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seen {
    /// Returns those rows, at most so many, that come right before the row `start` of the shard; none after a gap.
    fn before(&self, start: u64, columns: usize, most: usize) -> &[f32] {
        if columns == 0 || columns != self.columns || start > self.end {
            return &[];
        }
        let rows = self.values.len() / columns;
        let later = usize::try_from(self.end - start).unwrap_or(usize::MAX);
        let to = rows.saturating_sub(later);
        &self.values[to.saturating_sub(most) * columns..to * columns]
    }
}

impl Stretch {
    /// Returns the rows.
    pub(super) fn rows(&self) -> &Tensor {
        &self.rows
    }

    /// Returns the windows of the batch's rows, given what steps made of the rows of the stretch: [rows, window, columns], or
    /// [rows, window × columns] for a model that takes two dimensions.
    pub(super) fn windows(&self, prepared: &neurite_serving::Tensor, dimensions: usize) -> Result<neurite_serving::Tensor, String> {
        let neurite_serving::TensorData::F32(values) = &prepared.data else {
            return Err("the rows of a window must be floating-point numbers".to_owned());
        };
        let (all, columns) = (self.rows.shape[0], self.rows.shape[1]);
        let rows = all - self.before;
        let numbers = rows.saturating_mul(self.window).saturating_mul(columns);
        if numbers.saturating_mul(size_of::<f32>()) > INPUT_CAPACITY {
            return Err(format!("the windows of {rows} rows take more than {INPUT_CAPACITY} bytes; take fewer rows per batch"));
        }
        let mut cut = Vec::with_capacity(numbers);
        for end in self.before + 1..=all {
            for _ in end..self.window {
                cut.extend_from_slice(&values[..columns]);
            }
            cut.extend_from_slice(&values[end.saturating_sub(self.window) * columns..end * columns]);
        }
        let shape = if dimensions == 2 { vec![rows, self.window * columns] } else { vec![rows, self.window, columns] };
        Ok(neurite_serving::Tensor::f32(shape, cut))
    }

    /// Strikes out the answers to rows whose windows are not full. Fails with an output that is not of rows, or cannot say that there is none.
    pub(super) fn strike_out(&self, outputs: &mut [Field]) -> Result<(), String> {
        let rows = self.rows.shape[0] - self.before;
        let struck = self.window.saturating_sub(self.before + 1).min(rows);
        for Field { name, tensor, .. } in outputs {
            if tensor.rows() != rows {
                return Err(format!("output {name:?} of shape {:?} has no answer for each of {rows} windows", tensor.shape));
            }
            let numbers = tensor.data.len() / rows * struck;
            match &mut tensor.data {
                TensorData::F32(values) => values[..numbers].fill(f32::NAN),
                TensorData::F64(values) => values[..numbers].fill(f64::NAN),
                TensorData::I64(values) => values[..numbers].fill(NO_NUMBER),
                TensorData::Text(values) => values[..numbers].fill(String::new()),
                TensorData::U8(_) => return Err(format!("output {name:?} of bytes cannot tell that a window is not full")),
            }
        }
        Ok(())
    }
}
