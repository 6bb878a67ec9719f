//! Starts the tasks of a pipeline, follows them and ends them.

mod isolation;
mod outcome;
mod slot;
mod update;

pub(crate) use outcome::deliver_rest;
pub(crate) use update::{ask, Update};

use super::{
    delivery::Delivery,
    open::{ended_wrongly, open_stage, Stage},
    pump::{Command, Lane, Pump},
    run::store_failed,
    source::{Source, SourceKind},
    stage::{work, Channels, Event},
    Run,
};
use crate::{
    limits::{COMMAND_CAPACITY, EVENT_CAPACITY, FEED_CAPACITY},
    queue::queue,
    store::{Checkpoint, StageCheckpoint},
    PipelineState, StageName, StageState,
};
use neurite_config::InstanceSpec;
use neurite_core::{Bookmark, PluginError};
use outcome::{handle_complete, handle_failure, send_result_last, state_name};
use serde_json::Value;
use slot::{joined, Phase, Slot};
use std::{collections::HashMap, future::Future, sync::Arc};
use tokio::{
    sync::mpsc,
    task::{Id, JoinError, JoinSet},
};

/// What a task leaves behind.
enum Done {
    /// The pump came to rest.
    Pumped,
    /// An instance was opened; `None` if the pipeline was drained before.
    Opened(Option<Box<Stage>>),
    /// A stage was interrupted, or has finished.
    Worked(Option<Box<Stage>>),
}

/// A pipeline at work.
struct Supervisor<'a> {
    run: Arc<Run>,
    delivery: &'a mut Delivery,
    updates: mpsc::Receiver<Update>,
    checkpoint: Checkpoint,
    slots: Vec<Slot>,
    tasks: JoinSet<Result<Done, PluginError>>,
    /// Whose tasks they are; the pump has none.
    owners: HashMap<Id, StageName>,
    /// Asks things of the pump; `None` when it has nothing more to do.
    pump: Option<mpsc::Sender<Command>>,
    reports: mpsc::Sender<Event>,
    events: mpsc::Receiver<Event>,
    /// Things that the engine itself said, for their ids.
    notifications: u64,
}

/// Runs a pipeline to its end and keeps how it ended.
pub(crate) async fn supervise(run: Arc<Run>, updates: mpsc::Receiver<Update>) {
    let mut delivery = Delivery::new(run.clone());
    let state = match execute(&run, &mut delivery, updates).await {
        Ok(Some(result)) => handle_complete(&run, result).await,
        Ok(None) => Ok(PipelineState::Resting),
        Err(error) => Err(error),
    };
    let state = match state {
        Ok(state) => state,
        Err(error) => handle_failure(&run, error).await,
    };
    tracing::info!(pipeline = %run.key, state = state_name(&state), "pipeline ended");
    run.status.send_modify(|status| status.state = state.clone());
    if let PipelineState::Complete { result, .. } = &state {
        send_result_last(&run, &delivery, result).await;
    }
    delivery.finish().await;
}

/// Runs the tasks until all stages have ended; returns the result, or `None` if the pipeline was drained.
async fn execute(run: &Arc<Run>, delivery: &mut Delivery, updates: mpsc::Receiver<Update>) -> Result<Option<Value>, PluginError> {
    let saved = run.with_store(|store, key| store.load_checkpoint(key)).await.map_err(store_failed)?;
    let mut supervisor = Supervisor::new(run.clone(), delivery, updates, saved.unwrap_or_default());
    supervisor.start().await?;
    supervisor.follow().await?;
    Ok(joined(supervisor.slots))
}

/// Returns what every instance of the document goes on from.
fn complete_checkpoint(run: &Run, saved: &Checkpoint) -> Checkpoint {
    let revision = run.revision();
    let stage = |spec: &InstanceSpec| {
        let name = StageName::of(spec);
        let fresh = || StageCheckpoint::fresh(name.clone(), Bookmark::default(), revision.lineage());
        saved.stage(&name).cloned().unwrap_or_else(fresh)
    };
    Checkpoint { stages: revision.document.instances.iter().map(stage).collect() }
}

