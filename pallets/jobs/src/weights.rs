//! Weights of the calls and of the sweep.
//!
//! These are generous estimates: reads and writes are counted, computation is rounded up, and the proof size is that of the
//! largest values. Benchmarks replace them.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};
use neurite_primitives::MAX_WORKERS;

/// The weight of each call, and of each step of the sweep.
pub trait WeightInfo {
    /// Weight of `submit`.
    fn submit() -> Weight;
    /// Weight of `top_up`.
    fn top_up() -> Weight;
    /// Weight of `extend`.
    fn extend() -> Weight;
    /// Weight of `assign` with this number of deeds.
    fn assign(deeds: u32) -> Weight;
    /// Weight of `accept`.
    fn accept() -> Weight;
    /// Weight of `release`.
    fn release() -> Weight;
    /// Weight of `report_progress`.
    fn report_progress() -> Weight;
    /// Weight of `report_failure`.
    fn report_failure() -> Weight;
    /// Weight of `reassign`.
    fn reassign() -> Weight;
    /// Weight of `cancel` and `poke`: the end of a job with the most workers, all of them paid.
    fn end() -> Weight;
    /// Weight of `set_supervisor`.
    fn set_supervisor() -> Weight;
    /// Weight of `set_parameters`.
    fn set_parameters() -> Weight;
    /// Weight of reading and writing the cursors of the sweep.
    fn sweep_cursors() -> Weight;
    /// Weight of finding and reading a job in the sweep.
    fn sweep_job() -> Weight;
    /// Weight of finding, reading and pruning a record in the sweep.
    fn sweep_record() -> Weight;
}

/// Encoded size of the largest job with its key and the trie around it, in bytes.
const JOB_PROOF: u64 = 28_000;
/// Encoded size of any other value with its key and the trie around it, in bytes.
const OTHER_PROOF: u64 = 4_500;

/// Estimated weights with the database weights of a runtime.
#[derive(Debug)]
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> SubstrateWeight<T> {
    /// `micros` of computation on a job, and the given reads and writes of the database beside the job itself.
    fn on_job(micros: u64, reads: u64, writes: u64) -> Weight {
        Self::estimate(micros, reads, writes)
            .saturating_add(Weight::from_parts(60_000_000, JOB_PROOF))
            .saturating_add(T::DbWeight::get().reads_writes(1, 1))
    }

    fn estimate(micros: u64, reads: u64, writes: u64) -> Weight {
        Weight::from_parts(micros.saturating_mul(1_000_000), OTHER_PROOF.saturating_mul(reads))
            .saturating_add(T::DbWeight::get().reads_writes(reads, writes))
    }
}

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    // The document is hashed; clocks, count, parameters, ledger, total, balance and hold, the delegate's account.
    fn submit() -> Weight {
        Self::on_job(300, 14, 8)
    }
    fn top_up() -> Weight {
        Self::on_job(60, 4, 4)
    }
    fn extend() -> Weight {
        Self::on_job(30, 2, 0)
    }
    // Twice: a call is also checked for being free.
    fn assign(deeds: u32) -> Weight {
        let per_deed = Self::estimate(20, 1, 0);
        Self::on_job(80, 2, 0).saturating_add(per_deed.saturating_mul(u64::from(deeds).saturating_mul(2)))
    }
    fn accept() -> Weight {
        Self::on_job(80, 3, 0)
    }
    fn release() -> Weight {
        Self::on_job(60, 2, 0)
    }
    fn report_progress() -> Weight {
        Self::on_job(60, 3, 0)
    }
    fn report_failure() -> Weight {
        Self::on_job(60, 3, 0)
    }
    fn reassign() -> Weight {
        Self::on_job(100, 5, 1)
    }
    // Each worker: the deed, its owner's account, the page of its units.
    fn end() -> Weight {
        let per_worker = Self::estimate(80, 3, 2);
        Self::on_job(150, 12, 12).saturating_add(per_worker.saturating_mul(u64::from(MAX_WORKERS)))
    }
    fn set_supervisor() -> Weight {
        Self::estimate(15, 0, 1)
    }
    fn set_parameters() -> Weight {
        Self::estimate(15, 0, 4)
    }
    fn sweep_cursors() -> Weight {
        Self::estimate(15, 3, 2)
    }
    fn sweep_job() -> Weight {
        Self::on_job(20, 1, 0)
    }
    fn sweep_record() -> Weight {
        Self::estimate(30, 2, 1)
    }
}

/// No weight at all, for tests.
impl WeightInfo for () {
    fn submit() -> Weight {
        Weight::zero()
    }
    fn top_up() -> Weight {
        Weight::zero()
    }
    fn extend() -> Weight {
        Weight::zero()
    }
    fn assign(_: u32) -> Weight {
        Weight::zero()
    }
    fn accept() -> Weight {
        Weight::zero()
    }
    fn release() -> Weight {
        Weight::zero()
    }
    fn report_progress() -> Weight {
        Weight::zero()
    }
    fn report_failure() -> Weight {
        Weight::zero()
    }
    fn reassign() -> Weight {
        Weight::zero()
    }
    fn end() -> Weight {
        Weight::zero()
    }
    fn set_supervisor() -> Weight {
        Weight::zero()
    }
    fn set_parameters() -> Weight {
        Weight::zero()
    }
    fn sweep_cursors() -> Weight {
        Weight::zero()
    }
    fn sweep_job() -> Weight {
        Weight::zero()
    }
    fn sweep_record() -> Weight {
        Weight::zero()
    }
}
