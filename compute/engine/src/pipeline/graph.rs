//! From the document to open plugins, positioned at the last checkpoint.

use super::Run;
use crate::store::{Checkpoint, StageCheckpoint};
use neurite_config::{InstanceSpec, PipelineDocument, PluginSpec};
use neurite_core::{Acquisition, Bookmark, Business, Communication, PluginError, Serving};
use std::sync::Arc;

/// The open plugins of a pipeline.
pub(super) struct Graph {
    pub(super) acquisition: Box<dyn Acquisition>,
    /// Rows of the shard before the first that any stage still needs.
    pub(super) position: u64,
    pub(super) stages: Vec<Stage>,
    pub(super) communication: Arc<dyn Communication>,
}

/// One business instance with its model.
pub(super) struct Stage {
    pub(super) index: usize,
    pub(super) spec: InstanceSpec,
    pub(super) model: Option<Arc<dyn Serving>>,
    pub(super) business: Box<dyn Business>,
    /// Rows of the shard that it has processed.
    pub(super) position: u64,
}

/// Opens everything that the document names. For a thread that may block.
pub(super) async fn build(run: &Run, checkpoint: &Checkpoint) -> Result<Graph, PluginError> {
    let mut stages = Vec::new();
    for (index, spec) in run.document.instances.iter().enumerate() {
        let saved = checkpoint.stages.get(index).cloned().unwrap_or_default();
        stages.push(open_stage(run, index, spec, saved).await?);
    }
    let position = stages.iter().map(|stage| stage.position).min().unwrap_or(0);
    let acquisition = open_acquisition(run, position).await?;
    let communication = open_communication(run, &run.document).await?;
    Ok(Graph { acquisition, position, stages, communication })
}

/// Opens the source, so that it goes on after the first `position` rows of the shard.
pub(super) async fn open_acquisition(run: &Run, position: u64) -> Result<Box<dyn Acquisition>, PluginError> {
    let PluginSpec { signature, parameters } = &run.document.acquisition.plugin;
    let context = run.context(signature, "");
    let open = || run.parts.registry.open::<Box<dyn Acquisition>>(signature, parameters.clone(), &context);
    let mut acquisition = run.retry(open).await?;
    if position > 0 {
        acquisition.seek(&Bookmark::at(position)).await?;
    }
    Ok(acquisition)
}

/// Opens where payloads go: what the document says, or else what the node says.
pub(crate) async fn open_communication(run: &Run, document: &PipelineDocument) -> Result<Arc<dyn Communication>, PluginError> {
    let PluginSpec { signature, parameters } = document.communication.as_ref().unwrap_or(&run.parts.communication);
    let context = run.context(signature, "");
    run.retry(|| run.parts.registry.open::<Arc<dyn Communication>>(signature, parameters.clone(), &context)).await
}

async fn open_stage(run: &Run, index: usize, spec: &InstanceSpec, saved: StageCheckpoint) -> Result<Stage, PluginError> {
    let mut model = None;
    if let Some(PluginSpec { signature, parameters }) = &spec.model {
        let context = run.context(signature, &spec.id);
        let open = || run.parts.registry.open::<Arc<dyn Serving>>(signature, parameters.clone(), &context);
        model = Some(run.retry(open).await?);
    }
    let PluginSpec { signature, parameters } = &spec.plugin;
    let context = run.context(signature, &spec.id);
    let open = || run.parts.registry.open::<Box<dyn Business>>(signature, parameters.clone(), &context);
    let mut business = run.retry(open).await?;
    if let Some(state) = saved.state {
        business.restore(state)?;
    }
    Ok(Stage { index, spec: spec.clone(), model, business, position: saved.position })
}
