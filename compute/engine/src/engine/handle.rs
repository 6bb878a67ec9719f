//! The engine's handle and its operations.

use super::{
    table::{Entry, Table},
    DrainReport, EngineParts, StartRequest,
};
use crate::{
    limits::UPDATE_CAPACITY,
    pipeline::{deliver_rest, send_result, supervise, Revision, Run, RunParts, Update},
    store::{Outcome, Record, Store},
    EngineError, Failure, PipelineKey, PipelineState, PipelineStatus, StageName, StageState, StageStatus,
};
use neurite_config::{AcquisitionSpec, PipelineDocument, PluginSpec};
use neurite_core::FailureClass;
use serde_json::Value;
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

/// The pipelines of a process. A cheap handle; all clones are the same engine.
///
/// Operations are cancel-safe in that a cancelled one leaves a pipeline either as it was or as it was asked to be, after a restart at the latest.
#[derive(Clone)]
pub struct Engine {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub(super) parts: Arc<EngineParts>,
    pub(super) store: Store,
    pub(super) table: Table,
    pub(super) drain: CancellationToken,
    /// Held while pipelines are added or taken away, so that table and store agree.
    pub(super) changes: tokio::sync::Mutex<()>,
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
            run: 0,
            revision: 0,
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
        self.begin(record, document, request.document).await?;
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
        send_result(&run, &result).await.map_err(EngineError::Payload)
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

    /// Stores a pipeline and starts it. The caller holds `changes`.
    pub(super) async fn begin(&self, record: Record, document: Arc<PipelineDocument>, bytes: Vec<u8>) -> Result<(), EngineError> {
        let store = self.inner.store.clone();
        let record = blocking(move || store.insert(record, &bytes)).await?;
        self.launch(record, document);
        Ok(())
    }

    /// Ends a pipeline's task. The caller holds `changes`.
    pub(super) async fn end_task(&self, key: &PipelineKey) {
        let task = self.inner.table.with(|entries| entries.get_mut(key).and_then(|entry| entry.task.take()));
        if let Some(task) = task {
            task.abort();
            // An aborted task ends with an error that says so.
            let _ = task.await;
        }
    }

    /// Ends a pipeline's task and removes it from store and table. The caller holds `changes`.
    async fn forget(&self, key: &PipelineKey) -> Result<(), EngineError> {
        self.end_task(key).await;
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
            (Ok(document), true) => self.resume_ended(record, document).await?,
            (Err(_), true) => self.insert(record, Arc::new(unreadable(document))),
            (Err(error), false) => {
                let failure = Failure { class: FailureClass::Document, reason: error.to_string() };
                let outcome = Outcome::Failed { failure };
                let (store, key, stored) = (self.inner.store.clone(), record.key(), outcome.clone());
                blocking(move || store.finish(&key, stored)).await?;
                self.insert(Record { outcome: Some(outcome), ..record }, Arc::new(unreadable(document)));
            }
        }
        Ok(())
    }

    /// Brings back a pipeline that has ended, and hands over what still lies on disk for its targets.
    async fn resume_ended(&self, record: Record, document: PipelineDocument) -> Result<(), EngineError> {
        let (store, key) = (self.inner.store.clone(), record.key());
        let waiting = blocking(move || store.spooled_targets(&key)).await?;
        let (run, _) = self.run(record, Arc::new(document));
        let task = (!waiting.is_empty()).then(|| tokio::spawn(deliver_rest(run.clone())));
        self.inner.table.with(|entries| entries.insert(run.key.clone(), Entry { run, task }));
        Ok(())
    }

    /// Adds a pipeline to the table and starts its task.
    fn launch(&self, record: Record, document: Arc<PipelineDocument>) {
        let (run, updates) = self.run(record, document);
        tracing::info!(pipeline = %run.key, "pipeline started");
        let task = tokio::spawn(supervise(run.clone(), updates));
        self.inner.table.with(|entries| entries.insert(run.key.clone(), Entry { run, task: Some(task) }));
    }

    /// Adds a pipeline to the table that does nothing.
    fn insert(&self, record: Record, document: Arc<PipelineDocument>) {
        let (run, _) = self.run(record, document);
        self.inner.table.with(|entries| entries.insert(run.key.clone(), Entry { run, task: None }));
    }

    fn run(&self, record: Record, document: Arc<PipelineDocument>) -> (Arc<Run>, mpsc::Receiver<Update>) {
        let (updates, receiver) = mpsc::channel(UPDATE_CAPACITY);
        let (number, revision) = (record.run, record.revision);
        let run = Run::new(RunParts {
            status: initial_status(record, &document),
            revision: Revision { document, number: revision },
            number,
            parts: self.inner.parts.clone(),
            store: self.inner.store.clone(),
            drain: self.inner.drain.clone(),
            updates,
        });
        (Arc::new(run), receiver)
    }
}

/// Returns what can be seen of a pipeline before it does anything.
fn initial_status(record: Record, document: &PipelineDocument) -> PipelineStatus {
    let key = record.key();
    let (state, rows) = match record.outcome {
        None => (PipelineState::Starting, None),
        Some(Outcome::Complete { result, commitment, rows }) => (PipelineState::Complete { result, commitment }, Some(rows)),
        Some(Outcome::Failed { failure }) => (PipelineState::Failed { failure }, None),
    };
    let stage = |spec| {
        let status = StageStatus::new(StageName::of(spec), rows.unwrap_or(0));
        match &state {
            PipelineState::Complete { .. } => StageStatus { state: StageState::Finished, ..status },
            PipelineState::Failed { failure } => StageStatus { state: StageState::Failed { failure: failure.clone() }, ..status },
            _ => status,
        }
    };
    PipelineStatus {
        stages: document.instances.iter().map(stage).collect(),
        key,
        name: record.name,
        owner: record.owner,
        document: hex::encode(document.hash),
        job: record.job,
        state,
        done: rows.unwrap_or(0),
        total: rows,
        source_dropped: 0,
        targets: Vec::new(),
        payloads_sent: 0,
        payloads_dropped: 0,
        retries: 0,
        accepted_at: record.accepted_at,
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
        communication: Vec::new(),
    }
}

/// Calls the store where it may block.
pub(super) async fn blocking<T: Send + 'static>(call: impl FnOnce() -> Result<T, EngineError> + Send + 'static) -> Result<T, EngineError> {
    tokio::task::spawn_blocking(call).await.map_err(|error| EngineError::Store { reason: error.to_string() })?
}
