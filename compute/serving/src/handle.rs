//! What users of a model hold, and what they can learn about it.

use std::{path::PathBuf, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::{
    config::Batching,
    error::ServingError,
    execution::Execution,
    model::Model,
    tensor::{ModelDescription, Tensor, TensorView},
};

/// What a model's process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ModelState {
    /// There is none; the next request starts it.
    Stopped,
    /// It loads the model.
    Starting,
    /// It takes requests.
    Running,
    /// It died or did not come up; the next request starts it after the back-off.
    BackingOff,
    /// The model was refused; nothing is started until its file changes.
    Invalid,
}

/// What there is to know about a model that is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelHealth {
    /// The model's file.
    pub path: PathBuf,
    /// What its process does.
    pub state: ModelState,
    /// The process, while it runs.
    pub pid: Option<u32>,
    /// What executes the model, and why it is not what was asked for first; `None` until it was loaded once.
    pub execution: Option<Execution>,
    /// The process's memory in use, in bytes, without that shared with the engine.
    pub resident_bytes: Option<u64>,
    /// The most bytes of memory of its own that the process may have.
    pub memory_limit: Option<u64>,
    /// How often the process was started again after it had died.
    pub restarts: u64,
    /// The requests ever sent to a process; a joint one counts once.
    pub requests: u64,
    /// Those of them that ended in an error.
    pub failures: u64,
    /// The requests of users that were answered as parts of joint ones.
    pub joined: u64,
    /// The requests that the process has now.
    pub in_flight: usize,
}

/// Access to a model; clones share its process.
#[derive(Debug, Clone)]
pub struct ModelHandle {
    model: Arc<Model>,
    batching: Option<Batching>,
}

impl ModelHandle {
    pub(crate) fn new(model: Arc<Model>) -> Self {
        Self { model, batching: None }
    }

    /// Lets the requests of this handle be joined with those of others that allow it; of their limits, the least hold. Only for models that
    /// answer each row independently of the others.
    pub fn joining(self, batching: Batching) -> Self {
        Self { batching: Some(batching), ..self }
    }

    /// Runs the model. Cancel-safe: a dropped request runs to its end without effect.
    pub async fn infer(&self, inputs: Vec<Tensor>) -> Result<Vec<Tensor>, ServingError> {
        self.infer_borrowed(&inputs).await
    }

    /// Runs the model on tensors that stay with the caller; their only copy is the one into shared memory.
    pub async fn infer_borrowed(&self, inputs: &[Tensor]) -> Result<Vec<Tensor>, ServingError> {
        let views: Vec<TensorView<'_>> = inputs.iter().map(Tensor::view).collect();
        self.infer_views(&views).await
    }

    /// Runs the model on tensors whose parts lie wherever the caller has them; their only copy is the one into shared memory.
    pub async fn infer_views(&self, inputs: &[TensorView<'_>]) -> Result<Vec<Tensor>, ServingError> {
        match self.batching {
            Some(batching) => self.model.infer_joined(inputs, batching).await,
            None => self.model.infer(inputs).await,
        }
    }

    /// Returns what the model takes and gives, and what executes it.
    pub fn describe(&self) -> ModelDescription {
        self.model.description()
    }

    /// Returns the model's health.
    pub fn health(&self) -> ModelHealth {
        self.model.health()
    }
}
