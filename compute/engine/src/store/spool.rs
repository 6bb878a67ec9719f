//! Payloads that wait on disk until where they go answers again.
//!
//! They are kept by pipeline, target and number; numbers rise in the order in which the payloads came. The caller keeps count of what is there.

use super::{failed, read, write, Store};
use crate::{EngineError, PipelineKey};
use neurite_core::{BusMessage, Origin, Payload, PayloadKind};
use redb::{ReadableDatabase, ReadableTable, TableDefinition, WriteTransaction};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

pub(super) const SPOOL: TableDefinition<(&str, &str, u64), &[u8]> = TableDefinition::new("engine-spool");

/// A payload as it lies on disk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Spooled {
    origin: Origin,
    kind: PayloadKind,
    body: Map<String, Value>,
}

impl Spooled {
    /// Returns the bytes of a payload.
    pub(crate) fn encode(message: &BusMessage) -> Result<Vec<u8>, EngineError> {
        let BusMessage { origin, payload } = message;
        write(&Self { origin: origin.clone(), kind: payload.kind, body: payload.body.clone() })
    }

    /// Returns the payload of these bytes.
    pub(crate) fn decode(bytes: &[u8]) -> Result<BusMessage, EngineError> {
        let Self { origin, kind, body } = read(bytes)?;
        Ok(BusMessage { origin, payload: Payload { kind, body } })
    }
}

impl Store {
    /// Returns number and size of each payload that waits for a target, in order.
    pub(crate) fn spooled_sizes(&self, key: &PipelineKey, target: &str) -> Result<Vec<(u64, usize)>, EngineError> {
        self.spooled(key, target, 0, usize::MAX, |number, bytes| (number, bytes.len()))
    }

    /// Returns the first payloads that wait for a target.
    pub(crate) fn spooled_payloads(&self, key: &PipelineKey, target: &str, most: usize) -> Result<Vec<(u64, Vec<u8>)>, EngineError> {
        self.spooled(key, target, 0, most, |number, bytes| (number, bytes.to_vec()))
    }

    /// Adds payloads for a target and takes others away, in one transaction.
    pub(crate) fn spool(&self, key: &PipelineKey, target: &str, added: &[(u64, Vec<u8>)], removed: &[u64]) -> Result<(), EngineError> {
        let key = key.to_string();
        let transaction = self.database.begin_write().map_err(failed)?;
        if transaction.open_table(super::RECORDS).map_err(failed)?.get(key.as_str()).map_err(failed)?.is_some() {
            let mut spool = transaction.open_table(SPOOL).map_err(failed)?;
            for (number, bytes) in added {
                spool.insert((key.as_str(), target, *number), bytes.as_slice()).map_err(failed)?;
            }
            for number in removed {
                spool.remove((key.as_str(), target, *number)).map_err(failed)?;
            }
        }
        transaction.commit().map_err(failed)
    }

    /// Returns the targets of a pipeline for which payloads wait.
    pub(crate) fn spooled_targets(&self, key: &PipelineKey) -> Result<BTreeSet<String>, EngineError> {
        let key = key.to_string();
        let transaction = self.database.begin_read().map_err(failed)?;
        let spool = transaction.open_table(SPOOL).map_err(failed)?;
        let mut targets = BTreeSet::new();
        let mut from = String::new();
        // Steps from target to target, not over all payloads.
        while let Some(entry) = spool.range((key.as_str(), from.as_str(), 0)..).map_err(failed)?.next() {
            let (found, _) = entry.map_err(failed)?;
            let (pipeline, target, _) = found.value();
            if pipeline != key {
                break;
            }
            from = format!("{target}\0");
            targets.insert(target.to_owned());
        }
        Ok(targets)
    }

    /// Takes all payloads for a target away and returns how many there were.
    pub(crate) fn clear_target(&self, key: &PipelineKey, target: &str) -> Result<usize, EngineError> {
        let numbers: Vec<u64> = self.spooled_sizes(key, target)?.into_iter().map(|(number, _)| number).collect();
        self.spool(key, target, &[], &numbers)?;
        Ok(numbers.len())
    }