impl<'a> Supervisor<'a> {
    fn new(run: Arc<Run>, delivery: &'a mut Delivery, updates: mpsc::Receiver<Update>, saved: Checkpoint) -> Self {
        let (reports, events) = mpsc::channel(EVENT_CAPACITY);
        let slots = run.document().instances.iter().cloned().map(Slot::new).collect();
        Self {
            checkpoint: complete_checkpoint(&run, &saved),
            run,
            delivery,
            updates,
            slots,
            tasks: JoinSet::new(),
            owners: HashMap::new(),
            pump: None,
            reports,
            events,
            notifications: 0,
        }
    }

    /// Opens everything that the document names, at once, and starts the tasks.
    async fn start(&mut self) -> Result<(), PluginError> {
        let document = self.run.document();
        let has_cursor = self.checkpoint.stages.iter().any(|saved| saved.bookmark.cursor != Value::Null);
        let kind = SourceKind { has_cursor, ..SourceKind::of(&self.run, &document.acquisition) };
        self.run.set_source_kind(kind);
        let bookmark = kind.start(self.checkpoint.stages.iter());
        let names: Vec<StageName> = self.slots.iter().map(|slot| slot.name.clone()).collect();
        let (run, stages) = (self.run.clone(), self.open_all(&names));
        let source = Source::open(&run, &document.acquisition.plugin, bookmark);
        let (source, targets, stages) = tokio::join!(source, self.delivery.open(&document), stages);
        if let (Some(_), Some(error)) = (&self.run.job, stages.iter().find_map(|(_, opened)| opened.as_ref().err())) {
            return Err(error.clone());
        }
        let (source, targets) = (source?, targets?);
        self.delivery.switch(&document, targets).await?;
        self.run.status.send_modify(|status| {
            status.total = source.total();
            for saved in &self.checkpoint.stages {
                status.update_stage(&saved.stage, |stage| stage.done = saved.bookmark.rows);
            }
            status.state = PipelineState::Running;
        });
        self.begin(source, stages).await
    }

    /// Returns what opens instances as they were at their checkpoints, all at once.
    fn open_all(&self, names: &[StageName]) -> impl Future<Output = Vec<(StageName, Result<Stage, PluginError>)>> + Send {
        let opening = names.iter().filter_map(|name| {
            let (slot, saved) = (self.slot(name)?, self.checkpoint.stage(name)?.clone());
            let opening = open_stage(self.run.clone(), slot.spec.clone(), slot.without_repeats(&self.run, saved));
            let name = name.clone();
            Some(async move { (name, opening.await) })
        });
        futures::future::join_all(opening.collect::<Vec<_>>())
    }

    /// Starts the stages that were opened and the pump that feeds them.
    async fn begin(&mut self, source: Source, stages: Vec<(StageName, Result<Stage, PluginError>)>) -> Result<(), PluginError> {
        let (mut lanes, mut failed) = (Vec::new(), Vec::new());
        for (name, opened) in stages {
            match opened {
                Ok(stage) => lanes.push(self.spawn_stage(stage)),
                Err(error) => failed.push((name, error)),
            }
        }
        let (pump, commands) = mpsc::channel(COMMAND_CAPACITY);
        self.pump = Some(pump);
        let pumping = Pump::new(self.run.clone(), source, lanes, commands).work();
        self.tasks.spawn(async { pumping.await.map(|()| Done::Pumped) });
        for (name, error) in failed {
            self.handle_stage_failure(&name, error).await?;
        }
        Ok(())
    }

