//! Identifiers, bounded types and records that chain, agents and tools share.
//!
//! Everything here is SCALE-encoded across process boundaries: the runtime, the off-chain workers, the engine's agent and the
//! command line decode the same types. `tests/golden.rs` pins the encodings.
//!
//! Terms: an **active** moment is a point of the chain's *active clock*, which advances with the timestamp but by at most
//! [`MAX_ACTIVE_STEP`] per block, so that a halted chain expires nobody. Amounts are in units of 10⁻¹² NEU.
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::arithmetic_side_effects))]
#![warn(missing_docs)]

extern crate alloc;

pub mod epoch;
pub mod ids;
pub mod job;
pub mod messages;
pub mod oracle;
pub mod specs;
pub mod view;

pub use ids::*;
pub use job::*;
pub use specs::*;
