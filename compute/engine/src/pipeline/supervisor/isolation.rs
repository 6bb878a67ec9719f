//! Keeps the failure of an instance from the others.
//!
//! In a pipeline without a job, a failed instance is started again from its checkpoint after a wait. When it fails too often within a time, it
//! stays failed, and a notification says so. In a job the first failure ends the shard, for its result would not be the sender's.

use super::{Done, Phase, Supervisor};
use crate::{
    pipeline::{ids::notification_id, message::message, open::open_stage, receipt::receipt},
    Failure, StageName, StageState,
};
use neurite_core::{FailureClass, Payload, PayloadKind, PluginError};
use serde_json::{json, Map};
use std::time::Duration;

impl Supervisor<'_> {
    /// Starts a failed instance again later, or gives it up. Fails with the error if the pipeline cannot go on.
    pub(super) async fn handle_stage_failure(&mut self, name: &StageName, error: PluginError) -> Result<(), PluginError> {
        self.run.update_stage(name, |status| status.errors.record(error.class()));
        if self.run.job.is_some() {
            return Err(error);
        }
        let (run, now) = (self.run.clone(), self.run.now());
        let policy = &run.parts.limits.restart;
        let Some(slot) = self.slots.iter_mut().find(|slot| slot.name == *name) else { return Ok(()) };
        slot.failures.push_back(now);
        slot.failures.retain(|at| now.saturating_sub(*at) < policy.window);
        let failures = u32::try_from(slot.failures.len()).unwrap_or(u32::MAX);
        // Parameters that a plugin refuses do not become better.
        let wait = policy.retry.wait_after(failures).filter(|_| error.class() != FailureClass::Document);
        match wait {
            Some(wait) => {
                tracing::warn!(pipeline = %run.key, instance = %name, wait_ms = wait.as_millis() as u64, %error, "instance will be started again");
                self.start_again(name, wait, error);
                Ok(())
            }
            None => self.give_up(name, error).await,
        }
    }

    /// Opens an instance after a wait, as it was at its checkpoint.
    fn start_again(&mut self, name: &StageName, wait: Duration, error: PluginError) {
        let (Some(slot), Some(saved)) = (self.slot(name), self.checkpoint.stage(name).cloned()) else { return };
        let opening = open_stage(self.run.clone(), slot.spec.clone(), slot.without_repeats(&self.run, saved));
        let run = self.run.clone();
        let task = self.tasks.spawn(async move {
            tokio::select! {
                biased;
                () = run.drain.cancelled() => return Ok(Done::Opened(None)),
                () = run.sleep(wait) => {}
            }
            opening.await.map(|stage| Done::Opened(Some(Box::new(stage))))
        });
        self.owners.insert(task.id(), name.clone());
        self.set_phase(name, Phase::Waiting(task));
        self.run.update_stage(name, |status| {
            status.state = StageState::Waiting { failure: Failure::from(error) };
            status.restarts += 1;
        });
    }

    /// Leaves an instance failed. Fails with its error if it was the last.
    async fn give_up(&mut self, name: &StageName, error: PluginError) -> Result<(), PluginError> {
        tracing::error!(pipeline = %self.run.key, instance = %name, class = %error.class(), %error, "instance failed");
        self.set_phase(name, Phase::Failed);
        let failure = Failure::from(error.clone());
        self.run.update_stage(name, |status| status.state = StageState::Failed { failure: failure.clone() });
        self.notify(name, &failure).await?;
        if self.slots.iter().all(|slot| matches!(slot.phase, Phase::Failed)) {
            return Err(error);
        }
        Ok(())
    }

    /// Says to all who get the pipeline's notifications that an instance failed.
    async fn notify(&mut self, name: &StageName, failure: &Failure) -> Result<(), PluginError> {
        self.notifications += 1;
        let lineage = self.checkpoint.stage(name).map(|saved| saved.lineage.clone()).unwrap_or_default();
        let id = notification_id(&self.run, name, &lineage, self.notifications);
        let body = Map::from_iter([
            ("EVENT".to_owned(), json!("INSTANCE_FAILED")),
            ("CLASS".to_owned(), json!(failure.class)),
            ("REASON".to_owned(), json!(failure.reason)),
        ]);
        let message = message(&self.run, name, Payload { kind: PayloadKind::Notification, body }, id)?;
        let (receipt, _) = receipt();
        tokio::select! {
            biased;
            () = self.delivery.outlet().emit(message, &receipt) => {}
            () = self.run.drain.cancelled() => {}
        }
        Ok(())
    }
}
