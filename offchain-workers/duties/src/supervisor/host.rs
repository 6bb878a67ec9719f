//! How a supervisor's duties reach the world.

use super::*;
use crate::InFlight;
use alloc::vec::Vec;
use core::future::Future;

/// The chain and the table of nodes, as the engine of a main node reaches them.
///
/// A host is driven by one task at a time.
pub trait Host: Send {
    /// Why something failed for now.
    type Error: Send;

    /// Reads the chain at the best block, and which nodes are available.
    fn view(&mut self) -> impl Future<Output = Result<View, Self::Error>> + Send;

    /// Signs and sends the transaction of an action.
    fn submit(&mut self, action: &Action) -> impl Future<Output = Result<(), Self::Error>> + Send;
}

/// What a step did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcome<E> {
    /// Sent, in this order.
    pub performed: Vec<Action>,
    /// Failed for now, and why; owed again.
    pub failed: Vec<(Action, E)>,
    /// Number of transactions owed that are still on their way.
    pub waiting: u32,
    /// What cannot be done for now, and why; for people to see.
    pub obstacles: Vec<Obstacle>,
}

/// Reads the view, plans, and sends what is not on its way already.
///
/// A failed action does not keep the others from being sent. Fails only if the view cannot be read. Not cancel-safe in the sense that
/// an action under way may or may not have been sent; the next step finds out.
pub async fn step<H: Host>(host: &mut H, in_flight: &mut InFlight<Duty>) -> Result<Outcome<H::Error>, H::Error> {
    let view = host.view().await?;
    let Plan { actions, obstacles } = plan(&view);
    let mut outcome = Outcome { performed: Vec::new(), failed: Vec::new(), waiting: 0, obstacles };
    for action in actions {
        let duty = action.duty();
        if in_flight.contains(&duty, view.block) {
            outcome.waiting = outcome.waiting.saturating_add(1);
            continue;
        }
        let result = host.submit(&action).await;
        // Also after an error: the transaction may have left before the connection broke.
        in_flight.insert(duty, view.block);
        match result {
            Ok(()) => outcome.performed.push(action),
            Err(error) => outcome.failed.push((action, error)),
        }
    }
    Ok(outcome)
}
