//! Weights of the calls and of their authorization.
//!
//! These are generous estimates for a full committee: reads and writes are counted, computation is rounded up, and the proof size is
//! that of the largest values. Benchmarks replace them.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// The weight of each call and of its authorization.
pub trait WeightInfo {
    /// Weight of `attest`.
    fn attest() -> Weight;
    /// Weight of checking an attestation before it is included.
    fn authorize_attest() -> Weight;
    /// Weight of `report_availability`.
    fn report_availability() -> Weight;
    /// Weight of checking a report before it is included.
    fn authorize_report_availability() -> Weight;
}

/// Encoded size of a full committee with the trie around it, in bytes.
const COMMITTEE_PROOF: u64 = 5_500;
/// Encoded size of the attestations of a job by a full committee, in bytes.
const ATTESTATIONS_PROOF: u64 = 8_000;
/// Encoded size of the reports of a page by a full committee, in bytes.
const REPORTS_PROOF: u64 = 35_000;
/// Encoded size of a job with all its shards and an inline document, in bytes.
const JOB_PROOF: u64 = 32_000;

/// Estimated weights with the database weights of a runtime.
#[derive(Debug)]
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> SubstrateWeight<T> {
    fn estimate(micros: u64, proof: u64, reads: u64, writes: u64) -> Weight {
        Weight::from_parts(micros.saturating_mul(1_000_000), proof).saturating_add(T::DbWeight::get().reads_writes(reads, writes))
    }
}

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    // Committee, attestations; then the job, its escrow, its sender's account and the clock change with a majority.
    fn attest() -> Weight {
        let proof = COMMITTEE_PROOF.saturating_add(ATTESTATIONS_PROOF).saturating_add(JOB_PROOF);
        Self::estimate(250, proof, 12, 8)
    }
    // Committee, attestations, job, block hashes, epoch; one signature.
    fn authorize_attest() -> Weight {
        let proof = COMMITTEE_PROOF.saturating_add(ATTESTATIONS_PROOF).saturating_add(JOB_PROOF);
        Self::estimate(150, proof, 6, 0)
    }
    // Committee, closing epochs, reports.
    fn report_availability() -> Weight {
        Self::estimate(120, COMMITTEE_PROOF.saturating_add(REPORTS_PROOF), 3, 1)
    }
    // The same, the genesis hash, and one signature.
    fn authorize_report_availability() -> Weight {
        Self::estimate(180, COMMITTEE_PROOF.saturating_add(REPORTS_PROOF), 4, 0)
    }
}

impl WeightInfo for () {
    fn attest() -> Weight {
        SubstrateWeight::<Self>::flat(250)
    }
    fn authorize_attest() -> Weight {
        SubstrateWeight::<Self>::flat(150)
    }
    fn report_availability() -> Weight {
        SubstrateWeight::<Self>::flat(120)
    }
    fn authorize_report_availability() -> Weight {
        SubstrateWeight::<Self>::flat(180)
    }
}

impl SubstrateWeight<()> {
    /// Computation alone, for tests.
    fn flat(micros: u64) -> Weight {
        Weight::from_parts(micros.saturating_mul(1_000_000), 0)
    }
}
