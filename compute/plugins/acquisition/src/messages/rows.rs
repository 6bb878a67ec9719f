//! Messages on their way into a batch.

use super::{Message, MAX_MESSAGE_BYTES};
use crate::columns::{object, BatchBuilder, Columns, Layout, Place};
use neurite_core::{bounds::MAX_BATCH_BYTES, Field, PluginError, Tensor};

/// The bytes of messages after which a batch is full, whatever its rows; the last message may reach beyond.
const MAX_BYTES: usize = MAX_BATCH_BYTES / 2;

/// The rows of the next batch.
pub(crate) struct Rows {
    /// What the input is called in errors.
    input: String,
    bodies: Bodies,
    origins: Vec<String>,
    times: Vec<i64>,
    bytes: usize,
    /// Which fields the columns leave to be filled from what is known of a message.
    with_origin: bool,
    with_time: bool,
}

/// What messages become.
enum Bodies {
    Text(Vec<String>),
    Columns(Box<BatchBuilder>),
}

impl Rows {
    /// Makes an empty batch of an input; messages are text, or JSON objects if columns are given.
    pub(crate) fn new(input: &str, columns: Option<&Columns>) -> Result<Self, PluginError> {
        let bodies = match columns {
            Some(columns) => Bodies::Columns(Box::new(BatchBuilder::new(Layout::listed(columns, input)?))),
            None => Bodies::Text(Vec::new()),
        };
        Ok(Self {
            input: input.to_owned(),
            bodies,
            origins: Vec::new(),
            times: Vec::new(),
            bytes: 0,
            with_origin: columns.is_none_or(|columns| !columns.texts.iter().any(|name| name == Field::ORIGIN)),
            with_time: columns.is_none_or(|columns| columns.time.is_none()),
        })
    }

    /// Returns the number of rows.
    pub(crate) fn len(&self) -> usize {
        self.times.len()
    }

    /// Tells whether another message may be added.
    pub(crate) fn has_room(&self) -> bool {
        self.bytes < MAX_BYTES
    }

    /// Adds a message as row `row` of the input; fails without adding anything if it does not decode.
    pub(crate) fn push(&mut self, row: u64, message: Message) -> Result<(), PluginError> {
        let bytes = message.bytes();
        if message.body.len() > MAX_MESSAGE_BYTES {
            return Err(PluginError::input(
                &self.input,
                format!("message of {} bytes, at most {MAX_MESSAGE_BYTES} are read", message.body.len()),
            ));
        }
        match &mut self.bodies {
            Bodies::Text(texts) => {
                texts.push(String::from_utf8(message.body).map_err(|_| PluginError::input(&self.input, "message is no UTF-8 text"))?);
            }
            Bodies::Columns(columns) => {
                let place = Place { input: &self.input, row };
                columns.push_object(place, &object(place, &message.body)?)?;
            }
        }
        self.origins.push(message.origin);
        self.times.push(message.time);
        self.bytes = self.bytes.saturating_add(bytes);
        Ok(())
    }

    /// Takes the rows as the fields of a batch.
    pub(crate) fn take(&mut self) -> Result<Vec<Field>, PluginError> {
        self.bytes = 0;
        let (origins, times) = (std::mem::take(&mut self.origins), std::mem::take(&mut self.times));
        let mut fields = match &mut self.bodies {
            Bodies::Text(texts) => vec![Field::new(Field::MESSAGE, Tensor::text(std::mem::take(texts)))],
            Bodies::Columns(columns) => columns.take()?,
        };
        if self.with_origin {
            fields.push(Field::new(Field::ORIGIN, Tensor::text(origins)));
        }
        if self.with_time {
            fields.push(Field::new(Field::TIME, Tensor::i64(vec![times.len()], times)?));
        }
        Ok(fields)
    }
}
