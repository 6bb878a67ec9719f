//! The engine's handle and its operations.

use super::{
    table::{Entry, Table},
    DrainReport, EngineParts, StartRequest,
};
use crate::{
    pipeline::{open_communication, result_message, send, supervise, Run},
    store::{Outcome, Record, Store},
    EngineError, Failure, PipelineKey, PipelineState, PipelineStatus, StageStatus,
};
use neurite_config::{AcquisitionSpec, PipelineDocument, PluginSpec};
use neurite_core::FailureClass;
use serde_json::Value;
use std::{sync::Arc, time::Duration};
use tokio::{sync::watch, task::JoinHandle};
use tokio_util::sync::CancellationToken;

/// The pipelines of a process. A cheap handle; all clones are the same engine.
///
/// Operations are cancel-safe in that a cancelled one leaves a pipeline either as it was or as it was asked to be, after a restart at the latest.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

struct Inner {
    parts: Arc<EngineParts>,
    store: Store,
    table: Table,
    drain: CancellationToken,
    /// Held while pipelines are added or taken away, so that table and store agree.
    changes: tokio::sync::Mutex<()>,
}

impl Engine {
    /// Opens the store and goes on with every pipeline that had not ended. Must be called within a tokio runtime.
    ///
    /// A stored pipeline whose document this engine cannot run any more fails with [`FailureClass::Document`].
    pub async fn open(parts: EngineParts) -> Result<Self, EngineError> {
        let database = parts.database.clone();
        let (store, pipelines) = blocking(move || {
            let store = Store::open(database)?;
            let pipelines = store.load()?;
            Ok((store, pipelines))
        })
        .await?;
        let inner =
            Inner { parts: Arc::new(parts), store, table: Table::default(), drain: CancellationToken::new(), changes: Default::default() };
        let engine = Self { inner: Arc::new(inner) };
        for (record, document) in pipelines {
            engine.resume(record, &document).await?;
        }
        Ok(engine)
    }

    /// Accepts a pipeline and starts it. Returns its key once it is stored; how it goes on is seen by [`Engine::watch`].
    ///
    /// The document is validated first: one that is refused leaves nothing behind. A key that is taken is refused, with
    /// [`EngineError::NotOwned`] if by somebody else. If there is no room, the oldest ended pipeline that is no job's is forgotten.
    pub async fn start(&self, request: StartRequest) -> Result<PipelineKey, EngineError> {
        request.validate()?;
        let document = Arc::new(PipelineDocument::parse(&request.document, &self.inner.parts.registry)?);
        let record = Record {
            name: document.name.clone(),
            owner: request.owner,
            job: request.job,
            accepted_at: self.inner.parts.clock.unix_ms(),
            outcome: None,
        };
        let key = record.key();
        let _changes = self.inner.changes.lock().await;
        if self.inner.drain.is_cancelled() {
            return Err(EngineError::ShuttingDown);
        }
        self.inner.table.check_free(&key, &record.owner)?;
        if let Some(evicted) = self.inner.table.to_evict(self.inner.parts.limits.max_pipelines)? {
            self.forget(&evicted).await?;
        }
        let (store, stored, bytes) = (self.inner.store.clone(), record.clone(), request.document);
        blocking(move || store.insert(&stored, &bytes)).await?;
        self.launch(record, document);
        Ok(key)
    }

    /// Ends a pipeline at once and forgets it, its result included.
    pub async fn stop(&self, key: &PipelineKey, owner: &str) -> Result<(), EngineError> {
        let _changes = self.inner.changes.lock().await;
        if self.inner.table.get(key)?.status.borrow().owner != owner {
            return Err(EngineError::NotOwned { key: key.clone() });
        }
        self.forget(key).await
    }

    /// Returns what can be seen of all pipelines, by key.
    pub fn list(&self) -> Vec<PipelineStatus> {
        self.inner.table.with(|entries| entries.values().map(|entry| entry.run.status.borrow().clone()).collect())
    }

    /// Returns what can be seen of a pipeline.
    pub fn status(&self, key: &PipelineKey) -> Result<PipelineStatus, EngineError> {
        Ok(self.inner.table.get(key)?.status.borrow().clone())
    }

    /// Returns a receiver that follows what can be seen of a pipeline.
    pub fn watch(&self, key: &PipelineKey) -> Result<watch::Receiver<PipelineStatus>, EngineError> {
        Ok(self.inner.table.get(key)?.status.subscribe())
    }

    /// Sends the result of a complete pipeline again, for those who missed it.
    pub async fn publish_result(&self, key: &PipelineKey) -> Result<(), EngineError> {
        let run = self.inner.table.get(key)?;
        let result = match &run.status.borrow().state {
            PipelineState::Complete { result, .. } => result.clone(),
            _ => return Err(EngineError::NotComplete { key: key.clone() }),
        };
        let (origin, payload) = result_message(&run.document, run.job.as_ref(), &result).map_err(EngineError::Payload)?;
        let communication = open_communication(&run, &run.document).await.map_err(EngineError::Payload)?;
        send(&run, &*communication, &origin, &payload).await.map_err(EngineError::Payload)
    }

