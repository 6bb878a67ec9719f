//! Replacing the document of a pipeline while it works.

use super::{handle::blocking, merge::merge_patch, Engine};
use crate::{
    pipeline::{ask, Run},
    store::Record,
    EngineError, PipelineKey,
};
use neurite_config::PipelineDocument;
use serde_json::Value;
use std::sync::Arc;

impl Engine {
    /// Replaces the document of a pipeline without a job; its name stays.
    ///
    /// Instances whose plugin, parameters and model stay the same keep their state and lose no row. Changed ones go on from their state if the
    /// plugin accepts it, else afresh, with the rows after those that they have processed. New ones begin where the source stands. The source
    /// is opened anew only if its plugin or parameters change: with another `URL` or plugin at its first row, else where it stood. A pipeline
    /// that has ended begins anew. A document that is refused changes nothing, and after a crash one of the two documents is in force whole.
    pub async fn update(&self, key: &PipelineKey, owner: &str, document: Vec<u8>) -> Result<(), EngineError> {
        let run = self.owned(key, owner)?;
        let _updating = run.updating.lock().await;
        self.replace(&run, document).await
    }

    /// Changes the document of a pipeline without a job by a JSON merge patch (RFC 7396), as [`Engine::update`] does.
    ///
    /// Entries of `PLUGINS` are merged with those of the same `SIGNATURE`, entries of `INSTANCES` with those of the same `INSTANCE_ID`; others
    /// are added, and one with `"REMOVE": true` beside its name goes.
    pub async fn patch(&self, key: &PipelineKey, owner: &str, patch: &Value) -> Result<(), EngineError> {
        let run = self.owned(key, owner)?;
        let _updating = run.updating.lock().await;
        let (store, stored) = (self.inner.store.clone(), key.clone());
        let bytes = blocking(move || store.document(&stored)).await?.ok_or_else(|| EngineError::NotFound { key: key.clone() })?;
        let mut document: Value = serde_json::from_slice(&bytes).map_err(|error| EngineError::Store { reason: error.to_string() })?;
        merge_patch(&mut document, patch);
        self.replace(&run, document.to_string().into_bytes()).await
    }

    /// Finds a pipeline whose document its owner may replace.
    fn owned(&self, key: &PipelineKey, owner: &str) -> Result<Arc<Run>, EngineError> {
        let run = self.inner.table.get(key)?;
        if run.status.borrow().owner != owner {
            return Err(EngineError::NotOwned { key: key.clone() });
        }
        if run.job.is_some() {
            return Err(EngineError::PartOfJob { key: key.clone() });
        }
        Ok(run)
    }

    async fn replace(&self, run: &Run, bytes: Vec<u8>) -> Result<(), EngineError> {
        let document = Arc::new(PipelineDocument::parse(&bytes, &self.inner.parts.registry)?);
        if document.name != run.name {
            return Err(EngineError::Request { field: "document", reason: "must keep the pipeline's NAME" });
        }
        if self.inner.drain.is_cancelled() {
            return Err(EngineError::ShuttingDown);
        }
        let is_final = || run.status.borrow().state.is_final();
        if !is_final() {
            if let Some(answer) = ask(run, document.clone(), bytes.clone()).await {
                return answer;
            }
        }
        if is_final() {
            self.begin_anew(run, document, bytes).await
        } else {
            Err(EngineError::ShuttingDown)
        }
    }

    /// Starts a pipeline that has ended with another document.
    async fn begin_anew(&self, run: &Run, document: Arc<PipelineDocument>, bytes: Vec<u8>) -> Result<(), EngineError> {
        let _changes = self.inner.changes.lock().await;
        // Somebody may have removed it meanwhile.
        self.inner.table.get(&run.key)?;
        self.end_task(&run.key).await;
        let status = run.status.borrow().clone();
        let record = Record {
            name: status.name,
            owner: status.owner,
            job: None,
            accepted_at: status.accepted_at,
            run: 0,
            revision: run.revision().number.saturating_add(1),
            outcome: None,
        };
        self.begin(record, document, bytes).await
    }
}
