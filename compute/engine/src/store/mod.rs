//! What survives a restart: accepted pipelines, their checkpoints and their outcomes, in one embedded database.
//!
//! A pipeline is a record, its document and, while it runs, a checkpoint, each under the pipeline's key. Every change is one transaction. Changes
//! of a pipeline that was removed meanwhile have no effect, so that a late writer brings nothing back.

mod checkpoint;
mod spool;
mod upgrade;

pub(crate) use checkpoint::{lineage, Checkpoint, StageCheckpoint};
pub(crate) use spool::Spooled;

use crate::{Commitment, EngineError, Failure, PipelineKey};
use neurite_core::JobIdentity;
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};
use serde::{de::DeserializeOwned, Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;

const META: TableDefinition<&str, u32> = TableDefinition::new("engine-meta");
const RECORDS: TableDefinition<&str, &[u8]> = TableDefinition::new("engine-pipelines");
const DOCUMENTS: TableDefinition<&str, &[u8]> = TableDefinition::new("engine-documents");
const CHECKPOINTS: TableDefinition<&str, &[u8]> = TableDefinition::new("engine-checkpoints");

/// The version of the tables' layout and of the JSON in them.
const VERSION: u32 = 2;
/// The key of the number of the last start of any pipeline, beside the version.
const LAST_RUN: &str = "last-run";

/// An accepted pipeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Record {
    pub(crate) name: String,
    pub(crate) owner: String,
    pub(crate) job: Option<JobIdentity>,
    pub(crate) accepted_at: u64,
    /// The number of its last start, which no other start of any pipeline has; 0 for what an engine of version 1 left.
    #[serde(default)]
    pub(crate) run: u32,
    /// How often its document was replaced.
    #[serde(default)]
    pub(crate) revision: u32,
    /// How it ended; `None` while it runs.
    pub(crate) outcome: Option<Outcome>,
}

impl Record {
    pub(crate) fn key(&self) -> PipelineKey {
        self.job.as_ref().map_or_else(|| PipelineKey::Named(self.name.clone()), PipelineKey::of_job)
    }
}

/// How a pipeline ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Outcome {
    Complete { result: Value, commitment: Commitment, rows: u64 },
    Failed { failure: Failure },
}

/// The engine's tables. Calls block for as long as the disk takes.
#[derive(Clone)]
pub(crate) struct Store {
    database: Arc<Database>,
}

impl Store {
    /// Makes the tables if they are missing and upgrades those of an earlier version; fails if they are of a later one.
    pub(crate) fn open(database: Arc<Database>) -> Result<Self, EngineError> {
        let transaction = database.begin_write().map_err(failed)?;
        for table in [RECORDS, DOCUMENTS, CHECKPOINTS] {
            transaction.open_table(table).map_err(failed)?;
        }
        transaction.open_table(spool::SPOOL).map_err(failed)?;
        let found = transaction.open_table(META).map_err(failed)?.get("version").map_err(failed)?.map(|version| version.value());
        match found.unwrap_or(VERSION) {
            VERSION => {}
            1 => upgrade::from_version_1(&transaction)?,
            found => return Err(EngineError::Store { reason: format!("has version {found}, this engine reads up to {VERSION}") }),
        }
        transaction.open_table(META).map_err(failed)?.insert("version", VERSION).map_err(failed)?;
        transaction.commit().map_err(failed)?;
        Ok(Self { database })
    }

    /// Returns all pipelines with their documents, by key; those that go on get the number of a new run.
    pub(crate) fn load(&self) -> Result<Vec<(Record, Vec<u8>)>, EngineError> {
        let transaction = self.database.begin_write().map_err(failed)?;
        let mut pipelines = Vec::new();
        {
            let mut meta = transaction.open_table(META).map_err(failed)?;
            let mut records = transaction.open_table(RECORDS).map_err(failed)?;
            let documents = transaction.open_table(DOCUMENTS).map_err(failed)?;
            for entry in records.iter().map_err(failed)? {
                let (key, record) = entry.map_err(failed)?;
                let document = documents.get(key.value()).map_err(failed)?;
                let document = document.map(|document| document.value().to_vec()).unwrap_or_default();
                pipelines.push((read::<Record>(record.value())?, document));
            }
            for (record, _) in pipelines.iter_mut().filter(|(record, _)| record.outcome.is_none()) {
                record.run = next_run(&mut meta)?;
                records.insert(record.key().to_string().as_str(), write(record)?.as_slice()).map_err(failed)?;
            }
        }
        transaction.commit().map_err(failed)?;
        Ok(pipelines)
    }

    /// Adds a pipeline, or lets an ended one begin anew; returns its record with the number of this run.
    pub(crate) fn insert(&self, record: Record, document: &[u8]) -> Result<Record, EngineError> {
        let key = record.key().to_string();
        let transaction = self.database.begin_write().map_err(failed)?;
        let record = {
            let run = next_run(&mut transaction.open_table(META).map_err(failed)?)?;
            let record = Record { run, ..record };
            let mut records = transaction.open_table(RECORDS).map_err(failed)?;
            records.insert(key.as_str(), write(&record)?.as_slice()).map_err(failed)?;
            let mut documents = transaction.open_table(DOCUMENTS).map_err(failed)?;
            documents.insert(key.as_str(), document).map_err(failed)?;
            let mut checkpoints = transaction.open_table(CHECKPOINTS).map_err(failed)?;
            checkpoints.remove(key.as_str()).map_err(failed)?;
            record
        };
        transaction.commit().map_err(failed)?;
        Ok(record)
    }

