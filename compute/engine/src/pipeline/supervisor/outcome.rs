//! How a pipeline ends, and what is still done for one that has ended.

use crate::{
    pipeline::{delivery::Delivery, message::result_message, receipt::receipt, run::store_failed, Run},
    store::Outcome,
    Commitment, Failure, PipelineState,
};
use neurite_core::PluginError;
use serde_json::Value;
use std::sync::Arc;

/// Keeps the result with its commitment.
pub(super) async fn handle_complete(run: &Run, result: Value) -> Result<PipelineState, PluginError> {
    // Refuses a result that could never be sent.
    result_message(run, &result)?;
    let commitment = Commitment(*blake3::hash(&run.parts.canonical.canonical(&result)).as_bytes());
    let outcome = Outcome::Complete { result: result.clone(), commitment, rows: run.status.borrow().done };
    run.with_store(move |store, key| store.finish(key, outcome)).await.map_err(store_failed)?;
    Ok(PipelineState::Complete { result, commitment })
}

/// Keeps the failure. If even that fails, the pipeline runs again after a restart.
pub(super) async fn handle_failure(run: &Run, error: PluginError) -> PipelineState {
    tracing::warn!(pipeline = %run.key, class = %error.class(), %error, "pipeline failed");
    let failure = Failure::from(error);
    let outcome = Outcome::Failed { failure: failure.clone() };
    if let Err(error) = run.with_store(move |store, key| store.finish(key, outcome)).await {
        tracing::error!(pipeline = %run.key, %error, "failure not stored");
    }
    PipelineState::Failed { failure }
}

/// Sends the result behind all other payloads.
pub(super) async fn send_result_last(run: &Run, delivery: &Delivery, result: &Value) {
    match result_message(run, result) {
        Ok(message) => {
            let (receipt, _) = receipt();
            delivery.outlet().emit(message, &receipt).await;
        }
        Err(error) => tracing::warn!(pipeline = %run.key, %error, "result not sent"),
    }
}

/// Hands over what lies on disk for the targets of a pipeline that has ended.
pub(crate) async fn deliver_rest(run: Arc<Run>) {
    let mut delivery = Delivery::new(run.clone());
    let document = run.document();
    let begun = async {
        let targets = delivery.open(&document).await?;
        delivery.switch(&document, targets).await
    };
    if let Err(error) = begun.await {
        tracing::warn!(pipeline = %run.key, %error, "payloads on disk are not handed over");
    }
    delivery.finish().await;
}

pub(super) fn state_name(state: &PipelineState) -> &'static str {
    match state {
        PipelineState::Starting => "starting",
        PipelineState::Running => "running",
        PipelineState::Resting => "resting",
        PipelineState::Complete { .. } => "complete",
        PipelineState::Failed { .. } => "failed",
    }
}
