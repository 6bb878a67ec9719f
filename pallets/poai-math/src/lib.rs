//! Fixed-point exp, ln and shares of Proof of AI, identical on every machine.
//!
//! The chain computes rewards with these functions, so that every node must get the same bits: there are no floats, no tables
//! that depend on a platform, and no operation that could panic. Results are [`sp_arithmetic::FixedU128`] and
//! [`sp_arithmetic::FixedI128`], which have 18 decimals; in between, numbers have 62 binary digits after the point.
//!
//! | what | function | guarantee |
//! |---|---|---|
//! | `e^x`, x in [−8, 8] | [`exp`] | relative error ≤ 10⁻¹², monotone |
//! | natural logarithm | [`ln`] | relative error ≤ 10⁻¹² (absolute near 1), monotone, `ln 1 = 0` |
//! | power score and its terms | [`capacity`], [`actual`], [`decay`], [`power`] | clamped as specified |
//! | power index | [`index`] | rounded down once |
//! | part of a reservation | [`share`] | rounded down; the rest is smaller than the number of shares |
//! | availability | [`availability`], [`lower_median`] | rounded half up |
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::arithmetic_side_effects))]
#![warn(missing_docs)]

mod allocation;
mod availability;
mod exponential;
mod fixed;
mod logarithm;
mod power;
mod rational;

pub use allocation::share;
pub use availability::{availability, lower_median};
pub use exponential::{exp, EXPONENT_LIMIT};
pub use logarithm::ln;
pub use power::{actual, capacity, decay, index, power, AliveMode, FULL_AVAILABILITY, TERM_LIMIT};
