//! What the pallet stores besides deeds: parameters, epochs, indices, claims and cursors.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use neurite_primitives::{
    epoch::{AliveMode, EpochState, PowerTerms},
    Balance, EpochIndex, Moment, PageIndex, PAGE_SIZE,
};
use scale_info::TypeInfo;
use sp_runtime::Permill;

/// What governance may change.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Parameters {
    /// Length of an epoch in milliseconds of chain time, 10 seconds to 31 days; from the next epoch on.
    pub epoch_period: Moment,
    /// Time for reports after an epoch in active milliseconds, 3 seconds to half an epoch; from the next closing on.
    pub report_window: Moment,
    /// Epochs for which a reward may be claimed after its own, 1 to 366.
    pub claim_window: EpochIndex,
    /// Benchmark score of capacity zero; not zero.
    pub score_ref: u64,
    /// Units for which the actual term of a deed of capacity zero is `ln 2`, an amount; not zero.
    pub units_ref: Balance,
    /// How a node's past counts in its index.
    pub alive_mode: AliveMode,
    /// Part of a job's reward that goes straight to its workers (`DirectShare`).
    pub direct_share: Permill,
}

impl Default for Parameters {
    /// Returns the values of a network for development.
    fn default() -> Self {
        Self {
            epoch_period: 60_000,
            report_window: 15_000,
            claim_window: 84,
            score_ref: 10_000,
            units_ref: 1_000_000_000_000,
            alive_mode: AliveMode::Lifetime,
            direct_share: Permill::zero(),
        }
    }
}

/// What the indices of an epoch are computed with, fixed at its closing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Basis {
    /// Benchmark score of capacity zero.
    pub score_ref: u64,
    /// Units for which the actual term of a deed of capacity zero is `ln 2`.
    pub units_ref: Balance,
    /// How a node's past counts.
    pub alive_mode: AliveMode,
}

impl From<&Parameters> for Basis {
    fn from(parameters: &Parameters) -> Self {
        Self { score_ref: parameters.score_ref, units_ref: parameters.units_ref, alive_mode: parameters.alive_mode }
    }
}

/// The epoch that runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct OpenEpoch {
    /// Its number.
    pub index: EpochIndex,
    /// Unix time of its start in milliseconds.
    pub start: Moment,
    /// Unix time in milliseconds at which its time is over.
    pub end: Moment,
}

/// An epoch whose time is over.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct EpochRecord {
    /// Where it stands; never `Open`.
    pub state: EpochState,
    /// Unix time of its start in milliseconds.
    pub start: Moment,
    /// Unix time of its end in milliseconds.
    pub end: Moment,
    /// Deeds to be reported.
    pub deeds: u32,
    /// Pages to be reported.
    pub pages: PageIndex,
    /// What its indices are computed with.
    pub basis: Basis,
    /// What was reserved from the pot.
    pub reserved: Balance,
    /// Sum of the indices with 18 decimals; zero before it is settled.
    pub total_index: u128,
    /// What was claimed.
    pub claimed: Balance,
    /// What was released to the pool.
    pub released: Balance,
    /// Settled epochs at its end, itself included if it is settled.
    pub settled_count: u32,
}

impl EpochRecord {
    /// Returns what is still reserved for this epoch.
    pub fn outstanding(&self) -> Balance {
        self.reserved.saturating_sub(self.claimed).saturating_sub(self.released)
    }

    /// Returns the reward for an index; nothing unless the epoch is settled.
    pub fn reward(&self, index: u128) -> Balance {
        match self.state {
            EpochState::Settled => poai_math::share(self.reserved, index, self.total_index),
            EpochState::Open | EpochState::Closing | EpochState::Voided => 0,
        }
    }

    /// Returns the number of deeds on a page.
    pub fn page_length(&self, page: PageIndex) -> u32 {
        self.deeds.saturating_sub(page.saturating_mul(PAGE_SIZE)).min(PAGE_SIZE)
    }
}

/// How a deed fared in a settled epoch.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct IndexEntry {
    /// Median availability, 255 for all of the epoch; zero for a deed that did not count.
    pub availability: u8,
    /// Power index with 18 decimals.
    pub index: u128,
    /// Terms of the power score.
    pub terms: PowerTerms,
}

/// One bit per deed of a page, set once the deed was paid.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct ClaimBitmap([u8; 32]);

impl ClaimBitmap {
    /// Tells whether the deed at a position was paid.
    pub fn contains(&self, position: u32) -> bool {
        self.0.get(Self::byte(position)).is_some_and(|byte| byte & Self::mask(position) != 0)
    }

    /// Marks the deed at a position as paid; tells whether it was not before. False beyond the page.
    pub fn insert(&mut self, position: u32) -> bool {
        let mask = Self::mask(position);
        let Some(byte) = self.0.get_mut(Self::byte(position)) else { return false };
        let fresh = *byte & mask == 0;
        *byte |= mask;
        fresh
    }

    fn byte(position: u32) -> usize {
        usize::try_from(position / u8::BITS).unwrap_or(usize::MAX)
    }

    fn mask(position: u32) -> u8 {
        1u8.rotate_left(position % u8::BITS)
    }
}

/// Where the work on the closing epoch stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Cursor {
    /// The epoch.
    pub epoch: EpochIndex,
    /// The next page of the phase.
    pub page: PageIndex,
    /// What is done.
    pub phase: Phase,
}

impl Cursor {
    /// Returns the cursor of the next page.
    pub(crate) fn next_page(self, phase: Phase) -> Self {
        Self { page: self.page.saturating_add(1), phase, ..self }
    }

    /// Returns the cursor of the first page of another phase.
    pub(crate) fn first_page(self, phase: Phase) -> Self {
        Self { page: 0, phase, ..self }
    }
}

/// What is done with a closing epoch, in this order.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Phase {
    /// Oracles report.
    Reports {
        /// Active moment at which the window is over.
        until: Moment,
    },
    /// Pages are checked for a quorum.
    Quorum,
    /// Pages are settled.
    Settling {
        /// Sum of the indices so far.
        total_index: u128,
    },
    /// The epoch is settled or voided; the reports of its pages are removed.
    Clearing,
}

/// Pages of a released epoch that are still to be removed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct PruneCursor {
    /// The epoch.
    pub epoch: EpochIndex,
    /// The next page.
    pub page: PageIndex,
    /// Number of pages.
    pub pages: PageIndex,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bit_is_set_once_and_nowhere_else() {
        let mut bitmap = ClaimBitmap::default();
        for position in [0, 7, 8, 255] {
            assert!(!bitmap.contains(position));
            assert!(bitmap.insert(position));
            assert!(!bitmap.insert(position));
        }
        let set: Vec<u32> = (0..400).filter(|position| bitmap.contains(*position)).collect();
        assert_eq!(set, [0, 7, 8, 255]);
        assert!(!bitmap.insert(256));
    }
}
