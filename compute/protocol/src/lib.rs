//! The signed envelope: canonical JSON, signatures, verification, topics.
//!
//! Engines, supervisors and SDKs exchange JSON messages whose keys `EE_*` form an envelope. This crate makes and checks them; it
//! does no IO and reads no clock: the time of the receiver is an argument everywhere.
//!
//! Terms: a **sender** is the secp256k1 key that signed a message, written as an [`Address`]. The **canonical text** of a message
//! is the JSON text that is hashed and signed ([`canonical`]). A **draft** is a message that is not signed yet ([`Draft`]). A
//! **refusal** says why a received message is not believed ([`Refusal`]).
//!
//! Guarantees: everything received is bounded before it is parsed, and what is handed on was parsed from the very bytes that the
//! signature covers, so that no two parsers can disagree about it. Whatever grows with the number of senders is bounded.
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::arithmetic_side_effects))]
#![warn(missing_docs)]

pub mod address;
pub mod canonical;
pub mod envelope;
pub mod error;
pub mod heartbeat;
pub mod identity;
pub mod keys;
pub mod replay;
pub mod time;
pub mod topics;
pub mod verify;

pub use address::Address;
pub use envelope::{Draft, EventType, Notification, PayloadPath, SignedMessage, Stamp};
pub use error::ProtocolError;
pub use heartbeat::{Coverage, HeartbeatBody, Role};
pub use identity::Identity;
pub use replay::{MemoryReplayStore, Observed, ReplayStore, ReplayStoreError, ReplayWindow};
pub use time::UnixMillis;
pub use topics::Topics;
pub use verify::{authenticate, Message, Rate, Refusal, Verifier, VerifierConfig};

/// The largest message that is sent or believed, in bytes.
pub const MAX_MESSAGE: usize = 2 * 1024 * 1024;
