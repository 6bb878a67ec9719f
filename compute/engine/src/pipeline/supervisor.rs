//! Starts the tasks of a pipeline, follows them and ends them.

use super::{
    delivery::{deliver, Outgoing},
    graph::{build, Graph},
    message::result_message,
    pump::{pump, Source},
    stage::{work, Channels, Event},
    Run,
};
use crate::{
    limits::{EVENT_CAPACITY, FEED_CAPACITY, PAYLOAD_CAPACITY},
    store::{Checkpoint, Outcome, Store},
    Commitment, EngineError, PipelineState,
};
use neurite_core::PluginError;
use serde_json::{Map, Value};
use std::sync::Arc;
use tokio::{
    runtime::Handle,
    sync::mpsc,
    task::{JoinError, JoinSet},
};

/// What is left when all stages have ended.
struct Ended {
    /// The result, or `None` if the pipeline was drained.
    result: Option<Value>,
    /// Sends what stages left behind.
    delivery: JoinSet<()>,
}

/// Runs a pipeline to its end and keeps how it ended.
pub(crate) async fn supervise(run: Arc<Run>) {
    let mut delivery = JoinSet::new();
    let state = match execute(&run).await {
        Ok(ended) => {
            delivery = ended.delivery;
            match ended.result {
                Some(result) => handle_complete(&run, result).await,
                None => Ok(PipelineState::Resting),
            }
        }
        Err(error) => Err(error),
    };
    let state = match state {
        Ok(state) => state,
        Err(error) => handle_failure(&run, error).await,
    };
    tracing::info!(pipeline = %run.key, state = state_name(&state), "pipeline ended");
    let result = match &state {
        PipelineState::Complete { result, .. } => Some(result.clone()),
        _ => None,
    };
    run.status.send_modify(|status| status.state = state);
    while delivery.join_next().await.is_some() {}
    if let Some(result) = result {
        publish(&run, &result).await;
    }
}

/// Runs the tasks until all stages have ended.
async fn execute(run: &Arc<Run>) -> Result<Ended, PluginError> {
    let checkpoint = with_store(run, |store, run| store.load_checkpoint(&run.key)).await?.unwrap_or_default();
    let (graph, checkpoint) = open(run.clone(), checkpoint).await?;
    run.status.send_modify(|status| {
        status.total = graph.acquisition.total();
        graph.stages.iter().for_each(|stage| status.advance(stage.index, stage.position));
        status.state = PipelineState::Running;
    });
    let mut results: Vec<Option<Option<Value>>> = vec![None; graph.stages.len()];
    let (payloads, outgoing) = mpsc::channel(PAYLOAD_CAPACITY);
    let mut delivery = JoinSet::new();
    delivery.spawn(deliver(run.clone(), graph.communication.clone(), outgoing));
    follow(run, graph, checkpoint, payloads, &mut results).await?;
    let finished: Option<Vec<Option<Value>>> = results.into_iter().collect();
    Ok(Ended { result: finished.map(|results| joined(run, results)), delivery })
}

/// Opens the plugins on a thread that may block.
async fn open(run: Arc<Run>, mut checkpoint: Checkpoint) -> Result<(Graph, Checkpoint), PluginError> {
    checkpoint.stages.resize_with(run.document.instances.len(), Default::default);
    let handle = Handle::current();
    let opening = tokio::task::spawn_blocking(move || {
        let graph = handle.block_on(build(&run, &checkpoint))?;
        Ok((graph, checkpoint))
    });
    opening.await.map_err(|error| ended_wrongly(&error))?
}

/// Runs pump and stages until all have ended, or one fails.
async fn follow(
    run: &Arc<Run>,
    graph: Graph,
    mut checkpoint: Checkpoint,
    payloads: mpsc::Sender<Outgoing>,
    results: &mut [Option<Option<Value>>],
) -> Result<(), PluginError> {
    let (sender, mut events) = mpsc::channel(EVENT_CAPACITY);
    let mut tasks = spawn(run, graph, sender, payloads);
    loop {
        tokio::select! {
            biased;
            Some(event) = events.recv() => handle_event(run, event, &mut checkpoint, results).await?,
            ended = tasks.join_next() => match ended {
                Some(ended) => ended.map_err(|error| ended_wrongly(&error))??,
                None => break,
            },
        }
    }
    while let Some(event) = events.recv().await {
        handle_event(run, event, &mut checkpoint, results).await?;
    }
    Ok(())
}

