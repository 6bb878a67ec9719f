//! What passed through a connector, counted.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Counts of a connector since it was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Messages queued for sending; of those whose acknowledgement is waited for, the acknowledged ones.
    pub sent: u64,
    /// Messages handed to the reader.
    pub received: u64,
    /// Outgoing messages dropped because the queue was full.
    pub dropped_outgoing: u64,
    /// Incoming messages dropped because the reader was slow.
    pub dropped_incoming: u64,
    /// Incoming messages dropped because they were larger than anybody may send.
    pub dropped_too_large: u64,
    /// Connections made.
    pub connections: u64,
    /// Attempts to connect that failed and connections that broke.
    pub failures: u64,
    /// Subscriptions that the broker refused.
    pub refused_subscriptions: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) sent: AtomicU64,
    pub(crate) received: AtomicU64,
    pub(crate) dropped_outgoing: AtomicU64,
    pub(crate) dropped_incoming: AtomicU64,
    pub(crate) dropped_too_large: AtomicU64,
    pub(crate) connections: AtomicU64,
    pub(crate) failures: AtomicU64,
    pub(crate) refused_subscriptions: AtomicU64,
}

impl Counters {
    pub(crate) fn snapshot(&self) -> Counts {
        Counts {
            sent: self.sent.load(Relaxed),
            received: self.received.load(Relaxed),
            dropped_outgoing: self.dropped_outgoing.load(Relaxed),
            dropped_incoming: self.dropped_incoming.load(Relaxed),
            dropped_too_large: self.dropped_too_large.load(Relaxed),
            connections: self.connections.load(Relaxed),
            failures: self.failures.load(Relaxed),
            refused_subscriptions: self.refused_subscriptions.load(Relaxed),
        }
    }
}

pub(crate) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Relaxed);
}
