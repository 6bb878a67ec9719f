//! The pipelines that an engine holds.

use crate::{pipeline::Run, EngineError, PipelineKey, PipelineState};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::task::JoinHandle;

/// A pipeline and the task that supervises it.
pub(super) struct Entry {
    pub(super) run: Arc<Run>,
    /// `None` for one that had ended before the engine started, or is being taken down.
    pub(super) task: Option<JoinHandle<()>>,
}

/// The pipelines by key. Locked for moments only, never across an await.
#[derive(Default)]
pub(super) struct Table {
    entries: Mutex<BTreeMap<PipelineKey, Entry>>,
}

impl Table {
    /// Looks at the entries or changes them.
    pub(super) fn with<T>(&self, look: impl FnOnce(&mut BTreeMap<PipelineKey, Entry>) -> T) -> T {
        look(&mut self.entries.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Returns what is shared by a pipeline's tasks.
    pub(super) fn get(&self, key: &PipelineKey) -> Result<Arc<Run>, EngineError> {
        self.with(|entries| entries.get(key).map(|entry| entry.run.clone())).ok_or_else(|| EngineError::NotFound { key: key.clone() })
    }

    /// Checks that a new pipeline has a free key. Who owns the old one decides what is said.
    pub(super) fn check_free(&self, key: &PipelineKey, owner: &str) -> Result<(), EngineError> {
        let existing = self.with(|entries| entries.get(key).map(|entry| entry.run.status.borrow().owner.clone()));
        match existing {
            None => Ok(()),
            Some(existing) if existing == owner => Err(EngineError::AlreadyExists { key: key.clone() }),
            Some(_) => Err(EngineError::NotOwned { key: key.clone() }),
        }
    }

    /// Returns the pipeline that has to go to make room: the oldest ended one that is no job's. Fails if there is none.
    pub(super) fn to_evict(&self, limit: usize) -> Result<Option<PipelineKey>, EngineError> {
        self.with(|entries| {
            if entries.len() < limit {
                return Ok(None);
            }
            let ended = entries.iter().filter_map(|(key, entry)| {
                let status = entry.run.status.borrow();
                let ended = matches!(status.state, PipelineState::Complete { .. } | PipelineState::Failed { .. });
                (ended && status.job.is_none()).then(|| (status.accepted_at, key.clone()))
            });
            ended.min().map(|(_, key)| Some(key)).ok_or(EngineError::TooManyPipelines { limit })
        })
    }
}
