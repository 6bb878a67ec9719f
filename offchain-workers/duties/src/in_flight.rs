//! The memory of transactions that were sent and whose effect the chain does not show yet.

use crate::bounds::{MAX_IN_FLIGHT, RETRY_AFTER};
use alloc::vec::Vec;
use neurite_primitives::BlockNumber;

/// Remembers by duty which transactions are on their way.
///
/// A duty names the state of the chain that it answers to (for example the last step reported), so that the next duty of the same
/// kind is never mistaken for the one on its way. The memory is an optimisation: after a restart it is empty, and the chain
/// refuses what it already has.
#[derive(Clone, Debug)]
pub struct InFlight<D> {
    sent: Vec<(D, BlockNumber)>,
}

impl<D> Default for InFlight<D> {
    fn default() -> Self {
        Self { sent: Vec::new() }
    }
}

impl<D: PartialEq> InFlight<D> {
    /// Tells whether the duty was sent fewer than [`RETRY_AFTER`] blocks before `now`.
    pub fn contains(&self, duty: &D, now: BlockNumber) -> bool {
        self.sent.iter().any(|(other, at)| other == duty && now.saturating_sub(*at) < RETRY_AFTER)
    }

    /// Remembers that the duty was sent at block `now`; forgets what is overdue, and the oldest when full.
    pub fn insert(&mut self, duty: D, now: BlockNumber) {
        self.sent.retain(|(other, at)| *other != duty && now.saturating_sub(*at) < RETRY_AFTER);
        if self.sent.len() >= MAX_IN_FLIGHT {
            self.sent.remove(0);
        }
        self.sent.push((duty, now));
    }

    /// Returns the number of duties remembered, overdue ones included.
    pub fn len(&self) -> usize {
        self.sent.len()
    }

    /// Tells whether nothing is remembered.
    pub fn is_empty(&self) -> bool {
        self.sent.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duty_may_be_repeated_once_it_is_overdue() {
        let mut in_flight = InFlight::default();
        in_flight.insert("accept", 10);
        assert!(in_flight.contains(&"accept", 10) && in_flight.contains(&"accept", 9 + RETRY_AFTER));
        assert!(!in_flight.contains(&"accept", 10 + RETRY_AFTER) && !in_flight.contains(&"report", 10));
    }

    #[test]
    fn the_memory_is_bounded() {
        let mut in_flight = InFlight::default();
        for duty in 0..3 * MAX_IN_FLIGHT {
            in_flight.insert(duty, 1);
        }
        assert_eq!(in_flight.len(), MAX_IN_FLIGHT);
        assert!(in_flight.contains(&(3 * MAX_IN_FLIGHT - 1), 1) && !in_flight.contains(&0, 1));
    }
}
