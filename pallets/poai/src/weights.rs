//! Weights of calls, hooks and steps of work.
//!
//! These are estimates, on the generous side: the time is what the computation takes in Wasm on slow hardware, the size is that of
//! the largest values read. Benchmarks replace them.

use core::marker::PhantomData;
use frame_support::{
    traits::Get,
    weights::{constants::WEIGHT_REF_TIME_PER_MICROS, RuntimeDbWeight, Weight},
};

/// Tells the weights of calls, hooks and steps of work.
pub trait WeightInfo {
    /// A claim for a number of epochs.
    fn claim(epochs: u32) -> Weight;
    /// A change of the parameters.
    fn set_parameters() -> Weight;
    /// The clock, and finding that no epoch ends.
    fn on_initialize() -> Weight;
    /// Closing an epoch and starting the next, on top of `on_initialize`.
    fn turn_epoch() -> Weight;
    /// Looking for work, and storing the cursors.
    fn work_base() -> Weight;
    /// Checking a page for a quorum, with the most reports that it can have.
    fn check_quorum(oracles: u32) -> Weight;
    /// Settling a page, with the most reports that it can have.
    fn settle_page(oracles: u32) -> Weight;
    /// Settling or voiding an epoch whose pages are done.
    fn finish_epoch() -> Weight;
    /// Removing the reports of a page.
    fn clear_page(oracles: u32) -> Weight;
    /// Releasing an epoch whose claim window is over.
    fn release_epoch() -> Weight;
    /// Removing a page of a released epoch.
    fn prune_page() -> Weight;
}

/// The estimates, with a database whose weights `D` tells.
#[derive(Debug)]
pub struct Estimate<D>(PhantomData<D>);

/// The estimates for a runtime.
pub type SubstrateWeight<T> = Estimate<<T as frame_system::Config>::DbWeight>;

/// Size of a page of deeds: 256 entries of at most 154 bytes.
const PAGE: u64 = 40_000;
/// Size of a page of indices: 256 entries of 81 bytes.
const INDICES: u64 = 21_000;
/// Size of an oracle's report of a page with its key.
const REPORT: u64 = 270;
/// Size of a small value with its key.
const SMALL: u64 = 300;

fn cost(micros: u64, bytes: u64) -> Weight {
    Weight::from_parts(WEIGHT_REF_TIME_PER_MICROS.saturating_mul(micros), bytes)
}

fn reports(oracles: u32) -> u64 {
    REPORT.saturating_mul(oracles.into())
}

impl<D: Get<RuntimeDbWeight>> WeightInfo for Estimate<D> {
    fn claim(epochs: u32) -> Weight {
        let epoch = cost(200, INDICES.saturating_add(SMALL)).saturating_add(D::get().reads_writes(3, 2));
        cost(100, 4_000).saturating_add(D::get().reads_writes(5, 3)).saturating_add(epoch.saturating_mul(epochs.into()))
    }

    fn set_parameters() -> Weight {
        cost(20, SMALL).saturating_add(D::get().writes(1))
    }

    fn on_initialize() -> Weight {
        cost(20, 4 * SMALL).saturating_add(D::get().reads_writes(5, 2))
    }

    fn turn_epoch() -> Weight {
        // Those who hear of epochs included: the committee is fixed, network rewards are released, 16 deposits given back.
        cost(1_200, 60_000).saturating_add(D::get().reads_writes(50, 45))
    }

    fn work_base() -> Weight {
        cost(20, 8 * SMALL).saturating_add(D::get().reads_writes(8, 2))
    }

    fn check_quorum(oracles: u32) -> Weight {
        cost(100, reports(oracles).saturating_add(SMALL)).saturating_add(D::get().reads(3))
    }

    fn settle_page(oracles: u32) -> Weight {
        let sorting = cost(50, REPORT).saturating_mul(oracles.into());
        cost(12_000, PAGE.saturating_add(SMALL)).saturating_add(sorting).saturating_add(D::get().reads_writes(5, 2))
    }

    fn finish_epoch() -> Weight {
        cost(200, 10_000).saturating_add(D::get().reads_writes(6, 6))
    }

    fn clear_page(oracles: u32) -> Weight {
        // Those who reported may be judged by the medians once more.
        let judging = cost(50, REPORT).saturating_mul(oracles.into());
        cost(200, SMALL).saturating_add(judging).saturating_add(D::get().reads_writes(6, 4))
    }

    fn release_epoch() -> Weight {
        cost(50, 4 * SMALL).saturating_add(D::get().reads_writes(5, 4))
    }

    fn prune_page() -> Weight {
        cost(50, INDICES.saturating_add(SMALL)).saturating_add(D::get().writes(2))
    }
}