    /// Replaces the checkpoint of a pipeline that still runs.
    pub(crate) fn save_checkpoint(&self, key: &PipelineKey, checkpoint: &Checkpoint) -> Result<(), EngineError> {
        let key = key.to_string();
        let transaction = self.database.begin_write().map_err(failed)?;
        {
            let records = transaction.open_table(RECORDS).map_err(failed)?;
            let record = records.get(key.as_str()).map_err(failed)?.map(|record| read::<Record>(record.value())).transpose()?;
            if record.is_some_and(|record| record.outcome.is_none()) {
                let mut checkpoints = transaction.open_table(CHECKPOINTS).map_err(failed)?;
                checkpoints.insert(key.as_str(), write(checkpoint)?.as_slice()).map_err(failed)?;
            }
        }
        transaction.commit().map_err(failed)
    }

    /// Replaces document and checkpoint of a pipeline that still runs.
    pub(crate) fn update(&self, key: &PipelineKey, revision: u32, document: &[u8], checkpoint: &Checkpoint) -> Result<(), EngineError> {
        let key = key.to_string();
        let transaction = self.database.begin_write().map_err(failed)?;
        {
            let mut records = transaction.open_table(RECORDS).map_err(failed)?;
            let record = records.get(key.as_str()).map_err(failed)?.map(|record| read::<Record>(record.value())).transpose()?;
            if let Some(record) = record.filter(|record| record.outcome.is_none()) {
                records.insert(key.as_str(), write(&Record { revision, ..record })?.as_slice()).map_err(failed)?;
                let mut documents = transaction.open_table(DOCUMENTS).map_err(failed)?;
                documents.insert(key.as_str(), document).map_err(failed)?;
                let mut checkpoints = transaction.open_table(CHECKPOINTS).map_err(failed)?;
                checkpoints.insert(key.as_str(), write(checkpoint)?.as_slice()).map_err(failed)?;
            }
        }
        transaction.commit().map_err(failed)
    }

    /// Returns the document of a pipeline, byte for byte.
    pub(crate) fn document(&self, key: &PipelineKey) -> Result<Option<Vec<u8>>, EngineError> {
        let transaction = self.database.begin_read().map_err(failed)?;
        let documents = transaction.open_table(DOCUMENTS).map_err(failed)?;
        let document = documents.get(key.to_string().as_str()).map_err(failed)?;
        Ok(document.map(|document| document.value().to_vec()))
    }

    /// Returns the last checkpoint of a pipeline.
    pub(crate) fn load_checkpoint(&self, key: &PipelineKey) -> Result<Option<Checkpoint>, EngineError> {
        let transaction = self.database.begin_read().map_err(failed)?;
        let checkpoints = transaction.open_table(CHECKPOINTS).map_err(failed)?;
        let checkpoint = checkpoints.get(key.to_string().as_str()).map_err(failed)?;
        checkpoint.map(|checkpoint| read(checkpoint.value())).transpose()
    }

    /// Keeps the outcome of a pipeline and drops its checkpoint.
    pub(crate) fn finish(&self, key: &PipelineKey, outcome: Outcome) -> Result<(), EngineError> {
        let key = key.to_string();
        let transaction = self.database.begin_write().map_err(failed)?;
        {
            let mut records = transaction.open_table(RECORDS).map_err(failed)?;
            let record = records.get(key.as_str()).map_err(failed)?.map(|record| read::<Record>(record.value())).transpose()?;
            if let Some(record) = record {
                let record = Record { outcome: Some(outcome), ..record };
                records.insert(key.as_str(), write(&record)?.as_slice()).map_err(failed)?;
            }
            let mut checkpoints = transaction.open_table(CHECKPOINTS).map_err(failed)?;
            checkpoints.remove(key.as_str()).map_err(failed)?;
        }
        transaction.commit().map_err(failed)
    }

    /// Forgets a pipeline.
    pub(crate) fn remove(&self, key: &PipelineKey) -> Result<(), EngineError> {
        let key = key.to_string();
        let transaction = self.database.begin_write().map_err(failed)?;
        for table in [RECORDS, DOCUMENTS, CHECKPOINTS] {
            transaction.open_table(table).map_err(failed)?.remove(key.as_str()).map_err(failed)?;
        }
        spool::clear(&transaction, &key)?;
        transaction.commit().map_err(failed)
    }
}

/// Counts a start.
fn next_run(meta: &mut redb::Table<'_, &'static str, u32>) -> Result<u32, EngineError> {
    let last = meta.get(LAST_RUN).map_err(failed)?.map_or(0, |last| last.value());
    let run = last.checked_add(1).ok_or_else(|| EngineError::Store { reason: "has no more numbers for starts".into() })?;
    meta.insert(LAST_RUN, run).map_err(failed)?;
    Ok(run)
}

fn failed(error: impl Into<redb::Error>) -> EngineError {
    EngineError::Store { reason: error.into().to_string() }
}

fn write(value: &impl Serialize) -> Result<Vec<u8>, EngineError> {
    serde_json::to_vec(value).map_err(|error| EngineError::Store { reason: error.to_string() })
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, EngineError> {
    serde_json::from_slice(bytes).map_err(|error| EngineError::Store { reason: error.to_string() })
}
