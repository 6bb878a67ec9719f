//! Replaces the document of a pipeline that works.
//!
//! The pump pauses, instances that change or go finish what they hold and make a checkpoint, then document and checkpoint are stored in one
//! transaction, and what is new is opened. Instances that stay the same keep their state and lose no row; they stop for a moment only if the
//! source changes.

use super::{Phase, Slot, Supervisor};
use crate::{
    pipeline::{
        open::Stage,
        pump::Command,
        run::{store_failed, Revision, Run},
        source::{Source, SourceKind},
    },
    store::{Checkpoint, StageCheckpoint},
    EngineError, StageName, StageState, StageStatus,
};
use neurite_config::{InstanceSpec, PipelineDocument};
use neurite_core::{Bookmark, PluginError};
use std::{collections::BTreeSet, sync::Arc};
use tokio::sync::oneshot;

/// A document that is to replace the present one, of the same name.
pub(crate) struct Update {
    document: Arc<PipelineDocument>,
    /// The document as it was submitted.
    bytes: Vec<u8>,
    answer: oneshot::Sender<Result<(), EngineError>>,
}

/// Asks the supervisor of a pipeline to replace its document; `None` if the pipeline has ended meanwhile.
pub(crate) async fn ask(run: &Run, document: Arc<PipelineDocument>, bytes: Vec<u8>) -> Option<Result<(), EngineError>> {
    let (answer, answered) = oneshot::channel();
    run.updates.send(Update { document, bytes, answer }).await.ok()?;
    answered.await.ok()
}

/// What an update does with the instances and the source.
struct Plan {
    revision: Arc<Revision>,
    /// Whether the source has to be opened anew.
    source: bool,
    /// Whether the new source has the rows of the old one.
    same_rows: bool,
    /// Instances of the new document that stay as they are.
    kept: BTreeSet<StageName>,
}