/// Starts the pump and the stages.
fn spawn(run: &Arc<Run>, graph: Graph, events: mpsc::Sender<Event>, payloads: mpsc::Sender<Outgoing>) -> JoinSet<Result<(), PluginError>> {
    let mut tasks = JoinSet::new();
    let mut feeds = Vec::new();
    for stage in graph.stages {
        let (feed_sender, feed) = mpsc::channel(FEED_CAPACITY);
        feeds.push(feed_sender);
        tasks.spawn(work(run.clone(), stage, Channels { feed, events: events.clone(), payloads: payloads.clone() }));
    }
    tasks.spawn(pump(run.clone(), Source { acquisition: graph.acquisition, position: graph.position }, feeds));
    tasks
}

async fn handle_event(
    run: &Arc<Run>,
    event: Event,
    checkpoint: &mut Checkpoint,
    results: &mut [Option<Option<Value>>],
) -> Result<(), PluginError> {
    match event {
        Event::Advanced { stage, position } => run.status.send_modify(|status| status.advance(stage, position)),
        Event::Finished { stage, result } => {
            if let Some(slot) = results.get_mut(stage) {
                *slot = Some(result);
            }
        }
        Event::Checkpoint { stage, position, state } => {
            if let Some(saved) = checkpoint.stages.get_mut(stage) {
                saved.position = position;
                saved.state = Some(state);
            }
            let checkpoint = checkpoint.clone();
            with_store(run, move |store, run| store.save_checkpoint(&run.key, &checkpoint)).await?;
        }
    }
    Ok(())
}

/// Keeps the result with its commitment.
async fn handle_complete(run: &Arc<Run>, result: Value) -> Result<PipelineState, PluginError> {
    // Refuses a result that could never be sent.
    result_message(&run.document, run.job.as_ref(), &result)?;
    let commitment = Commitment(*blake3::hash(&run.parts.canonical.canonical(&result)).as_bytes());
    let outcome = Outcome::Complete { result: result.clone(), commitment, rows: run.status.borrow().done };
    with_store(run, move |store, run| store.finish(&run.key, outcome)).await?;
    Ok(PipelineState::Complete { result, commitment })
}

/// Keeps the failure. If even that fails, the pipeline runs again after a restart.
async fn handle_failure(run: &Arc<Run>, error: PluginError) -> PipelineState {
    tracing::warn!(pipeline = %run.key, class = %error.class(), %error, "pipeline failed");
    let failure = crate::Failure::from(error);
    let outcome = Outcome::Failed { failure: failure.clone() };
    if let Err(error) = with_store(run, move |store, run| store.finish(&run.key, outcome)).await {
        tracing::error!(pipeline = %run.key, %error, "failure not stored");
    }
    PipelineState::Failed { failure }
}

async fn publish(run: &Arc<Run>, result: &Value) {
    let sent = async {
        let (origin, payload) = result_message(&run.document, run.job.as_ref(), result)?;
        let communication = super::open_communication(run, &run.document).await?;
        super::send(run, &*communication, &origin, &payload).await
    };
    if let Err(error) = sent.await {
        tracing::warn!(pipeline = %run.key, %error, "result not sent");
    }
}

/// Puts the stages' results together: that of the only one that has any, or all by `SIGNATURE/INSTANCE_ID`.
fn joined(run: &Run, results: Vec<Option<Value>>) -> Value {
    let named = run.document.instances.iter().zip(results);
    let mut named: Vec<(String, Value)> =
        named.filter_map(|(spec, result)| Some((format!("{}/{}", spec.plugin.signature, spec.id), result?))).collect();
    match named.pop() {
        Some((_, result)) if named.is_empty() => result,
        last => Value::Object(Map::from_iter(named.into_iter().chain(last))),
    }
}

/// Calls the store where it may block.
async fn with_store<T: Send + 'static>(
    run: &Arc<Run>,
    call: impl FnOnce(&Store, &Run) -> Result<T, EngineError> + Send + 'static,
) -> Result<T, PluginError> {
    let run = run.clone();
    let called = tokio::task::spawn_blocking(move || call(&run.store, &run)).await;
    called.map_err(|error| ended_wrongly(&error))?.map_err(|error| PluginError::resources(error.to_string()))
}

fn ended_wrongly(error: &JoinError) -> PluginError {
    PluginError::internal(if error.is_panic() { "a plugin panicked" } else { "a task was aborted" })
}

fn state_name(state: &PipelineState) -> &'static str {
    match state {
        PipelineState::Starting => "starting",
        PipelineState::Running => "running",
        PipelineState::Resting => "resting",
        PipelineState::Complete { .. } => "complete",
        PipelineState::Failed { .. } => "failed",
    }
}
