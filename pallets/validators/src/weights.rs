//! Weights of the calls: estimates from their reads and writes, with a generous share of computation.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// The weight of each call.
pub trait WeightInfo {
    /// `add`.
    fn add() -> Weight;
    /// `remove`.
    fn remove() -> Weight;
}

/// Estimates over the runtime's database weights.
#[derive(Debug)]
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    fn add() -> Weight {
        Weight::from_parts(20_000_000, 8_000).saturating_add(T::DbWeight::get().reads_writes(2, 1))
    }
    fn remove() -> Weight {
        Weight::from_parts(20_000_000, 8_000).saturating_add(T::DbWeight::get().reads_writes(1, 1))
    }
}

impl WeightInfo for () {
    fn add() -> Weight {
        Weight::from_parts(20_000_000, 8_000)
    }
    fn remove() -> Weight {
        Weight::from_parts(20_000_000, 8_000)
    }
}
