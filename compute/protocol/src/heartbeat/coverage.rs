//! How much of an epoch a node was heard.
//!
//! Each heartbeat received at `t` inside the epoch covers `[t, t + 1.5·interval]`, clipped to the epoch; availability is the part
//! of the epoch that the union covers, on a scale to 255. `t` is the receiver's clock and must not run backwards between calls; if
//! it does, nothing is counted twice and nothing before the last heartbeat is counted at all.

use crate::{Address, UnixMillis};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The interval between heartbeats in long epochs, in milliseconds.
pub const DEFAULT_INTERVAL_MS: u64 = 10_000;

/// Returns the interval between heartbeats for epochs of a length: `min(10 s, T/30)`, at least 1 ms.
pub fn interval(epoch_ms: u64) -> u64 {
    DEFAULT_INTERVAL_MS.min(epoch_ms / 30).max(1)
}

/// Returns an availability: `min(255, round_half_up(255·covered/T))`, zero for an epoch without length.
pub fn value(covered_ms: u64, epoch_ms: u64) -> u8 {
    let (covered, epoch) = (u128::from(covered_ms), u128::from(epoch_ms));
    let numerator = covered.saturating_mul(510).saturating_add(epoch);
    let rounded = numerator.checked_div(epoch.saturating_mul(2)).unwrap_or(0);
    u8::try_from(rounded).unwrap_or(u8::MAX)
}

/// What became of a heartbeat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// It counts.
    Counted,
    /// The receiver's clock places it outside the epoch.
    OutsideEpoch,
    /// More nodes were heard than are kept; it does not count.
    TooManyNodes,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Covered {
    /// Milliseconds covered so far.
    millis: u64,
    /// End of what is covered.
    until: UnixMillis,
}

/// Accumulates what was heard in one epoch; can be stored and read back, so that a restart forgets nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    start: UnixMillis,
    end: UnixMillis,
    max_nodes: usize,
    nodes: BTreeMap<Address, Covered>,
}

impl Coverage {
    /// Begins with an epoch of `[start, end)` in which at most `max_nodes` nodes are kept.
    pub fn new(start: UnixMillis, end: UnixMillis, max_nodes: usize) -> Self {
        Self { start, end: end.max(start), max_nodes, nodes: BTreeMap::new() }
    }

    /// Returns start and end of the epoch.
    pub fn epoch(&self) -> (UnixMillis, UnixMillis) {
        (self.start, self.end)
    }

    /// Returns the epoch's length in milliseconds.
    pub fn epoch_ms(&self) -> u64 {
        self.end.saturating_sub(self.start)
    }

    /// Moves the end of the epoch, for when the chain closes it at another time than planned.
    ///
    /// Coverage that was clipped at the former end stays clipped.
    pub fn set_end(&mut self, end: UnixMillis) {
        let end = end.max(self.start);
        for covered in self.nodes.values_mut() {
            let beyond = covered.until.saturating_sub(end);
            covered.millis = covered.millis.saturating_sub(beyond);
            covered.until = covered.until.min(end);
        }
        self.end = end;
    }

    /// Records a verified heartbeat of a node, received at `at`.
    pub fn record(&mut self, node: &Address, at: UnixMillis) -> Recorded {
        if at < self.start || at >= self.end {
            return Recorded::OutsideEpoch;
        }
        if self.nodes.len() >= self.max_nodes && !self.nodes.contains_key(node) {
            return Recorded::TooManyNodes;
        }
        let span = interval(self.epoch_ms()).saturating_mul(3).div_ceil(2);
        let until = at.saturating_add(span).min(self.end);
        let covered = self.nodes.entry(*node).or_insert(Covered { millis: 0, until: self.start });
        covered.millis = covered.millis.saturating_add(until.saturating_sub(at.max(covered.until)));
        covered.until = covered.until.max(until);
        Recorded::Counted
    }

    /// Returns the milliseconds that a node's heartbeats cover.
    pub fn covered_ms(&self, node: &Address) -> u64 {
        self.nodes.get(node).map_or(0, |covered| covered.millis)
    }

    /// Returns a node's availability.
    pub fn availability(&self, node: &Address) -> u8 {
        value(self.covered_ms(node), self.epoch_ms())
    }

    /// Returns the nodes that were heard, with the milliseconds covered.
    pub fn nodes(&self) -> impl Iterator<Item = (&Address, u64)> {
        self.nodes.iter().map(|(node, covered)| (node, covered.millis))
    }
}
