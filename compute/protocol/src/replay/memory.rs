//! A store in memory, for engines that need not remember across restarts and for tests.

use super::{Observed, ReplayStore, ReplayStoreError, ReplayWindow};
use crate::{Address, UnixMillis};
use std::collections::HashMap;

/// Keeps the windows of a bounded number of senders; forgets everything when dropped.
#[derive(Clone, Debug)]
pub struct MemoryReplayStore {
    senders: HashMap<Address, (ReplayWindow, UnixMillis)>,
    max_senders: usize,
    retention_ms: u64,
}

impl MemoryReplayStore {
    /// Makes a store for `max_senders` senders, which may be forgotten `retention_ms` after their last message.
    ///
    /// The retention must not be shorter than the verifier's window of time, past and future together.
    pub fn new(max_senders: usize, retention_ms: u64) -> Self {
        Self { senders: HashMap::new(), max_senders, retention_ms }
    }

    fn make_room(&mut self, now: UnixMillis) {
        let retention = self.retention_ms;
        self.senders.retain(|_, (_, last)| last.saturating_add(retention) >= now);
    }
}

impl ReplayStore for MemoryReplayStore {
    fn observe(&mut self, sender: &Address, seq: u64, now: UnixMillis) -> Result<Observed, ReplayStoreError> {
        if let Some((window, last)) = self.senders.get_mut(sender) {
            *last = now.max(*last);
            return Ok(if window.observe(seq) { Observed::New } else { Observed::Seen });
        }
        if self.senders.len() >= self.max_senders {
            self.make_room(now);
        }
        if self.senders.len() >= self.max_senders {
            return Ok(Observed::Full);
        }
        self.senders.insert(*sender, (ReplayWindow::starting_with(seq), now));
        Ok(Observed::New)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_fulfils_the_contract() {
        super::super::contract::check(MemoryReplayStore::new);
    }
}
