//! The contracts between the pallets, with one mock per trait.
//!
//! A pallet never names another pallet: it asks for these traits in its `Config`, the runtime joins them, and tests stand in
//! with [`mock`].
#![cfg_attr(not(feature = "std"), no_std)]
#![warn(missing_docs)]

extern crate alloc;

pub mod api;
pub mod clock;
pub mod deeds;
pub mod jobs;
#[cfg(feature = "std")]
pub mod mock;
pub mod oracles;
pub mod rewards;

pub use clock::ChainClock;
pub use deeds::{DeedChanges, Deeds};
pub use jobs::{JobAttestations, JobLedger, JobStatusUpdates};
pub use oracles::AvailabilityMedians;
pub use rewards::{DeedRewards, EpochHooks, PoolSummary, RewardPool};