    /// Starts a stage; returns the way to it.
    fn spawn_stage(&mut self, stage: Stage) -> Lane {
        let name = StageName::of(&stage.spec);
        let (sender, feed) = queue(FEED_CAPACITY, self.run.policy());
        let emitted = self.slot(&name).map(|slot| slot.emitted.clone()).unwrap_or_default();
        let channels = Channels { events: self.reports.clone(), outlet: self.delivery.outlet().clone(), emitted };
        let done = stage.bookmark.rows;
        let working = work(self.run.clone(), stage, feed, channels);
        let task = self.tasks.spawn(async { working.await.map(|stage| Done::Worked(stage.map(Box::new))) });
        self.owners.insert(task.id(), name.clone());
        self.set_phase(&name, Phase::Working);
        self.run.update_stage(&name, |status| (status.state, status.done) = (StageState::Running, done));
        Lane { stage: name, feed: sender }
    }

    /// Follows the tasks until all have ended.
    async fn follow(&mut self) -> Result<(), PluginError> {
        while !self.tasks.is_empty() {
            tokio::select! {
                biased;
                Some(event) = self.events.recv() => self.handle_events(Some(event)).await?,
                Some(ended) = self.tasks.join_next_with_id() => self.handle_ended(ended).await?,
                Some(update) = self.updates.recv(), if self.pump.is_some() => self.handle_update(update).await?,
            }
            if self.slots.iter().all(|slot| slot.phase.is_over()) {
                self.pump = None;
            }
        }
        Ok(())
    }

    /// Handles an event and all that wait behind it; checkpoints among them are stored together.
    async fn handle_events(&mut self, first: Option<Event>) -> Result<(), PluginError> {
        let mut changed = false;
        let mut next = first.or_else(|| self.events.try_recv().ok());
        while let Some(event) = next {
            match event {
                Event::Checkpoint(saved) => {
                    self.checkpoint.put(saved);
                    changed = true;
                }
                Event::Finished { stage, result } => {
                    self.set_phase(&stage, Phase::Finished(result));
                    self.run.update_stage(&stage, |status| status.state = StageState::Finished);
                }
            }
            next = self.events.try_recv().ok();
        }
        if changed {
            let checkpoint = self.checkpoint.clone();
            self.run.with_store(move |store, key| store.save_checkpoint(key, &checkpoint)).await.map_err(store_failed)?;
        }
        Ok(())
    }

    async fn handle_ended(&mut self, ended: Result<(Id, Result<Done, PluginError>), JoinError>) -> Result<(), PluginError> {
        // What the task said comes before its end.
        self.handle_events(None).await?;
        let (id, done) = match ended {
            Ok(ended) => ended,
            // An opening that an update made needless.
            Err(error) if error.is_cancelled() => {
                self.owners.remove(&error.id());
                return Ok(());
            }
            Err(error) => (error.id(), Err(ended_wrongly(&error))),
        };
        match (self.owners.remove(&id), done) {
            (None, done) => done.map(drop),
            (Some(name), Err(error)) => self.handle_stage_failure(&name, error).await,
            (Some(_), Ok(Done::Opened(Some(stage)))) => self.attach(*stage).await,
            (Some(name), Ok(Done::Worked(Some(stage)))) => {
                self.set_phase(&name, Phase::Rested(stage));
                Ok(())
            }
            (Some(_), Ok(Done::Pumped | Done::Opened(None) | Done::Worked(None))) => Ok(()),
        }
    }

    /// Starts a stage and has the pump feed it from where it stands.
    async fn attach(&mut self, stage: Stage) -> Result<(), PluginError> {
        let after = stage.bookmark.clone();
        let lane = self.spawn_stage(stage);
        self.ask_pump(Command::Attach { lane, after }).await;
        Ok(())
    }

    /// Asks something of the pump. One that is gone was drained, and a feed that it does not take ends.
    async fn ask_pump(&mut self, command: Command) {
        if let Some(pump) = &self.pump {
            let _ = pump.send(command).await;
        }
    }

    fn slot(&self, name: &StageName) -> Option<&Slot> {
        self.slots.iter().find(|slot| slot.name == *name)
    }

    fn set_phase(&mut self, name: &StageName, phase: Phase) {
        if let Some(slot) = self.slots.iter_mut().find(|slot| slot.name == *name) {
            slot.phase = phase;
        }
    }
}
