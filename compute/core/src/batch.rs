//! Records on their way through a pipeline.

use crate::{
    bounds::{MAX_BATCH_BYTES, MAX_FIELDS},
    PluginError, Tensor,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;

/// A named tensor: a column group of a batch, or an output of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// The name, unique within its batch or inference.
    pub name: String,
    /// The values; the first dimension counts rows.
    pub tensor: Tensor,
    /// The names along the second dimension, where the source knows them.
    pub columns: Option<Arc<[String]>>,
}

impl Field {
    /// The field that holds what a model is fed with, by convention of all acquisition plugins.
    pub const FEATURES: &'static str = "features";
    /// The field that holds the true class of each row, where it is known.
    pub const LABEL: &'static str = "label";

    /// The field of Unix times in milliseconds, one per row (`I64`): when a row was measured or, where that is unknown, received.
    pub const TIME: &'static str = "time";
    /// The field of pictures (`U8`, rows × height × width × 3, red green blue).
    pub const IMAGE: &'static str = "image";
    /// The field of messages as they arrived (`Text`).
    pub const MESSAGE: &'static str = "message";
    /// The field that says where each message came from: topic, routing key, path or file name (`Text`).
    pub const ORIGIN: &'static str = "origin";
    /// The field of detections (`F32`, rows × most detections × [`Field::BOX_WIDTH`]), best first: left, top, right and bottom in pixels of
    /// the picture, score from 0 to 1, class. Places that are not filled have the score 0.
    pub const BOXES: &'static str = "boxes";
    /// The numbers that describe a detection in [`Field::BOXES`].
    pub const BOX_WIDTH: usize = 6;

    /// Makes a field.
    pub fn new(name: impl Into<String>, tensor: Tensor) -> Self {
        Self { name: name.into(), tensor, columns: None }
    }

    /// Names the columns along the second dimension.
    pub fn with_columns(self, columns: Arc<[String]>) -> Self {
        Self { columns: Some(columns), ..self }
    }

    /// Returns the tensor of the field of this name.
    pub fn find<'a>(fields: &'a [Field], name: &str) -> Option<&'a Tensor> {
        fields.iter().find(|field| field.name == name).map(|field| &field.tensor)
    }
}

/// Where a source stands: after how many rows of the shard, and what else it needs to go on there.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bookmark {
    /// Rows of the shard that were delivered.
    pub rows: u64,
    /// What the source itself remembers, such as the key of the last row it saw; null where the number of rows is enough.
    pub cursor: Value,
}

impl Bookmark {
    /// Makes the bookmark of a source that finds its place by the number of rows.
    pub fn at(rows: u64) -> Self {
        Self { rows, cursor: Value::Null }
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
    cursor: Value,
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
        Ok(Self { start, rows, fields, cursor: Value::Null })
    }

    /// Says what the source needs to go on after this batch, beside the number of rows.
    pub fn with_cursor(self, cursor: Value) -> Self {
        Self { cursor, ..self }
    }

    /// Returns where the source stands after this batch.
    pub fn bookmark(&self) -> Bookmark {
        Bookmark { rows: self.end(), cursor: self.cursor.clone() }
    }

    /// Returns the batch without those rows that end at `position`; `None` if nothing is left.
    pub fn after(&self, position: u64) -> Option<Self> {
        let skipped = usize::try_from(position.saturating_sub(self.start)).unwrap_or(usize::MAX);
        if skipped >= self.rows {
            return None;
        }
        let skip = |field: &Field| Field { tensor: field.tensor.skip_rows(skipped), ..field.clone() };
        Some(Self {
            start: self.start.saturating_add(skipped as u64),
            rows: self.rows.saturating_sub(skipped),
            fields: self.fields.iter().map(skip).collect(),
            cursor: self.cursor.clone(),
        })
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

    /// Returns the names of the columns of a field.
    pub fn columns(&self, name: &str) -> Option<&[String]> {
        self.fields.iter().find(|field| field.name == name)?.columns.as_deref()
    }

    /// Returns the tensor of the field of this name.
    pub fn field(&self, name: &str) -> Option<&Tensor> {
        Field::find(&self.fields, name)
    }
}
