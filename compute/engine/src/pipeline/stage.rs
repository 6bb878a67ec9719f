//! The task of one business instance with its model.

use super::{
    delivery::Outlet,
    ids::payload_id,
    intake::{intakes, Intake, Intakes},
    message::message,
    open::Stage,
    pump::Feed,
    receipt::{receipt, Receipt, Settled},
    Run,
};
use crate::{queue::Receiver, store::StageCheckpoint, StageName};
use futures::StreamExt;
use neurite_core::{bounds::MAX_STATE_BYTES, Batch, Field, Input, Outbox, PluginError};
use serde_json::Value;
use std::{
    sync::{
        atomic::{AtomicU64, Ordering},
        Arc,
    },
    time::Duration,
};
use tokio::sync::mpsc;

/// What a stage tells the supervisor.
pub(super) enum Event {
    /// A state whose payloads are all settled.
    Checkpoint(StageCheckpoint),
    /// All rows were processed and the payloads settled.
    Finished { stage: StageName, result: Option<Value> },
}

/// What leaves a stage.
pub(super) struct Channels {
    pub(super) events: mpsc::Sender<Event>,
    pub(super) outlet: Outlet,
    /// How many payloads left the stage, also for who comes after it if it fails.
    pub(super) emitted: Arc<AtomicU64>,
}

/// A stage at work.
struct Worker {
    run: Arc<Run>,
    name: StageName,
    stage: Stage,
    intakes: Intakes,
    channels: Channels,
    outbox: Outbox,
    /// Given to every payload since the last checkpoint was made.
    receipt: Receipt,
    settled: Settled,
    /// The last checkpoint and what it waits for; the next one is made when it is stored.
    unsettled: Option<(StageCheckpoint, Settled)>,
    /// When the last checkpoint was made.
    saved_at: Duration,
}

/// Processes what is fed, until the end or an interruption. Returns an interrupted stage, so that it can go on.
pub(super) async fn work(run: Arc<Run>, stage: Stage, feed: Receiver<Feed>, channels: Channels) -> Result<Option<Stage>, PluginError> {
    let (receipt, settled) = receipt();
    let (name, saved_at) = (StageName::of(&stage.spec), run.now());
    let intakes = intakes(run.clone(), stage.model.clone(), feed, stage.bookmark.rows);
    let mut worker = Worker { run, name, stage, intakes, channels, outbox: Outbox::default(), receipt, settled, unsettled: None, saved_at };
    loop {
        match worker.next().await.transpose()? {
            Some(Intake::Batch(batch, inference)) => worker.handle_batch(&batch, &inference).await?,
            Some(Intake::End) => return worker.handle_end().await.map(|()| None),
            None => return worker.handle_interruption().await.map(Some),
        }
    }
}

impl Worker {
    /// Returns what comes in next, and passes checkpoints on as soon as they are settled.
    async fn next(&mut self) -> Option<Result<Intake, PluginError>> {
        while let Some((_, settled)) = &mut self.unsettled {
            tokio::select! {
                biased;
                () = settled.wait() => self.pass_checkpoint_on().await,
                item = self.intakes.next() => return item,
            }
        }
        self.intakes.next().await
    }

    async fn handle_batch(&mut self, batch: &Batch, inference: &[Field]) -> Result<(), PluginError> {
        let began = self.run.now();
        self.stage.business.process(Input { batch, inference }, &mut self.outbox).await?;
        let took = self.run.now().saturating_sub(began);
        self.stage.bookmark = batch.bookmark();
        let payloads = self.send_payloads().await?;
        self.run.update_stage(&self.name, |status| {
            status.done = batch.end();
            status.rows_in += batch.rows() as u64;
            status.payloads_out += payloads;
            status.latency.record(took);
        });
        self.save_if_due().await
    }

    async fn handle_end(mut self) -> Result<(), PluginError> {
        let result = self.stage.business.finish(&mut self.outbox)?;
        let payloads = self.send_payloads().await?;
        self.run.update_stage(&self.name, |status| status.payloads_out += payloads);
        self.settle().await;
        tell(&self.channels.events, Event::Finished { stage: self.name, result }).await;
        Ok(())
    }

    async fn handle_interruption(mut self) -> Result<Stage, PluginError> {
        let saved = self.checkpoint()?;
        self.settle().await;
        tell(&self.channels.events, Event::Checkpoint(saved)).await;
        Ok(self.stage)
    }

    /// Waits until every payload is settled.
    async fn settle(&mut self) {
        if let Some((_, mut settled)) = self.unsettled.take() {
            settled.wait().await;
        }
        self.renew_receipt().wait().await;
    }

    /// Makes a checkpoint after the interval, unless the last one still waits for its payloads.
    async fn save_if_due(&mut self) -> Result<(), PluginError> {
        let due = self.run.now().saturating_sub(self.saved_at) >= self.run.parts.limits.checkpoint_interval;
        if due && self.unsettled.is_none() {
            let saved = self.checkpoint()?;
            self.saved_at = self.run.now();
            self.unsettled = Some((saved, self.renew_receipt()));
        }
        Ok(())
    }

    async fn pass_checkpoint_on(&mut self) {
        if let Some((saved, _)) = self.unsettled.take() {
            tell(&self.channels.events, Event::Checkpoint(saved)).await;
        }
    }

    /// Begins a new time; returns what waits for the payloads of the old one.
    fn renew_receipt(&mut self) -> Settled {
        let (next, settled) = receipt();
        self.receipt = next;
        std::mem::replace(&mut self.settled, settled)
    }

    fn checkpoint(&self) -> Result<StageCheckpoint, PluginError> {
        let state = self.stage.business.snapshot()?;
        let model = self.stage.model.as_ref().map_or(Ok(Value::Null), |model| model.snapshot())?;
        for value in [&state, &model] {
            let size = serde_json::to_vec(value).map_or(usize::MAX, |text| text.len());
            if size > MAX_STATE_BYTES {
                return Err(PluginError::resources(format!("state of instance {} takes {size} bytes", self.name.instance)));
            }
        }
        let Stage { bookmark, payloads, lineage, .. } = &self.stage;
        let fresh = StageCheckpoint::fresh(self.name.clone(), bookmark.clone(), lineage.clone());
        Ok(StageCheckpoint { state: Some(state), model, payloads: *payloads, ..fresh })
    }

    /// Gives payloads their ids and passes them on; waits for room where nothing may be lost. Returns how many there were.
    async fn send_payloads(&mut self) -> Result<u64, PluginError> {
        let payloads = self.outbox.take();
        let count = payloads.len() as u64;
        for payload in payloads {
            self.stage.payloads += 1;
            self.channels.emitted.fetch_max(self.stage.payloads, Ordering::Relaxed);
            let id = payload_id(&self.run, &self.name, &self.stage.lineage, self.stage.payloads);
            let message = message(&self.run, &self.name, payload, id)?;
            self.channels.outlet.emit(message, &self.receipt).await;
        }
        Ok(count)
    }
}

/// Tells the supervisor; one that is gone is about to abort this task.
async fn tell(events: &mpsc::Sender<Event>, event: Event) {
    let _ = events.send(event).await;
}
