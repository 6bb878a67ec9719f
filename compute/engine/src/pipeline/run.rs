//! What all tasks of a pipeline share.

use super::{source::SourceKind, supervisor::Update};
use crate::{
    engine::EngineParts,
    queue::Policy,
    store::{lineage, Store},
    EngineError, PipelineKey, PipelineStatus, StageName, StageStatus, TargetStatus,
};
use neurite_config::PipelineDocument;
use neurite_core::{Bookmark, Context, JobIdentity, PluginError, Shard};
use std::{
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

/// A document and how many others it followed.
#[derive(Debug)]
pub(crate) struct Revision {
    pub(crate) document: Arc<PipelineDocument>,
    pub(crate) number: u32,
}

impl Revision {
    /// Returns what the payload ids of instances begin with that begin with this document.
    pub(crate) fn lineage(&self) -> String {
        lineage(&self.document.hash, self.number)
    }
}

/// A pipeline that runs.
pub(crate) struct Run {
    pub(crate) key: PipelineKey,
    pub(crate) name: String,
    pub(crate) job: Option<JobIdentity>,
    /// The number of this start, which no other start of any pipeline has.
    pub(crate) number: u32,
    pub(crate) parts: Arc<EngineParts>,
    pub(crate) store: Store,
    pub(crate) status: watch::Sender<PipelineStatus>,
    /// Tells the pump to stop.
    pub(crate) drain: CancellationToken,
    /// Takes other documents, while a supervisor listens.
    pub(crate) updates: mpsc::Sender<Update>,
    /// Held from reading a document to replacing it.
    pub(crate) updating: tokio::sync::Mutex<()>,
    changing: Mutex<Changing>,
}

/// What an update changes.
struct Changing {
    revision: Arc<Revision>,
    source: SourceKind,
    /// Where the source stands.
    bookmark: Bookmark,
}

/// What a run is made from.
pub(crate) struct RunParts {
    pub(crate) revision: Revision,
    pub(crate) number: u32,
    pub(crate) parts: Arc<EngineParts>,
    pub(crate) store: Store,
    pub(crate) status: PipelineStatus,
    pub(crate) drain: CancellationToken,
    pub(crate) updates: mpsc::Sender<Update>,
}

impl Run {
    pub(crate) fn new(made: RunParts) -> Self {
        let RunParts { revision, number, parts, store, status, drain, updates } = made;
        let changing = Changing { revision: Arc::new(revision), source: SourceKind::default(), bookmark: Bookmark::default() };
        let (key, name, job) = (status.key.clone(), status.name.clone(), status.job.clone());
        let (status, changing) = (watch::Sender::new(status), Mutex::new(changing));
        Self { key, name, job, number, parts, store, status, drain, updates, updating: Default::default(), changing }
    }

    /// Returns the document as it is now, and how many it followed.
    pub(crate) fn revision(&self) -> Arc<Revision> {
        self.changing().revision.clone()
    }

    /// Returns the document as it is now.
    pub(crate) fn document(&self) -> Arc<PipelineDocument> {
        self.changing().revision.document.clone()
    }

    pub(crate) fn set_revision(&self, revision: Arc<Revision>) {
        self.changing().revision = revision;
    }

    /// Returns what can be expected of the source.
    pub(crate) fn source_kind(&self) -> SourceKind {
        self.changing().source
    }

    pub(crate) fn set_source_kind(&self, kind: SourceKind) {
        self.changing().source = kind;
    }

    /// Returns where the source stands.
    pub(crate) fn bookmark(&self) -> Bookmark {
        self.changing().bookmark.clone()
    }

    pub(crate) fn set_bookmark(&self, bookmark: Bookmark) {
        self.changing().bookmark = bookmark;
    }

    /// Returns what queues do when they are full. A job loses nothing.
    pub(crate) fn policy(&self) -> Policy {
        if self.job.is_none() && self.source_kind().live_feed {
            Policy::DropOldest
        } else {
            Policy::Block
        }
    }

    fn changing(&self) -> MutexGuard<'_, Changing> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes what can be seen of a stage.
    pub(crate) fn update_stage(&self, name: &StageName, change: impl FnOnce(&mut StageStatus)) {
        self.status.send_modify(|status| status.update_stage(name, change));
    }

    /// Changes what can be seen of a target and of all payloads together.
    pub(crate) fn update_target(&self, name: &str, change: impl FnOnce(&mut TargetStatus)) {
        self.status.send_modify(|status| status.update_target(name, change));
    }

    /// Shows how many rows the source has dropped.
    pub(crate) fn count_source_dropped(&self, rows: u64) {
        self.status.send_if_modified(|status| std::mem::replace(&mut status.source_dropped, rows) != rows);
    }

    /// Returns the context in which a plugin is opened.
    pub(crate) fn context(&self, signature: &str, instance: &str) -> Context {
        Context {
            pipeline: self.name.clone(),
            signature: signature.to_owned(),
            instance: instance.to_owned(),
            shard: self.job.as_ref().map_or(Shard::WHOLE, |job| job.shard),
            job: self.job.clone(),
            data: self.parts.data.clone(),
            models: self.parts.models.clone(),
            outputs: self.parts.outputs.join(&self.name),
            services: self.parts.services.clone(),
        }
    }

    /// Makes a call again after transient failures, as the engine's policy says.
    pub(crate) async fn retry<T, F: Future<Output = Result<T, PluginError>>>(&self, mut call: impl FnMut() -> F) -> Result<T, PluginError> {
        let mut failures = 0;
        loop {
            match call().await {
                Err(error) => {
                    failures += 1;
                    self.wait_after(failures, error).await?;
                }
                done => return done,
            }
        }
    }

    /// Waits before a call is made again after its `failures`-th failure; gives the error back if it is not to be.
    pub(crate) async fn wait_after(&self, failures: u32, error: PluginError) -> Result<(), PluginError> {
        let wait = self.parts.limits.retry.wait_after(failures).filter(|_| error.is_transient());
        let Some(wait) = wait else { return Err(error) };
        tracing::warn!(pipeline = %self.key, failures, wait_ms = wait.as_millis() as u64, %error, "call will be made again");
        self.status.send_modify(|status| status.retries += 1);
        self.sleep(wait).await;
        Ok(())
    }

    /// Calls the store where it may block.
    pub(crate) async fn with_store<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Store, &PipelineKey) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, EngineError> {
        let (store, key) = (self.store.clone(), self.key.clone());
        let called = tokio::task::spawn_blocking(move || call(&store, &key)).await;
        called.map_err(|error| EngineError::Store { reason: error.to_string() })?
    }

    pub(crate) async fn sleep(&self, duration: Duration) {
        self.parts.clock.sleep(duration).await;
    }

    /// Waits until the monotonic clock shows this time.
    pub(crate) async fn sleep_until(&self, due: Duration) {
        let wait = due.saturating_sub(self.now());
        if !wait.is_zero() {
            self.sleep(wait).await;
        }
    }

    pub(crate) fn now(&self) -> Duration {
        self.parts.clock.monotonic()
    }
}

/// A failing store is a lack of disk to the pipeline.
pub(crate) fn store_failed(error: EngineError) -> PluginError {
    PluginError::resources(error.to_string())
}
