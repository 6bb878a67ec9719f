//! Weights of the calls.
//!
//! These are generous estimates: reads and writes are counted, computation is rounded up, and the proof size is that of the
//! largest values. Benchmarks replace them.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// The weight of each call.
pub trait WeightInfo {
    /// Weight of `release`, with the most schedules.
    fn release() -> Weight;
}

/// Encoded size of the largest value with its key and the trie around it, in bytes.
const PROOF: u64 = 4_000;

/// Estimated weights with the database weights of a runtime.
#[derive(Debug)]
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    // Schedules, start, timestamp, the account, its holds; all but start and timestamp are written.
    fn release() -> Weight {
        Weight::from_parts(80_000_000, PROOF.saturating_mul(5)).saturating_add(T::DbWeight::get().reads_writes(5, 3))
    }
}

/// No weight at all, for tests.
impl WeightInfo for () {
    fn release() -> Weight {
        Weight::zero()
    }
}
