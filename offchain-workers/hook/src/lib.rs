//! Host of the duties inside the runtime's off-chain worker.
//!
//! The pallet supplies what only it knows through [`Chain`]: the seats, the views and how a transaction is submitted. This crate adds
//! what an off-chain worker can reach: the engine beside the node over HTTP ([`engine`]), the oracle's keys in the node's keystore,
//! and a lock in the node's storage, so that two runs do not overlap.
//!
//! Guarantees: [`run`] ends within [`engine::DEADLINE`] plus the time that the transaction pool takes; an engine that is down, slow,
//! talkative or wrong leads to no transaction; a run that traps leaves a lock that expires after [`LOCK_EXPIRY`].
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::arithmetic_side_effects))]
#![warn(missing_docs)]

extern crate alloc;

pub mod engine;
mod error;
mod run;

pub use error::HookError;
pub use run::{run, run_and_log, Chain, Run, LOCK_EXPIRY, LOCK_KEY, LOG_TARGET};

#[cfg(test)]
mod tests;
