//! Records on their way through a pipeline.

use crate::{
    bounds::{MAX_BATCH_BYTES, MAX_FIELDS},
    PluginError, Tensor,
};

/// A named tensor: a column group of a batch, or an output of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// The name, unique within its batch or inference.
    pub name: String,
    /// The values; the first dimension counts rows.
    pub tensor: Tensor,
}

impl Field {
    /// The field that holds what a model is fed with, by convention of all acquisition plugins.
    pub const FEATURES: &'static str = "features";
    /// The field that holds the true class of each row, where it is known.
    pub const LABEL: &'static str = "label";

    /// Makes a field.
    pub fn new(name: impl Into<String>, tensor: Tensor) -> Self {
        Self { name: name.into(), tensor }
    }

    /// Returns the tensor of the field of this name.
    pub fn find<'a>(fields: &'a [Field], name: &str) -> Option<&'a Tensor> {
        fields.iter().find(|field| field.name == name).map(|field| &field.tensor)
    }
}

/// Consecutive rows of a shard.
///
/// All fields have the same number of rows, at least one; their data is at most [`MAX_BATCH_BYTES`].
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    start: u64,
    rows: usize,
    fields: Vec<Field>,
}

impl Batch {
    /// Makes a batch that begins after `start` rows of the shard.
    ///
    /// Fails with [`PluginError::Internal`] if fields disagree about the rows, are doubled or inconsistent, and with
    /// [`PluginError::Resources`] if a bound is passed.
    pub fn new(start: u64, fields: Vec<Field>) -> Result<Self, PluginError> {
        let bytes = fields.iter().fold(0usize, |bytes, field| bytes.saturating_add(field.tensor.data.bytes()));
        if fields.len() > MAX_FIELDS || bytes > MAX_BATCH_BYTES {
            return Err(PluginError::resources(format!("batch of {} fields and {bytes} bytes is too large", fields.len())));
        }
        let rows = fields.first().map(|field| field.tensor.rows()).unwrap_or(0);
        let doubled =
            fields.iter().enumerate().any(|(at, field)| fields.iter().skip(at.saturating_add(1)).any(|other| other.name == field.name));
        let uneven = fields.iter().any(|field| field.tensor.rows() != rows || !field.tensor.is_consistent());
        if rows == 0 || doubled || uneven {
            return Err(PluginError::internal("fields of a batch are empty, doubled or uneven"));
        }
        Ok(Self { start, rows, fields })
    }

    /// Returns the number of rows of the shard that were delivered before this batch.
    pub fn start(&self) -> u64 {
        self.start
    }

    /// Returns the number of rows of the shard that are delivered with this batch.
    pub fn end(&self) -> u64 {
        self.start.saturating_add(self.rows as u64)
    }

    /// Returns the number of rows in this batch.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Returns the fields in order.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// Returns the tensor of the field of this name.
    pub fn field(&self, name: &str) -> Option<&Tensor> {
        Field::find(&self.fields, name)
    }
}
