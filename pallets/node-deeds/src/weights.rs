//! Weights of the calls.
//!
//! These are generous estimates: reads and writes are counted, computation is rounded up, and the proof size is that of the
//! largest values. Benchmarks replace them.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// The weight of each call.
pub trait WeightInfo {
    /// Weight of `issue`.
    fn issue() -> Weight;
    /// Weight of `transfer` without the settlement.
    fn transfer() -> Weight;
    /// Weight of `link`, and of each link of `link_many`.
    fn link() -> Weight;
    /// Weight of `unlink`.
    fn unlink() -> Weight;
    /// Weight of `release_bond`.
    fn release_bond() -> Weight;
    /// Weight of `complete_bond`.
    fn complete_bond() -> Weight;
    /// Weight of `commit_specs`.
    fn commit_specs() -> Weight;
    /// Weight of `set_parameters`.
    fn set_parameters() -> Weight;
}

/// Encoded size of the largest deed with its key and the trie around it, in bytes.
const DEED_PROOF: u64 = 4_500;

/// Estimated weights with the database weights of a runtime.
#[derive(Debug)]
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> SubstrateWeight<T> {
    /// `micros` of computation, and the given reads and writes of the database.
    fn estimate(micros: u64, reads: u64, writes: u64) -> Weight {
        Weight::from_parts(micros.saturating_mul(1_000_000), DEED_PROOF.saturating_mul(reads))
            .saturating_add(T::DbWeight::get().reads_writes(reads, writes))
    }
}

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    fn issue() -> Weight {
        Self::estimate(25, 1, 1)
    }
    fn transfer() -> Weight {
        Self::estimate(25, 1, 1)
    }
    // Deed, DeedOf, node's account, block hash, three parameters, active clock, two balances with their holds, the page.
    fn link() -> Weight {
        Self::estimate(300, 12, 9)
    }
    fn unlink() -> Weight {
        Self::estimate(60, 6, 4)
    }
    fn release_bond() -> Weight {
        Self::estimate(70, 5, 4)
    }
    fn complete_bond() -> Weight {
        Self::estimate(80, 6, 5)
    }
    fn commit_specs() -> Weight {
        Self::estimate(60, 5, 3)
    }
    fn set_parameters() -> Weight {
        Self::estimate(15, 0, 3)
    }
}
