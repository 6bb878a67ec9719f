//! The way of payloads out of a pipeline.
//!
//! Stages give payloads to the [`Outlet`]: it publishes them on the engine's bus and queues them for each target that carries their kind. A
//! target is a task with its own queue, so that one that is slow or away does not keep payloads from the others. A pipeline that loses nothing
//! waits for room in the queue, a live one drops the oldest payload and counts it.

mod spool;
mod target;

use super::{
    message::result_message,
    open::open_communication,
    receipt::Receipt,
    run::{store_failed, Run},
};
use crate::{
    limits::PAYLOAD_CAPACITY,
    queue::{queue, Closed, Sender},
    TargetStatus,
};
use neurite_config::{CommunicationSpec, PipelineDocument};
use neurite_core::{BusMessage, Communication, PayloadKind, PluginError};
use serde_json::Value;
use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use target::Target;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// A payload on its way to a target.
struct Outgoing {
    message: Arc<BusMessage>,
    /// Lets go when the payload is settled.
    receipt: Receipt,
}

/// The way to one target.
struct Lane {
    name: String,
    spec: CommunicationSpec,
    queue: Sender<Outgoing>,
    /// Tells the target that nobody wants it any more, and nothing that it cannot hand over at once.
    removed: CancellationToken,
}

/// Where stages put their payloads; all clones are the same outlet.
#[derive(Clone)]
pub(crate) struct Outlet {
    run: Arc<Run>,
    lanes: Arc<Mutex<Arc<[Lane]>>>,
}

impl Outlet {
    /// Publishes a payload and queues it for the targets that carry its kind. Waits for room, or lets the oldest go, as the pipeline's policy is.
    pub(super) async fn emit(&self, message: BusMessage, receipt: &Receipt) {
        self.run.parts.bus.publish(&message.origin, &message.payload);
        let message = Arc::new(message);
        let lanes = self.lanes().clone();
        for lane in lanes.iter().filter(|lane| lane.spec.carries(message.payload.kind)) {
            let outgoing = Outgoing { message: message.clone(), receipt: receipt.clone() };
            match lane.queue.send(outgoing).await {
                Ok(None) => {}
                Ok(Some(_)) | Err(Closed) => self.run.update_target(&lane.name, |target| target.dropped += 1),
            }
        }
    }

    fn lanes(&self) -> MutexGuard<'_, Arc<[Lane]>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The targets of a pipeline.
pub(crate) struct Delivery {
    outlet: Outlet,
    tasks: JoinSet<()>,
}

/// Targets that are open but not in use.
pub(super) struct OpenTargets(Vec<(String, CommunicationSpec, Arc<dyn Communication>)>);

impl Delivery {
    /// Makes a delivery without targets.
    pub(super) fn new(run: Arc<Run>) -> Self {
        Self { outlet: Outlet { run, lanes: Arc::new(Mutex::new(Arc::from([]))) }, tasks: JoinSet::new() }
    }

    pub(super) fn outlet(&self) -> &Outlet {
        &self.outlet
    }

    /// Opens the targets of a document that are not in use yet. Changes nothing.
    pub(super) async fn open(&self, document: &PipelineDocument) -> Result<OpenTargets, PluginError> {
        let run = &self.outlet.run;
        let in_use: BTreeSet<String> = self.outlet.lanes().iter().map(|lane| lane.name.clone()).collect();
        let mut opened = Vec::new();
        for (name, spec) in named_targets(run, document).into_iter().filter(|(name, _)| !in_use.contains(name)) {
            let sink = open_communication(run.clone(), spec.plugin.clone()).await?;
            opened.push((name, spec, sink));
        }
        Ok(OpenTargets(opened))
    }

