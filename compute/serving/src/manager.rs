//! All models of an engine.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{
    config::{ModelSpec, ServingConfig, STOP_GRACE},
    error::ServingError,
    handle::{ModelHandle, ModelHealth},
    model::Model,
};

/// Starts, shares and ends the serving processes of an engine; clones are the same manager.
///
/// It needs a Tokio runtime with IO and time enabled. Dropping the last clone and the last [`ModelHandle`] ends all processes.
#[derive(Debug, Clone)]
pub struct ServingManager {
    config: Arc<ServingConfig>,
    models: Arc<Mutex<Models>>,
}

#[derive(Debug, Default)]
struct Models {
    by_spec: HashMap<ModelSpec, Arc<Model>>,
    closed: bool,
}

impl ServingManager {
    /// Makes a manager without models.
    pub fn new(config: ServingConfig) -> Self {
        Self { config: Arc::new(config), models: Arc::default() }
    }

    /// Returns access to a model, starting its process if it does not run. Cancel-safe.
    ///
    /// # Errors
    /// [`ServingError::ModelInvalid`] if the model cannot be loaded; the other errors of a start; [`ServingError::TooManyModels`] if
    /// the limit of models is reached and each of them has users.
    pub async fn model(&self, mut spec: ModelSpec) -> Result<ModelHandle, ServingError> {
        // A missing file keeps its name: its process reports it.
        if let Ok(path) = tokio::fs::canonicalize(&spec.path).await {
            spec.path = path;
        }
        let model = self.register(spec)?;
        model.ready().await?;
        Ok(ModelHandle::new(model))
    }

    /// Returns the health of every model that is held, ordered by path.
    pub fn health(&self) -> Vec<ModelHealth> {
        let mut health: Vec<ModelHealth> = self.lock().by_spec.values().map(|model| model.health()).collect();
        health.sort_by(|left, right| left.path.cmp(&right.path));
        health
    }

    /// Ends all processes and refuses further requests; those in flight are still answered for a moment.
    pub async fn shutdown(&self) {
        let models: Vec<Arc<Model>> = {
            let mut models = self.lock();
            models.closed = true;
            models.by_spec.drain().map(|(_, model)| model).collect()
        };
        let ending: Vec<_> = models.iter().filter_map(|model| model.close()).collect();
        for connection in ending {
            if connection.process().ended(STOP_GRACE).await.is_none() {
                connection.process().kill();
            }
        }
    }

    fn register(&self, spec: ModelSpec) -> Result<Arc<Model>, ServingError> {
        let mut models = self.lock();
        if models.closed {
            return Err(ServingError::ShuttingDown);
        }
        if let Some(model) = models.by_spec.get(&spec) {
            return Ok(Arc::clone(model));
        }
        let limit = self.config.max_models;
        if models.by_spec.len() >= limit {
            models.by_spec.retain(|_, model| Arc::strong_count(model) > 1);
        }
        if models.by_spec.len() >= limit {
            return Err(ServingError::TooManyModels { limit });
        }
        let model = Arc::new(Model::new(spec.clone(), Arc::clone(&self.config)));
        models.by_spec.insert(spec, Arc::clone(&model));
        Ok(model)
    }

    /// A panic while the lock was held would be a fault of this crate, but must not take the engine with it.
    fn lock(&self) -> MutexGuard<'_, Models> {
        self.models.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
