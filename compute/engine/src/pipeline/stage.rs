//! The task of one business instance with its model.

use super::{
    delivery::Outgoing,
    graph::Stage,
    message::{message, origin},
    pump::Feed,
    Run,
};
use neurite_core::{bounds::MAX_STATE_BYTES, Batch, Input, Outbox, PluginError};
use serde_json::Value;
use std::{sync::Arc, time::Duration};
use tokio::sync::mpsc;

/// What a stage tells the supervisor.
pub(super) enum Event {
    /// More rows were processed.
    Advanced { stage: usize, position: u64 },
    /// The state after the rows processed so far.
    Checkpoint { stage: usize, position: u64, state: Value },
    /// All rows were processed.
    Finished { stage: usize, result: Option<Value> },
}

/// The channels of a stage.
pub(super) struct Channels {
    pub(super) feed: mpsc::Receiver<Feed>,
    pub(super) events: mpsc::Sender<Event>,
    pub(super) payloads: mpsc::Sender<Outgoing>,
}

/// A stage at work.
struct Worker {
    run: Arc<Run>,
    stage: Stage,
    events: mpsc::Sender<Event>,
    payloads: mpsc::Sender<Outgoing>,
    outbox: Outbox,
    /// When the last checkpoint was made.
    saved_at: Duration,
}

/// Processes what is fed, until the end or an interruption.
pub(super) async fn work(run: Arc<Run>, stage: Stage, channels: Channels) -> Result<(), PluginError> {
    let Channels { mut feed, events, payloads } = channels;
    let mut worker = Worker { saved_at: run.now(), run, stage, events, payloads, outbox: Outbox::default() };
    while let Some(item) = feed.recv().await {
        match item {
            Feed::Batch(batch) => worker.handle_batch(&batch).await?,
            Feed::End => return worker.handle_end().await,
        }
    }
    worker.save().await
}

impl Worker {
    async fn handle_batch(&mut self, batch: &Batch) -> Result<(), PluginError> {
        if batch.end() <= self.stage.position {
            // Fed for another stage that is behind this one.
            return Ok(());
        }
        if batch.start() != self.stage.position {
            let position = self.stage.position;
            return Err(PluginError::internal(format!("batch begins at row {} instead of {position}", batch.start())));
        }
        let inference = match &self.stage.model {
            Some(model) => self.run.retry(|| model.infer(batch)).await?,
            None => Vec::new(),
        };
        self.stage.business.process(Input { batch, inference: &inference }, &mut self.outbox).await?;
        self.stage.position = batch.end();
        self.send_payloads()?;
        tell(&self.events, Event::Advanced { stage: self.stage.index, position: self.stage.position }).await;
        if self.run.now().saturating_sub(self.saved_at) >= self.run.parts.limits.checkpoint_interval {
            self.save().await?;
        }
        Ok(())
    }

    async fn handle_end(mut self) -> Result<(), PluginError> {
        let result = self.stage.business.finish(&mut self.outbox)?;
        self.send_payloads()?;
        tell(&self.events, Event::Finished { stage: self.stage.index, result }).await;
        Ok(())
    }

    async fn save(&mut self) -> Result<(), PluginError> {
        let state = self.stage.business.snapshot()?;
        let size = serde_json::to_vec(&state).map_or(usize::MAX, |text| text.len());
        if size > MAX_STATE_BYTES {
            return Err(PluginError::resources(format!("state of instance {} takes {size} bytes", self.stage.spec.id)));
        }
        self.saved_at = self.run.now();
        tell(&self.events, Event::Checkpoint { stage: self.stage.index, position: self.stage.position, state }).await;
        Ok(())
    }

    /// Passes payloads on without waiting: work does not depend on a broker.
    fn send_payloads(&mut self) -> Result<(), PluginError> {
        for payload in self.outbox.take() {
            let payload = message(self.run.job.as_ref(), payload)?;
            let outgoing = Outgoing { origin: origin(&self.run.document, &self.stage.spec), payload };
            if self.payloads.try_send(outgoing).is_err() {
                self.run.status.send_modify(|status| status.payloads_dropped += 1);
            }
        }
        Ok(())
    }
}

/// Tells the supervisor; one that is gone is about to abort this task.
async fn tell(events: &mpsc::Sender<Event>, event: Event) {
    let _ = events.send(event).await;
}
