//! What an oracle or a worker owes now, given the chain and its engine.
//!
//! Three roles, each in a module of the same form: `View` (what the chain and the engine say), `Action` (one thing that is owed),
//! `plan` (a pure function from views to actions), `Host` (how views are read and actions performed) and `step` (read, plan,
//! perform, once).
//!
//! | role | owes | runs in |
//! |---|---|---|
//! | [`oracle`] | attestations of jobs and availability reports | the runtime's off-chain worker |
//! | [`worker`] | committed specs, acceptance, work, reports | an engine process |
//! | [`supervisor`] | assignments and reassignments for the jobs whose delegate it is | the engine of a main node |
//!
//! Guarantees: `plan` is deterministic and does no IO. A step is *level-triggered*: it compares what the chain says with what the
//! engine runs and acts on the difference, so that a process killed between any two actions continues where it was. Every list
//! is bounded ([`bounds`]); what does not fit into one step is owed in the next. [`InFlight`] keeps a transaction from being sent
//! again while it is on its way; losing it costs at most one refused transaction.
//!
//! [`reply`] holds the versioned SCALE types that the engine answers to the off-chain worker, [`judge`] decides what an oracle says of
//! a job.
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::arithmetic_side_effects))]
#![warn(missing_docs)]

extern crate alloc;

pub mod bounds;
pub mod in_flight;
pub mod judge;
pub mod oracle;
pub mod reply;
pub mod supervisor;
pub mod worker;

#[cfg(test)]
mod testing;

pub use in_flight::InFlight;
pub use reply::{AvailabilityObservation, EngineReply, JobObservation, Observation};
