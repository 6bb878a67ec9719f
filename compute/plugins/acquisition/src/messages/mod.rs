//! What sources of messages share.
//!
//! A **message** is bytes with an origin and the time at which they were received. A source gives one after the other ([`MessageSource`]);
//! [`MessageRows`] makes batches of them: one row per message, as the fields `message`, `origin` and `time`, or with `COLUMNS` the columns of the
//! JSON object that each message then is, with `origin` and, unless a column holds it, `time`. A batch leaves when it is full or when its
//! oldest row has waited for the longest time that the document allows.
//!
//! Guarantees: a message that does not decode is refused, counted and logged (the first, the second, the fourth, …), and never ends a pipeline.
//! Everything is bounded: messages by [`MAX_MESSAGE_BYTES`], batches by their rows and by bytes, an [`Inbox`] by messages and by bytes; what an
//! inbox has no room for pushes out the oldest, which is counted.

mod inbox;
mod message;
mod requests;
mod rows;
mod source;

pub(crate) use inbox::{inbox, Inbox, Letterbox};
pub(crate) use message::{Message, MAX_MESSAGE_BYTES};
pub(crate) use requests::{refusal, Check, RequestRows, MAX_WAITING};
pub(crate) use rows::Rows;
pub(crate) use source::{batching_faults, Batching, MessageRows, MessageSource};

/// The most rows of a batch of messages.
pub(crate) const MAX_BATCH_ROWS: u32 = 16_384;
/// The longest time for which a row may wait for its batch, in milliseconds.
pub(crate) const MAX_WAIT_MS: u32 = 60_000;
/// The most messages of an inbox.
pub(crate) const MAX_CAPACITY: u32 = 65_536;

/// Rows per batch if the document does not say.
pub(crate) fn default_batch_rows() -> u32 {
    64
}

/// Milliseconds that a row waits for its batch if the document does not say.
pub(crate) fn default_max_wait_ms() -> u32 {
    100
}

/// Messages of an inbox if the document does not say.
pub(crate) fn default_capacity() -> u32 {
    4096
}

#[cfg(test)]
mod tests;
