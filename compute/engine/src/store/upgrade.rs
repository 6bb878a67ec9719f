//! Tables of earlier versions.

use super::{failed, lineage, read, write, Checkpoint, StageCheckpoint, CHECKPOINTS, DOCUMENTS};
use crate::{EngineError, StageName};
use neurite_core::Bookmark;
use redb::{ReadableTable, WriteTransaction};
use serde::Deserialize;
use serde_json::Value;

/// The checkpoint of version 1: the stages in the order of the document, each after a number of rows.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OldCheckpoint {
    stages: Vec<OldStage>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OldStage {
    position: u64,
    state: Option<Value>,
}

/// Gives the stages of all checkpoints their names and bookmarks.
pub(super) fn from_version_1(transaction: &WriteTransaction) -> Result<(), EngineError> {
    let documents = transaction.open_table(DOCUMENTS).map_err(failed)?;
    let mut checkpoints = transaction.open_table(CHECKPOINTS).map_err(failed)?;
    let mut upgraded = Vec::new();
    for entry in checkpoints.iter().map_err(failed)? {
        let (key, old) = entry.map_err(failed)?;
        let document = documents.get(key.value()).map_err(failed)?;
        let document = document.map(|document| document.value().to_vec()).unwrap_or_default();
        upgraded.push((key.value().to_owned(), upgrade(read(old.value())?, &document)));
    }
    for (key, checkpoint) in upgraded {
        checkpoints.insert(key.as_str(), write(&checkpoint)?.as_slice()).map_err(failed)?;
    }
    Ok(())
}

fn upgrade(old: OldCheckpoint, document: &[u8]) -> Checkpoint {
    let lineage = lineage(&neurite_config::document_hash(document), 0);
    let stages = old.stages.into_iter().zip(stage_names(document)).map(|(old, name)| {
        let fresh = StageCheckpoint::fresh(name, Bookmark::at(old.position), lineage.clone());
        StageCheckpoint { state: old.state, ..fresh }
    });
    Checkpoint { stages: stages.collect() }
}

/// Returns the instances of a stored document in its order, without asking whether its plugins still exist.
fn stage_names(document: &[u8]) -> Vec<StageName> {
    let document: Value = serde_json::from_slice(document).unwrap_or_default();
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let items = |value: &Value, key: &str| value.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
    let mut names = Vec::new();
    for plugin in items(&document, "PLUGINS") {
        let signature = text(&plugin, "SIGNATURE");
        let instances = items(&plugin, "INSTANCES");
        names.extend(instances.iter().map(|keys| StageName { signature: signature.clone(), instance: text(keys, "INSTANCE_ID") }));
    }
    names
}

#[cfg(test)]
mod tests {
    use super::super::{Record, Store, DOCUMENTS, META, RECORDS};
    use super::*;
    use crate::PipelineKey;
    use redb::{backends::InMemoryBackend, Database};
    use serde_json::json;
    use std::sync::Arc;

    /// Writes what an engine of version 1 left behind.
    fn old_tables(database: &Database) {
        let document = json!({
            "NAME": "digits",
            "PLUGINS": [
                { "SIGNATURE": "A", "INSTANCES": [{ "INSTANCE_ID": "one" }, { "INSTANCE_ID": "two" }] },
                { "SIGNATURE": "B", "INSTANCES": [{ "INSTANCE_ID": "one" }] },
            ]
        });
        let record = r#"{"name":"digits","owner":"alice","job":null,"accepted_at":5,"outcome":null}"#;
        let checkpoint = r#"{"stages":[{"position":3,"state":{"n":1}},{"position":0,"state":null},{"position":9,"state":[7]}]}"#;
        let transaction = database.begin_write().unwrap();
        transaction.open_table(META).unwrap().insert("version", 1).unwrap();
        transaction.open_table(RECORDS).unwrap().insert("digits", record.as_bytes()).unwrap();
        transaction.open_table(DOCUMENTS).unwrap().insert("digits", document.to_string().as_bytes()).unwrap();
        transaction.open_table(CHECKPOINTS).unwrap().insert("digits", checkpoint.as_bytes()).unwrap();
        transaction.commit().unwrap();
    }

    #[test]
    fn checkpoints_of_version_1_go_on_at_their_rows() {
        let database = Arc::new(Database::builder().create_with_backend(InMemoryBackend::new()).unwrap());
        old_tables(&database);
        for _ in 0..2 {
            let store = Store::open(database.clone()).unwrap();
            let (record, _): (Record, _) = store.load().unwrap().remove(0);
            assert_eq!((record.owner.as_str(), record.outcome), ("alice", None));
            let checkpoint = store.load_checkpoint(&PipelineKey::Named("digits".into())).unwrap().unwrap();
            let stages: Vec<(String, Bookmark, Option<Value>)> =
                checkpoint.stages.into_iter().map(|saved| (saved.stage.to_string(), saved.bookmark, saved.state)).collect();
            let expected = [
                ("A/one".to_owned(), Bookmark::at(3), Some(json!({ "n": 1 }))),
                ("A/two".to_owned(), Bookmark::at(0), None),
                ("B/one".to_owned(), Bookmark::at(9), Some(json!([7]))),
            ];
            assert_eq!(stages, expected);
        }
    }

    #[test]
    fn tables_of_a_later_version_are_left_alone() {
        let database = Arc::new(Database::builder().create_with_backend(InMemoryBackend::new()).unwrap());
        let transaction = database.begin_write().unwrap();
        transaction.open_table(META).unwrap().insert("version", 3).unwrap();
        transaction.commit().unwrap();
        assert!(matches!(Store::open(database), Err(EngineError::Store { .. })));
    }
}
