//! The task that hands payloads to the communication plugin.

use super::Run;
use neurite_core::{Communication, Origin, Payload, PluginError};
use std::sync::Arc;
use tokio::sync::mpsc;

/// A payload on its way out.
pub(super) struct Outgoing {
    pub(super) origin: Origin,
    pub(super) payload: Payload,
}

/// Sends payloads in order until all senders are gone. One that cannot be sent is dropped and counted.
pub(super) async fn deliver(run: Arc<Run>, communication: Arc<dyn Communication>, mut payloads: mpsc::Receiver<Outgoing>) {
    while let Some(Outgoing { origin, payload }) = payloads.recv().await {
        if let Err(error) = send(&run, &*communication, &origin, &payload).await {
            tracing::warn!(pipeline = %run.key, %error, "payload dropped");
        }
    }
}

/// Sends a payload, again after transient failures, and counts what became of it.
pub(crate) async fn send(run: &Run, communication: &dyn Communication, origin: &Origin, payload: &Payload) -> Result<(), PluginError> {
    let sent = run.retry(|| communication.send(origin, payload)).await;
    run.status.send_modify(|status| match sent {
        Ok(()) => status.payloads_sent += 1,
        Err(_) => status.payloads_dropped += 1,
    });
    sent
}
