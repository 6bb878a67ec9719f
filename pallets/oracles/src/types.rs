//! What the pallet keeps, and the bounds by which oracles are judged.

use codec::{Decode, Encode, MaxEncodedLen};
use frame_support::BoundedVec;
use neurite_primitives::{oracle::OracleId, AttestedStatus, BlockNumber, EpochIndex, PageIndex, MAX_ORACLES, PAGE_SIZE};
use scale_info::TypeInfo;
use sp_core::ConstU32;
use sp_runtime::{transaction_validity::TransactionPriority, Permill};

/// The most epochs that may be closing at once; the epochs settle in order, one at a time.
pub const MAX_CLOSING: u32 = 4;
/// How far a reported availability may be from the median, in 1/255 of the epoch.
pub const TOLERANCE: u8 = 16;
/// The part of a page's deeds that may be further away.
pub const TOLERATED_SHARE: Permill = Permill::from_percent(5);
/// The number of deeds that may be further away whatever their part; one less than makes a fault.
pub const TOLERATED_DEEDS: u32 = 3;
/// The faults after which an oracle leaves.
pub const MAX_FAULTS: u32 = 3;
/// The epochs for which a fault counts.
pub const FAULT_MEMORY: EpochIndex = 20;
/// The oracles that must stay for one to leave.
pub const MIN_ORACLES: usize = 4;
/// Blocks for which an oracle's transaction stays in the pool.
pub const LONGEVITY: u64 = 16;
/// Priority of reports; above what any fee buys in practice, because money waits for them. Attestations add the number of the block that
/// they look at, so that a newer one replaces an older one in the pool.
pub const PRIORITY: TransactionPriority = 1 << 60;

/// The oracles of an epoch; an oracle's number is its position.
pub type Committee = BoundedVec<OracleId, ConstU32<MAX_ORACLES>>;
/// One value per deed of a page.
pub type PageValues = BoundedVec<u8, ConstU32<PAGE_SIZE>>;

/// The latest that an oracle attested of a job.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct LatestAttestation {
    /// The oracle.
    pub oracle: OracleId,
    /// The epoch in whose committee it was.
    pub epoch: EpochIndex,
    /// What it saw.
    pub status: AttestedStatus,
    /// The progress it saw.
    pub progress: Permill,
    /// The finalized block that it looked at.
    pub block: BlockNumber,
}

/// One oracle's report of a page.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct PageReport {
    /// The oracle's number in the epoch's committee.
    pub oracle: u32,
    /// One value per deed.
    pub values: PageValues,
}

/// An epoch whose time is over and whose pages have not all been cleared.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct ClosingEpoch {
    /// The epoch.
    pub epoch: EpochIndex,
    /// Number of deeds at closing.
    pub deeds: u32,
    /// Number of pages.
    pub pages: PageIndex,
    /// Whether reports are still taken.
    pub open: bool,
    /// The pages before this one have been cleared.
    pub cleared: PageIndex,
}

impl ClosingEpoch {
    /// Returns the number of deeds in a page, zero if there is no such page.
    pub fn page_length(&self, page: PageIndex) -> u32 {
        if page >= self.pages {
            return 0;
        }
        self.deeds.saturating_sub(page.saturating_mul(PAGE_SIZE)).min(PAGE_SIZE)
    }
}

/// The faults of one oracle, as the epochs in which they happened, oldest first.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct FaultRecord {
    /// The oracle.
    pub oracle: OracleId,
    /// The latest of its faults, at most one per epoch.
    pub epochs: BoundedVec<EpochIndex, ConstU32<MAX_FAULTS>>,
}

impl FaultRecord {
    /// Tells whether the oracle has to leave, seen from an epoch.
    pub fn is_over(&self, now: EpochIndex) -> bool {
        self.epochs.is_full() && self.epochs.iter().all(|fault| counts(*fault, now))
    }

    /// Tells whether nothing of it counts any more, seen from an epoch.
    pub fn is_forgotten(&self, now: EpochIndex) -> bool {
        !self.epochs.iter().any(|fault| counts(*fault, now))
    }
}

fn counts(fault: EpochIndex, now: EpochIndex) -> bool {
    now.saturating_sub(fault) < FAULT_MEMORY
}

/// Why an oracle's transaction is refused where the framework has no word for it; the number in `InvalidTransaction::Custom`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Refusal {
    /// The job is unknown, open, done or ended.
    NotAttestable = 1,
    /// The block is not on this chain, or older than the chain remembers.
    UnknownBlock = 2,
    /// The epoch is not closing.
    NotClosing = 3,
    /// The epoch has no such page.
    UnknownPage = 4,
    /// The report does not have one value per deed of the page.
    WrongLength = 5,
}
