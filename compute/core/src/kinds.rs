//! The four kinds of plugin instances.
//!
//! Futures of [`Acquisition`] and [`Business`] need not be cancel-safe: an instance whose call was cancelled is discarded. Those of
//! [`Serving`] and [`Communication`] must be, for their instances are shared.

use crate::{Batch, Bookmark, BoxFuture, Field, Origin, Outbox, Payload, PluginError};
use serde_json::Value;

/// Where data comes from.
///
/// Of a source with an end, a shard's rows and their order depend only on document, input and shard: two workers, or one worker twice, see the
/// same. A live source delivers rows as they come; what it delivered before it was opened is gone unless it keeps a cursor.
pub trait Acquisition: Send {
    /// Returns the number of rows in the shard; `None` for a source without an end.
    fn total(&self) -> Option<u64>;

    /// Goes to where a bookmark was made, wherever the source stands. A live source without a cursor just counts on from there.
    ///
    /// Fails with an input error if the shard has fewer rows.
    fn seek<'a>(&'a mut self, bookmark: &'a Bookmark) -> BoxFuture<'a, Result<(), PluginError>>;

    /// Returns the next rows, `None` after the last. May block for as long as reading a batch from local disk takes.
    ///
    /// Cancelled when the pipeline is drained; the instance is discarded then.
    fn next_batch(&mut self) -> BoxFuture<'_, Result<Option<Batch>, PluginError>>;

    /// Returns how many rows of a live source were dropped inside it since it was opened, because they were not taken in time.
    fn dropped(&self) -> u64 {
        0
    }
}

/// A model.
pub trait Serving: Send + Sync {
    /// Runs the model on a batch; each output has as many rows as the batch.
    ///
    /// Transient failures ([`PluginError::is_transient`]) are tried again by the engine, a bounded number of times.
    fn infer<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Result<Vec<Field>, PluginError>>;

    /// Tells whether the answer to a batch depends on the batches before it, as with simulations. The engine may ask a model without state for the
    /// next answer before it has the last.
    fn has_state(&self) -> bool {
        false
    }

    /// Returns the state that [`Serving::restore`] needs; null for a model that has none.
    fn snapshot(&self) -> Result<Value, PluginError> {
        Ok(Value::Null)
    }

    /// Sets a freshly opened model to a state that [`Serving::snapshot`] returned.
    fn restore(&self, state: Value) -> Result<(), PluginError> {
        match state {
            Value::Null => Ok(()),
            _ => Err(PluginError::internal("a model without state cannot be restored")),
        }
    }
}

/// What a business instance works on.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The rows.
    pub batch: &'a Batch,
    /// What the instance's model made of them; empty without a model.
    pub inference: &'a [Field],
}

/// What is done with the data.
///
/// The state after a shard depends only on its rows, never on time or on how rows were divided into batches, so that the result is the same
/// after any number of restarts.
pub trait Business: Send {
    /// Takes in the next rows.
    fn process<'a>(&'a mut self, input: Input<'a>, outbox: &'a mut Outbox) -> BoxFuture<'a, Result<(), PluginError>>;

    /// Returns the state that [`Business::restore`] needs to go on after the rows processed so far.
    fn snapshot(&self) -> Result<Value, PluginError>;

    /// Sets a freshly opened instance to a state that [`Business::snapshot`] returned.
    fn restore(&mut self, state: Value) -> Result<(), PluginError>;

    /// Returns the result once all rows were processed; `None` if this plugin has none.
    fn finish(&mut self, outbox: &mut Outbox) -> Result<Option<Value>, PluginError>;
}

/// Where payloads go.
pub trait Communication: Send + Sync {
    /// Hands a payload over; ends when the receiving side has acknowledged it, where its protocol can. Many calls may be in flight.
    ///
    /// Transient failures are tried again by the engine, which meanwhile keeps a bounded number of payloads, on disk if need be; on any
    /// other failure the payload is dropped and counted.
    fn send<'a>(&'a self, origin: &'a Origin, payload: &'a Payload) -> BoxFuture<'a, Result<(), PluginError>>;
}