    /// Brings all pipelines to rest: pumps stop, stages finish what they hold and write a checkpoint. What is not at rest at the deadline is cut
    /// off. No pipeline is accepted afterwards.
    pub async fn shutdown(&self, deadline: Duration) -> DrainReport {
        self.inner.drain.cancel();
        let _changes = self.inner.changes.lock().await;
        let tasks: Vec<(PipelineKey, JoinHandle<()>)> = self
            .inner
            .table
            .with(|entries| entries.iter_mut().filter_map(|(key, entry)| Some((key.clone(), entry.task.take()?))).collect());
        let end = tokio::time::Instant::now() + deadline;
        let mut report = DrainReport::default();
        for (key, mut task) in tasks {
            if tokio::time::timeout_at(end, &mut task).await.is_ok() {
                report.rested += 1;
            } else {
                task.abort();
                let _ = task.await;
                report.cut_off.push(key);
            }
        }
        tracing::info!(rested = report.rested, cut_off = report.cut_off.len(), "engine drained");
        report
    }

    /// Ends a pipeline's task and removes it from store and table. The caller holds `changes`.
    async fn forget(&self, key: &PipelineKey) -> Result<(), EngineError> {
        let task = self.inner.table.with(|entries| entries.get_mut(key).and_then(|entry| entry.task.take()));
        if let Some(task) = task {
            task.abort();
            // An aborted task ends with an error that says so.
            let _ = task.await;
        }
        let (store, removed) = (self.inner.store.clone(), key.clone());
        blocking(move || store.remove(&removed)).await?;
        self.inner.table.with(|entries| entries.remove(key));
        Ok(())
    }

    /// Brings a stored pipeline back.
    async fn resume(&self, record: Record, document: &[u8]) -> Result<(), EngineError> {
        let parsed = PipelineDocument::parse(document, &self.inner.parts.registry);
        match (parsed, record.outcome.is_some()) {
            (Ok(document), false) => self.launch(record, Arc::new(document)),
            (Ok(document), true) => self.insert(record, Arc::new(document), None),
            (Err(_), true) => self.insert(record, Arc::new(unreadable(document)), None),
            (Err(error), false) => {
                let failure = Failure { class: FailureClass::Document, reason: error.to_string() };
                let outcome = Outcome::Failed { failure };
                let (store, key, stored) = (self.inner.store.clone(), record.key(), outcome.clone());
                blocking(move || store.finish(&key, stored)).await?;
                self.insert(Record { outcome: Some(outcome), ..record }, Arc::new(unreadable(document)), None);
            }
        }
        Ok(())
    }

    /// Adds a pipeline to the table and starts its task.
    fn launch(&self, record: Record, document: Arc<PipelineDocument>) {
        let run = self.run(record, document);
        tracing::info!(pipeline = %run.key, "pipeline started");
        let task = tokio::spawn(supervise(run.clone()));
        self.inner.table.with(|entries| entries.insert(run.key.clone(), Entry { run, task: Some(task) }));
    }

    fn insert(&self, record: Record, document: Arc<PipelineDocument>, task: Option<JoinHandle<()>>) {
        let run = self.run(record, document);
        self.inner.table.with(|entries| entries.insert(run.key.clone(), Entry { run, task }));
    }

    fn run(&self, record: Record, document: Arc<PipelineDocument>) -> Arc<Run> {
        let key = record.key();
        let stage = |done| {
            let instances = document.instances.iter();
            instances.map(|spec| StageStatus { signature: spec.plugin.signature.clone(), instance: spec.id.clone(), done }).collect()
        };
        let (state, rows) = match record.outcome {
            None => (PipelineState::Starting, None),
            Some(Outcome::Complete { result, commitment, rows }) => (PipelineState::Complete { result, commitment }, Some(rows)),
            Some(Outcome::Failed { failure }) => (PipelineState::Failed { failure }, None),
        };
        let status = PipelineStatus {
            key: key.clone(),
            name: record.name,
            owner: record.owner,
            document: hex::encode(document.hash),
            job: record.job.clone(),
            state,
            done: rows.unwrap_or(0),
            total: rows,
            stages: stage(rows.unwrap_or(0)),
            payloads_sent: 0,
            payloads_dropped: 0,
            retries: 0,
            accepted_at: record.accepted_at,
        };
        Arc::new(Run {
            key,
            document,
            job: record.job,
            parts: self.inner.parts.clone(),
            store: self.inner.store.clone(),
            status: watch::Sender::new(status),
            drain: self.inner.drain.clone(),
        })
    }
}

/// Stands for a stored document that is not valid any more, so that its pipeline can still be seen and removed.
fn unreadable(bytes: &[u8]) -> PipelineDocument {
    let plugin = PluginSpec { signature: String::new(), parameters: Value::Null };
    PipelineDocument {
        name: String::new(),
        hash: neurite_config::document_hash(bytes),
        acquisition: AcquisitionSpec { plugin, interval: None, live_feed: false, reconnectable: false },
        instances: Vec::new(),
        communication: None,
    }
}

/// Calls the store where it may block.
async fn blocking<T: Send + 'static>(call: impl FnOnce() -> Result<T, EngineError> + Send + 'static) -> Result<T, EngineError> {
    tokio::task::spawn_blocking(call).await.map_err(|error| EngineError::Store { reason: error.to_string() })?
}
