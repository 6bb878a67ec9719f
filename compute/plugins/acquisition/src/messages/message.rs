//! A message.

use neurite_core::Clock;

/// The largest message that becomes a row, in bytes; what senders on the engine's own broker may send.
pub(crate) const MAX_MESSAGE_BYTES: usize = 2 * 1024 * 1024;
/// The most bytes kept of an origin.
const MAX_ORIGIN: usize = 512;

/// Bytes that were received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    /// Where it came from: topic, queue, path or pipeline.
    pub(crate) origin: String,
    /// What was sent.
    pub(crate) body: Vec<u8>,
    /// When it was received, in Unix milliseconds.
    pub(crate) time: i64,
}

impl Message {
    /// Makes a message that is received now.
    pub(crate) fn now(clock: &dyn Clock, origin: &str, body: impl Into<Vec<u8>>) -> Self {
        let end = (0..=MAX_ORIGIN.min(origin.len())).rev().find(|end| origin.is_char_boundary(*end)).unwrap_or(0);
        Self { origin: origin[..end].to_owned(), body: body.into(), time: i64::try_from(clock.unix_ms()).unwrap_or(i64::MAX) }
    }

    /// Returns what it takes of memory, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        size_of::<Self>() + self.origin.len() + self.body.len()
    }
}
