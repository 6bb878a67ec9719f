//! Replay windows on disk, so that what was seen stays seen after a restart.

use neurite_protocol::{replay::WINDOW_BYTES, Address, Observed, ReplayStore, ReplayStoreError, ReplayWindow, UnixMillis};
use redb::{Database, Durability, ReadableTable, ReadableTableMetadata, TableDefinition};
use std::sync::Arc;

/// By sender: the moment of its last message, and its window.
const WINDOWS: TableDefinition<&[u8; 33], (u64, [u8; WINDOW_BYTES])> = TableDefinition::new("replay-windows/v1");
/// Messages between two writes that reach the disk; the operating system has the others at once.
const SYNC_EVERY: u32 = 256;

/// Keeps the windows of all senders in the engine's database.
pub struct DiskReplayStore {
    database: Arc<Database>,
    max_senders: u64,
    retention_ms: u64,
    unsynced: u32,
}

impl DiskReplayStore {
    /// Opens the table, creating it on first start.
    pub fn open(database: Arc<Database>, max_senders: u64, retention_ms: u64) -> Result<Self, ReplayStoreError> {
        let transaction = database.begin_write().map_err(failed)?;
        transaction.open_table(WINDOWS).map_err(failed)?;
        transaction.commit().map_err(failed)?;
        Ok(Self { database, max_senders, retention_ms, unsynced: 0 })
    }

    fn durability(&mut self) -> Durability {
        self.unsynced = self.unsynced.saturating_add(1) % SYNC_EVERY;
        if self.unsynced == 0 {
            Durability::Immediate
        } else {
            Durability::None
        }
    }
}

impl ReplayStore for DiskReplayStore {
    fn observe(&mut self, sender: &Address, seq: u64, now: UnixMillis) -> Result<Observed, ReplayStoreError> {
        let durability = self.durability();
        let mut transaction = self.database.begin_write().map_err(failed)?;
        transaction.set_durability(durability).map_err(failed)?;
        let observed = {
            let mut table = transaction.open_table(WINDOWS).map_err(failed)?;
            let known = table.get(sender.public()).map_err(failed)?.map(|entry| entry.value().1);
            if known.is_none() && table.len().map_err(failed)? >= self.max_senders {
                let oldest = now.saturating_sub(self.retention_ms);
                table.retain(|_, (last, _)| last >= oldest).map_err(failed)?;
                if table.len().map_err(failed)? >= self.max_senders {
                    return Ok(Observed::Full);
                }
            }
            let (window, observed) = match known {
                None => (ReplayWindow::starting_with(seq), Observed::New),
                Some(bytes) => {
                    let mut window = ReplayWindow::from_bytes(&bytes);
                    let observed = if window.observe(seq) { Observed::New } else { Observed::Seen };
                    (window, observed)
                }
            };
            if observed == Observed::New {
                table.insert(sender.public(), (now, window.to_bytes())).map_err(failed)?;
            }
            observed
        };
        transaction.commit().map_err(failed)?;
        Ok(observed)
    }
}

fn failed(error: impl std::fmt::Display) -> ReplayStoreError {
    ReplayStoreError { reason: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use redb::backends::InMemoryBackend;

    fn database() -> Arc<Database> {
        Arc::new(Database::builder().create_with_backend(InMemoryBackend::new()).unwrap())
    }

    #[test]
    fn keeps_the_contract_of_replay_stores() {
        neurite_protocol::replay::contract::check(|max_senders, retention_ms| {
            DiskReplayStore::open(database(), u64::try_from(max_senders).unwrap(), retention_ms).unwrap()
        });
    }

    #[test]
    fn what_was_seen_stays_seen_after_a_restart() {
        let database = database();
        let sender = *neurite_protocol::Identity::from_secret(&[7; 32]).unwrap().address();
        let open = || DiskReplayStore::open(database.clone(), 8, 1_000).unwrap();
        assert_eq!(open().observe(&sender, 5, 10), Ok(Observed::New));
        assert_eq!(open().observe(&sender, 5, 11), Ok(Observed::Seen));
        assert_eq!(open().observe(&sender, 6, 12), Ok(Observed::New));
    }
}