impl Supervisor<'_> {
    /// Replaces the document, or refuses it and changes nothing. Fails if the pipeline cannot go on.
    pub(super) async fn handle_update(&mut self, update: Update) -> Result<(), PluginError> {
        let Update { document, bytes, answer } = update;
        let targets = match self.delivery.open(&document).await {
            Ok(targets) => targets,
            Err(error) => {
                // Who asked may have gone; nothing has changed.
                let _ = answer.send(Err(EngineError::Payload(error)));
                return Ok(());
            }
        };
        let plan = self.plan(document);
        self.interrupt(&plan).await?;
        let checkpoint = self.planned_checkpoint(&plan);
        let (revision, stored) = (plan.revision.number, checkpoint.clone());
        self.run.with_store(move |store, key| store.update(key, revision, &bytes, &stored)).await.map_err(store_failed)?;
        tracing::info!(pipeline = %self.run.key, revision, kept = plan.kept.len(), source = plan.source, "pipeline updated");
        self.checkpoint = checkpoint;
        self.adopt(&plan);
        self.delivery.switch(&plan.revision.document, targets).await?;
        let _ = answer.send(Ok(()));
        self.go_on(&plan).await
    }

    fn plan(&self, document: Arc<PipelineDocument>) -> Plan {
        let old = self.run.revision();
        let (before, after) = (&old.document.acquisition, &document.acquisition);
        let source = before.plugin != after.plugin || before.live_feed != after.live_feed;
        let url = |parameters: &serde_json::Value| parameters.get("URL").cloned();
        let same_rows =
            before.plugin.signature == after.plugin.signature && url(&before.plugin.parameters) == url(&after.plugin.parameters);
        let same = |slot: &&Slot| document.instances.contains(&slot.spec) && !matches!(slot.phase, Phase::Failed);
        let kept = self.slots.iter().filter(same).map(|slot| slot.name.clone()).collect();
        Plan { revision: Arc::new(Revision { document, number: old.number.saturating_add(1) }), source, same_rows, kept }
    }

    /// Brings those stages to rest that change, go, or get another source, and the pump to a halt.
    async fn interrupt(&mut self, plan: &Plan) -> Result<(), PluginError> {
        let goes = |slot: &&Slot| plan.source || !plan.kept.contains(&slot.name);
        let names: Vec<StageName> = self.slots.iter().filter(goes).map(|slot| slot.name.clone()).collect();
        self.abort_openings(&names);
        let (done, mut halted) = oneshot::channel();
        if plan.source {
            self.pump = None;
            drop(done);
        } else {
            self.ask_pump(Command::Detach { stages: names.clone(), done }).await;
        }
        let mut moving = true;
        let busy = |slot: &Slot| names.contains(&slot.name) && matches!(slot.phase, Phase::Working);
        while moving || self.slots.iter().any(busy) || (plan.source && self.has_pump_task()) {
            tokio::select! {
                biased;
                Some(event) = self.events.recv() => self.handle_events(Some(event)).await?,
                Some(ended) = self.tasks.join_next_with_id() => self.handle_ended(ended).await?,
                // A pump that is gone does not answer.
                _ = &mut halted, if moving => moving = false,
            }
        }
        // Those that failed on the way.
        self.abort_openings(&names);
        self.handle_events(None).await
    }

    fn abort_openings(&mut self, names: &[StageName]) {
        for slot in self.slots.iter_mut().filter(|slot| names.contains(&slot.name)) {
            if let Phase::Waiting(task) = &slot.phase {
                task.abort();
                slot.phase = Phase::Starting;
            }
        }
    }

    /// Tells whether a task runs that is nobody's: the pump.
    fn has_pump_task(&self) -> bool {
        self.tasks.len() > self.owners.len()
    }

    /// Returns what the instances of the new document go on from.
    fn planned_checkpoint(&self, plan: &Plan) -> Checkpoint {
        let lineage = plan.revision.lineage();
        let current = if plan.source && !plan.same_rows { Bookmark::default() } else { self.run.bookmark() };
        let stage = |spec: &InstanceSpec| {
            let name = StageName::of(spec);
            let Some(saved) = self.checkpoint.stage(&name).cloned() else {
                return StageCheckpoint::fresh(name, current.clone(), lineage.clone());
            };
            let bookmark = if plan.source && !plan.same_rows { Bookmark::default() } else { saved.bookmark.clone() };
            let unchanged = self.slot(&name).is_some_and(|slot| slot.spec == *spec);
            if unchanged {
                StageCheckpoint { bookmark, ..saved }
            } else {
                StageCheckpoint { bookmark, foreign: true, lineage: lineage.clone(), ..saved }
            }
        };
        Checkpoint { stages: plan.revision.document.instances.iter().map(stage).collect() }
    }

    /// Makes the new document the present one.
    fn adopt(&mut self, plan: &Plan) {
        let document = &plan.revision.document;
        self.run.set_revision(plan.revision.clone());
        let mut old = std::mem::take(&mut self.slots);
        for spec in &document.instances {
            let name = StageName::of(spec);
            let known = old.iter().position(|slot| slot.name == name).map(|at| old.swap_remove(at));
            let slot = match known {
                Some(slot) if plan.kept.contains(&name) => slot,
                Some(slot) => Slot { emitted: slot.emitted, ..Slot::new(spec.clone()) },
                None => Slot::new(spec.clone()),
            };
            self.slots.push(slot);
        }
        self.show(plan);
    }

    /// Shows the new document and its instances.
    fn show(&self, plan: &Plan) {
        let document = &plan.revision.document;
        self.run.status.send_modify(|status| {
            let mut before = std::mem::take(&mut status.stages);
            for spec in &document.instances {
                let name = StageName::of(spec);
                let known = before.iter().position(|stage| stage.name == name).map(|at| before.swap_remove(at));
                let done = self.checkpoint.stage(&name).map_or(0, |saved| saved.bookmark.rows);
                let mut stage = known.unwrap_or_else(|| StageStatus::new(name.clone(), done));
                if !plan.kept.contains(&name) {
                    (stage.state, stage.done) = (StageState::Starting, done);
                }
                status.stages.push(stage);
            }
            status.document = hex::encode(document.hash);
        });
    }

    /// Opens what is new and lets the pump read on.
    async fn go_on(&mut self, plan: &Plan) -> Result<(), PluginError> {
        if plan.source {
            return self.go_on_with_source(plan).await;
        }
        let starting = self.slots.iter().filter(|slot| matches!(slot.phase, Phase::Starting));
        let names: Vec<StageName> = starting.map(|slot| slot.name.clone()).collect();
        let opening = self.open_all(&names);
        for (name, opened) in opening.await {
            match opened {
                Ok(stage) => self.attach(stage).await?,
                Err(error) => self.handle_stage_failure(&name, error).await?,
            }
        }
        self.ask_pump(Command::Resume).await;
        Ok(())
    }

    /// Opens the new source; stages that rested go on with it.
    async fn go_on_with_source(&mut self, plan: &Plan) -> Result<(), PluginError> {
        let acquisition = &plan.revision.document.acquisition;
        let has_cursor = self.checkpoint.stages.iter().any(|saved| !saved.bookmark.cursor.is_null());
        let kind = SourceKind { has_cursor, ..SourceKind::of(&self.run, acquisition) };
        self.run.set_source_kind(kind);
        let bookmark = kind.start(self.checkpoint.stages.iter());
        let (mut stages, mut names) = (Vec::new(), Vec::new());
        for slot in &mut self.slots {
            match std::mem::replace(&mut slot.phase, Phase::Starting) {
                Phase::Rested(stage) => {
                    let bookmark = self.checkpoint.stage(&slot.name).map(|saved| saved.bookmark.clone()).unwrap_or_default();
                    stages.push((slot.name.clone(), Ok(Stage { bookmark, ..*stage })));
                }
                _ => names.push(slot.name.clone()),
            }
        }
        let opening = self.open_all(&names);
        stages.extend(opening.await);
        let source = Source::open(&self.run, &acquisition.plugin, bookmark).await?;
        self.run.status.send_modify(|status| status.total = source.total());
        self.begin(source, stages).await
    }
}
