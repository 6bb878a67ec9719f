//! The bounds of everything that plugins exchange.

/// The most bytes of tensor data in a batch.
pub const MAX_BATCH_BYTES: usize = 64 * 1024 * 1024;
/// The most fields in a batch or an inference.
pub const MAX_FIELDS: usize = 64;
/// The most dimensions of a tensor.
pub const MAX_RANK: usize = 8;
/// The most payloads that one call of a business plugin may leave behind.
pub const MAX_OUTBOX: usize = 4096;
/// The most bytes of a payload's body, as JSON.
pub const MAX_PAYLOAD_BYTES: usize = 1024 * 1024;
/// The most bytes of a business instance's state in a checkpoint, as JSON.
pub const MAX_STATE_BYTES: usize = 4 * 1024 * 1024;
/// The most recipients of a payload.
pub const MAX_RECIPIENTS: usize = 16;
/// The most headers of a request that a plugin sees.
pub const MAX_HEADERS: usize = 64;
/// The longest path that a document may name, in bytes.
pub const MAX_PATH: usize = 512;
/// The most bytes kept of the text of an error.
pub const MAX_REASON: usize = 512;
