//! From the document to open plugins, as they were at the last checkpoint.

use super::Run;
use crate::store::StageCheckpoint;
use neurite_config::{InstanceSpec, PluginSpec};
use neurite_core::{Bookmark, Business, Communication, PluginError, Serving};
use std::{future::Future, sync::Arc};
use tokio::{runtime::Handle, task::JoinError};

/// A business instance with its model, open.
pub(super) struct Stage {
    pub(super) spec: InstanceSpec,
    pub(super) model: Option<Arc<dyn Serving>>,
    pub(super) business: Box<dyn Business>,
    /// The rows that it has processed.
    pub(super) bookmark: Bookmark,
    /// Payloads that it has left behind.
    pub(super) payloads: u64,
    /// What its payload ids begin with.
    pub(super) lineage: String,
}

/// Opens an instance as it was at its checkpoint.
pub(super) async fn open_stage(run: Arc<Run>, spec: InstanceSpec, saved: StageCheckpoint) -> Result<Stage, PluginError> {
    on_blocking_thread(async move {
        let model = open_model(&run, &spec, &saved).await?;
        let mut business = open_business(&run, &spec).await?;
        if let Some(state) = saved.state {
            match business.restore(state) {
                Err(_) if saved.foreign => business = open_business(&run, &spec).await?,
                restored => restored?,
            }
        }
        let StageCheckpoint { bookmark, payloads, lineage, .. } = saved;
        Ok(Stage { spec, model, business, bookmark, payloads, lineage })
    })
    .await
}

async fn open_business(run: &Run, spec: &InstanceSpec) -> Result<Box<dyn Business>, PluginError> {
    let PluginSpec { signature, parameters } = &spec.plugin;
    let context = run.context(signature, &spec.id);
    run.retry(|| run.parts.registry.open::<Box<dyn Business>>(signature, parameters.clone(), &context)).await
}

async fn open_model(run: &Run, spec: &InstanceSpec, saved: &StageCheckpoint) -> Result<Option<Arc<dyn Serving>>, PluginError> {
    let Some(PluginSpec { signature, parameters }) = &spec.model else { return Ok(None) };
    let context = run.context(signature, &spec.id);
    let open = || run.parts.registry.open::<Arc<dyn Serving>>(signature, parameters.clone(), &context);
    let model = run.retry(open).await?;
    match model.restore(saved.model.clone()) {
        Err(_) if saved.foreign => run.retry(open).await.map(Some),
        restored => restored.map(|()| Some(model)),
    }
}

/// Opens a target of payloads.
pub(crate) async fn open_communication(run: Arc<Run>, plugin: PluginSpec) -> Result<Arc<dyn Communication>, PluginError> {
    on_blocking_thread(async move {
        let PluginSpec { signature, parameters } = plugin;
        let context = run.context(&signature, "");
        run.retry(|| run.parts.registry.open::<Arc<dyn Communication>>(&signature, parameters.clone(), &context)).await
    })
    .await
}

/// Runs a future that may block where that hurts nobody.
pub(super) async fn on_blocking_thread<T: Send + 'static>(
    future: impl Future<Output = Result<T, PluginError>> + Send + 'static,
) -> Result<T, PluginError> {
    let handle = Handle::current();
    let done = tokio::task::spawn_blocking(move || handle.block_on(future)).await;
    done.map_err(|error| ended_wrongly(&error))?
}

/// Says why a task has no result.
pub(super) fn ended_wrongly(error: &JoinError) -> PluginError {
    PluginError::internal(if error.is_panic() { "a plugin panicked" } else { "a task was aborted" })
}