    fn spooled<T>(
        &self,
        key: &PipelineKey,
        target: &str,
        from: u64,
        most: usize,
        take: impl Fn(u64, &[u8]) -> T,
    ) -> Result<Vec<T>, EngineError> {
        let key = key.to_string();
        let transaction = self.database.begin_read().map_err(failed)?;
        let spool = transaction.open_table(SPOOL).map_err(failed)?;
        let mut found = Vec::new();
        for entry in spool.range((key.as_str(), target, from)..=(key.as_str(), target, u64::MAX)).map_err(failed)?.take(most) {
            let (number, bytes) = entry.map_err(failed)?;
            found.push(take(number.value().2, bytes.value()));
        }
        Ok(found)
    }
}

/// Takes away all payloads of a pipeline.
pub(super) fn clear(transaction: &WriteTransaction, key: &str) -> Result<(), EngineError> {
    let mut spool = transaction.open_table(SPOOL).map_err(failed)?;
    let after = format!("{key}\0");
    spool.retain_in((key, "", 0)..(after.as_str(), "", 0), |_, _| false).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::super::Record;
    use super::*;
    use redb::{backends::InMemoryBackend, Database};
    use serde_json::json;
    use std::sync::Arc;

    fn message(number: u64) -> BusMessage {
        let origin = Origin { pipeline: "p".into(), signature: "ALERT".into(), instance: "one".into() };
        let body = Map::from_iter([("NUMBER".to_owned(), json!(number))]);
        BusMessage { origin, payload: Payload { kind: PayloadKind::Data, body } }
    }

    fn record(name: &str) -> Record {
        Record { name: name.into(), owner: "alice".into(), job: None, accepted_at: 0, run: 0, revision: 0, outcome: None }
    }

    fn store(names: &[&str]) -> Store {
        let store = Store::open(Arc::new(Database::builder().create_with_backend(InMemoryBackend::new()).unwrap())).unwrap();
        for name in names {
            store.insert(record(name), b"{}").unwrap();
        }
        store
    }

    #[test]
    fn the_stored_form_is_fixed() {
        let golden = r#"{"origin":{"pipeline":"p","signature":"ALERT","instance":"one"},"kind":"DATA","body":{"NUMBER":7}}"#;
        assert_eq!(String::from_utf8(Spooled::encode(&message(7)).unwrap()).unwrap(), golden);
        assert_eq!(Spooled::decode(golden.as_bytes()).unwrap(), message(7));
    }

    #[test]
    fn payloads_are_kept_by_pipeline_and_target_in_order() {
        let store = store(&["p", "p2"]);
        let (first, second) = (PipelineKey::Named("p".into()), PipelineKey::Named("p2".into()));
        let entry = |number: u64| (number, vec![number as u8; number as usize]);
        store.spool(&first, "a", &[entry(1), entry(2), entry(300)], &[]).unwrap();
        store.spool(&first, "b", &[entry(1)], &[]).unwrap();
        store.spool(&second, "a", &[entry(9)], &[]).unwrap();
        store.spool(&first, "a", &[entry(301)], &[2]).unwrap();
        assert_eq!(store.spooled_sizes(&first, "a").unwrap(), [(1, 1), (300, 300), (301, 301)]);
        assert_eq!(store.spooled_payloads(&first, "a", 1).unwrap(), [entry(1)]);
        assert_eq!(store.spooled_targets(&first).unwrap(), BTreeSet::from(["a".to_owned(), "b".to_owned()]));
        assert_eq!(store.clear_target(&first, "a").unwrap(), 3);
        assert_eq!(store.spooled_targets(&first).unwrap(), BTreeSet::from(["b".to_owned()]));
        store.remove(&first).unwrap();
        assert!(store.spooled_targets(&first).unwrap().is_empty());
        assert_eq!(store.spooled_sizes(&second, "a").unwrap(), [(9, 9)]);
        store.spool(&first, "a", &[entry(1)], &[]).unwrap();
        assert!(store.spooled_targets(&first).unwrap().is_empty(), "a removed pipeline keeps nothing");
    }

    #[test]
    fn no_two_starts_have_the_same_number() {
        let store = store(&["p", "q"]);
        let runs = |store: &Store| store.load().unwrap().into_iter().map(|(record, _)| record.run).collect::<Vec<_>>();
        assert_eq!((runs(&store), runs(&store)), (vec![3, 4], vec![5, 6]));
        assert_eq!(store.insert(record("r"), b"{}").unwrap().run, 7);
    }
}
