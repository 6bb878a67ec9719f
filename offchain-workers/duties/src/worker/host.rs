//! How a worker's duties reach the world.

use super::*;
use crate::{bounds::Actions, InFlight};
use alloc::vec::Vec;
use core::future::Future;
use neurite_primitives::{FailureCode, JobKey, ShardIndex};

/// What became of a start.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Started {
    /// The engine has the shard now.
    Running,
    /// It can never be started: the document does not match its hash or is invalid, or the like.
    Refused {
        /// Why, to be reported to the chain.
        code: FailureCode,
    },
}

/// The chain and the engine, as an engine process reaches them.
///
/// A host is driven by one task at a time. Dropping a future of it may leave its action done or undone; the next step finds out.
pub trait Host: Send {
    /// Why something failed for now.
    type Error: Send;

    /// Reads the chain at the best block.
    fn chain(&mut self) -> impl Future<Output = Result<View, Self::Error>> + Send;

    /// Reads what the engine has.
    fn engine(&mut self) -> impl Future<Output = Result<EngineView, Self::Error>> + Send;

    /// Signs and sends the transaction of an action that has a duty.
    fn submit(&mut self, action: &Action) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// Fetches and checks the document and starts the shard; starting what already runs changes nothing.
    fn start(&mut self, assignment: &Assignment) -> impl Future<Output = Result<Started, Self::Error>> + Send;

    /// Stops a shard and forgets it; stopping what does not run changes nothing.
    fn stop(&mut self, job: &JobKey, shard: ShardIndex) -> impl Future<Output = Result<(), Self::Error>> + Send;
}

/// What a step did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcome<E> {
    /// Done, in this order.
    pub performed: Vec<Action>,
    /// Failed for now, and why; owed again.
    pub failed: Vec<(Action, E)>,
    /// Number of transactions owed that are still on their way.
    pub waiting: u32,
}

impl<E> Default for Outcome<E> {
    fn default() -> Self {
        Self { performed: Vec::new(), failed: Vec::new(), waiting: 0 }
    }
}

/// Reads both views, plans, and performs what is not on its way already.
///
/// A failed action does not keep the others from being done. Fails only if a view cannot be read. Not cancel-safe in the sense that
/// an action under way may or may not have been done; the next step finds out.
pub async fn step<H: Host>(host: &mut H, in_flight: &mut InFlight<Duty>) -> Result<Outcome<H::Error>, H::Error> {
    let view = host.chain().await?;
    let engine = host.engine().await?;
    let actions: Actions<Action> = plan(&view, &engine);
    let mut outcome = Outcome::default();
    for action in actions {
        perform(host, in_flight, &view, action, &mut outcome).await;
    }
    Ok(outcome)
}

async fn perform<H: Host>(host: &mut H, in_flight: &mut InFlight<Duty>, view: &View, action: Action, outcome: &mut Outcome<H::Error>) {
    let result = match &action {
        Action::Start(assignment) => match host.start(assignment).await {
            Ok(Started::Running) => Ok(()),
            Ok(Started::Refused { code }) if assignment.reportable => {
                let failure = Action::ReportFailure { job: assignment.key.clone(), shard: assignment.shard, code };
                return send(host, in_flight, view, failure, outcome).await;
            }
            // The chain has this shard's report already, and nobody may take it back.
            Ok(Started::Refused { .. }) => return,
            Err(error) => Err(error),
        },
        Action::Stop { job, shard } => host.stop(job, *shard).await,
        Action::CommitSpecs { .. } | Action::Accept { .. } | Action::ReportProgress { .. } | Action::ReportFailure { .. } => {
            return send(host, in_flight, view, action, outcome).await;
        }
    };
    record(outcome, action, result);
}

async fn send<H: Host>(host: &mut H, in_flight: &mut InFlight<Duty>, view: &View, action: Action, outcome: &mut Outcome<H::Error>) {
    let Some(duty) = action.duty() else { return };
    if in_flight.contains(&duty, view.block) {
        outcome.waiting = outcome.waiting.saturating_add(1);
        return;
    }
    let result = host.submit(&action).await;
    // Also after an error: the transaction may have left before the connection broke.
    in_flight.insert(duty, view.block);
    record(outcome, action, result);
}

fn record<E>(outcome: &mut Outcome<E>, action: Action, result: Result<(), E>) {
    match result {
        Ok(()) => outcome.performed.push(action),
        Err(error) => outcome.failed.push((action, error)),
    }
}
