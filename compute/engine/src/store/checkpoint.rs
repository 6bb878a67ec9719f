//! What a pipeline goes on from.

use crate::StageName;
use neurite_core::Bookmark;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The state of every stage that has made one.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Checkpoint {
    pub(crate) stages: Vec<StageCheckpoint>,
}

/// A stage after some rows of the shard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StageCheckpoint {
    pub(crate) stage: StageName,
    /// The rows that it has processed.
    pub(crate) bookmark: Bookmark,
    /// What the business instance is restored from; `None` for a fresh one.
    pub(crate) state: Option<Value>,
    /// What its model is restored from; null for one without state.
    pub(crate) model: Value,
    /// Whether the state is of other parameters than those of the document; one that is refused then gives way to a fresh start.
    pub(crate) foreign: bool,
    /// Payloads that it has left behind up to the bookmark, as numbers in their ids.
    pub(crate) payloads: u64,
    /// What its payload ids begin with; changes with its parameters, so that other payloads have other ids.
    pub(crate) lineage: String,
}

/// Returns the lineage of instances that begin with a document, which replaced others of the pipeline `revision` times.
pub(crate) fn lineage(document: &[u8; 32], revision: u32) -> String {
    let digest = match revision {
        0 => *document,
        _ => *blake3::Hasher::new().update(document).update(&revision.to_le_bytes()).finalize().as_bytes(),
    };
    hex::encode(&digest[..8])
}

impl StageCheckpoint {
    /// Makes the checkpoint of a stage that begins after the rows of a bookmark.
    pub(crate) fn fresh(stage: StageName, bookmark: Bookmark, lineage: String) -> Self {
        Self { stage, bookmark, state: None, model: Value::Null, foreign: false, payloads: 0, lineage }
    }
}

impl Checkpoint {
    /// Returns what a stage goes on from.
    pub(crate) fn stage(&self, name: &StageName) -> Option<&StageCheckpoint> {
        self.stages.iter().find(|saved| saved.stage == *name)
    }

    /// Replaces what a stage goes on from.
    pub(crate) fn put(&mut self, saved: StageCheckpoint) {
        match self.stages.iter_mut().find(|other| other.stage == saved.stage) {
            Some(other) => *other = saved,
            None => self.stages.push(saved),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_stored_form_is_fixed() {
        let name = StageName { signature: "ALERT".into(), instance: "one".into() };
        let bookmark = Bookmark { rows: 12, cursor: json!({ "id": 7 }) };
        let fresh = StageCheckpoint::fresh(name, bookmark, lineage(&[0xab; 32], 0));
        let checkpoint = Checkpoint { stages: vec![StageCheckpoint { state: Some(json!({ "n": 3 })), payloads: 5, ..fresh }] };
        let golden = concat!(
            r#"{"stages":[{"stage":{"signature":"ALERT","instance":"one"},"bookmark":{"rows":12,"cursor":{"id":7}},"#,
            r#""state":{"n":3},"model":null,"foreign":false,"payloads":5,"lineage":"abababababababab"}]}"#
        );
        assert_eq!(serde_json::to_string(&checkpoint).unwrap(), golden);
        assert_eq!(serde_json::from_str::<Checkpoint>(golden).unwrap(), checkpoint);
    }

    #[test]
    fn every_revision_of_a_document_is_a_lineage_of_its_own() {
        let of: Vec<String> = (0..3).map(|revision| lineage(&[1; 32], revision)).collect();
        assert_eq!(of[0], "0101010101010101");
        assert!(of.iter().all(|lineage| lineage.len() == 16) && of[1] != of[2] && of[0] != of[1]);
        assert_ne!(lineage(&[2; 32], 1), of[1]);
    }
}
