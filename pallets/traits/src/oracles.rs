//! What the epochs ask of the oracles.

use alloc::vec::Vec;
use neurite_primitives::{EpochIndex, PageIndex};

/// Gives the availability of nodes as the committee reported it.
pub trait AvailabilityMedians {
    /// Tells whether more than two thirds of the epoch's committee reported the page.
    fn has_quorum(epoch: EpochIndex, page: PageIndex) -> bool;
    /// Returns the lower median per deed of the page, or nothing without a quorum.
    fn medians(epoch: EpochIndex, page: PageIndex) -> Option<Vec<u8>>;
    /// Removes the reports of a page.
    fn clear(epoch: EpochIndex, page: PageIndex);
    /// Returns the most reports that one page can have, for weights.
    fn committee_bound() -> u32;
}