    /// Uses the targets of a document: those that are in use go on, those that were opened begin with what lies on disk for them, the others
    /// hand over what they can and end, and what lies on disk for them is dropped.
    pub(super) async fn switch(&mut self, document: &PipelineDocument, opened: OpenTargets) -> Result<(), PluginError> {
        let run = self.outlet.run.clone();
        let wanted = named_targets(&run, document);
        self.end_unwanted(&wanted).await?;
        let mut fresh = opened.0;
        let before = self.outlet.lanes().clone();
        let mut lanes = Vec::new();
        for (name, spec) in wanted {
            if let Some(lane) = before.iter().find(|lane| lane.name == name) {
                lanes.push(Lane { name, spec, queue: lane.queue.clone(), removed: lane.removed.clone() });
            } else if let Some(at) = fresh.iter().position(|(opened, ..)| *opened == name) {
                let (_, _, sink) = fresh.swap_remove(at);
                lanes.push(self.begin(name, spec, sink).await?);
            }
        }
        *self.outlet.lanes() = lanes.into();
        Ok(())
    }

    async fn begin(&mut self, name: String, spec: CommunicationSpec, sink: Arc<dyn Communication>) -> Result<Lane, PluginError> {
        let run = self.outlet.run.clone();
        let status = TargetStatus::new(name.clone(), spec.plugin.signature.clone());
        run.status.send_modify(|pipeline| pipeline.add_target(status));
        let (sender, receiver) = queue(PAYLOAD_CAPACITY, run.policy());
        let removed = CancellationToken::new();
        let target = Target::open(run, name.clone(), sink, receiver, removed.clone()).await.map_err(store_failed)?;
        self.tasks.spawn(target.work());
        Ok(Lane { name, spec, queue: sender, removed })
    }

    /// Ends targets that are not wanted, and drops what lies on disk for any such.
    async fn end_unwanted(&mut self, wanted: &[(String, CommunicationSpec)]) -> Result<(), PluginError> {
        let run = self.outlet.run.clone();
        let wanted: BTreeSet<String> = wanted.iter().map(|(name, _)| name.clone()).collect();
        self.outlet.lanes().iter().filter(|lane| !wanted.contains(&lane.name)).for_each(|lane| lane.removed.cancel());
        let unwanted = run.with_store(move |store, key| {
            let found = store.spooled_targets(key)?;
            let mut dropped = 0;
            for target in found.difference(&wanted) {
                dropped += store.clear_target(key, target)?;
            }
            Ok(dropped)
        });
        let dropped = unwanted.await.map_err(store_failed)?;
        if dropped > 0 {
            tracing::warn!(pipeline = %run.key, dropped, "payloads for a former target dropped");
            run.status.send_modify(|status| status.payloads_dropped += dropped as u64);
        }
        Ok(())
    }

    /// Waits until all payloads are handed over, or lie on disk when the engine shuts down.
    pub(super) async fn finish(mut self) {
        *self.outlet.lanes() = Arc::from([]);
        while self.tasks.join_next().await.is_some() {}
    }
}

/// Sends the result of a complete pipeline once more to all targets that carry results; fails if one of them did not get it.
pub(crate) async fn send_result(run: &Arc<Run>, result: &Value) -> Result<(), PluginError> {
    let message = result_message(run, result)?;
    run.parts.bus.publish(&message.origin, &message.payload);
    for (name, spec) in named_targets(run, &run.document()).into_iter().filter(|(_, spec)| spec.carries(PayloadKind::Result)) {
        let sink = open_communication(run.clone(), spec.plugin).await?;
        let sent = run.retry(|| sink.send(&message.origin, &message.payload)).await;
        run.update_target(&name, |target| *(if sent.is_ok() { &mut target.sent } else { &mut target.dropped }) += 1);
        sent?;
    }
    Ok(())
}

/// Returns the targets of a document with names that stay the same as long as plugin and parameters do.
fn named_targets(run: &Run, document: &PipelineDocument) -> Vec<(String, CommunicationSpec)> {
    let own = || vec![CommunicationSpec::all(run.parts.communication.clone())];
    let specs = if document.communication.is_empty() { own() } else { document.communication.clone() };
    let mut named: Vec<(String, CommunicationSpec)> = Vec::new();
    for spec in specs {
        let parameters = blake3::hash(&run.parts.canonical.canonical(&spec.plugin.parameters));
        let name = format!("{}-{}", spec.plugin.signature, hex::encode(&parameters.as_bytes()[..8]));
        let doubles = named.iter().filter(|(other, _)| other.starts_with(&name)).count();
        named.push((if doubles == 0 { name } else { format!("{name}-{doubles}") }, spec));
    }
    named
}
