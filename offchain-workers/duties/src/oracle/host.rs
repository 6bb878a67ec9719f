//! How an oracle's duties reach the world.

use super::*;
use crate::reply::Observation;
use alloc::vec::Vec;

/// The chain, the keystore and the engine, as a runtime's off-chain worker reaches them; nothing in there waits, so nothing is
/// asynchronous.
pub trait Host {
    /// The account type of the chain.
    type AccountId: Clone + Ord;
    /// Why something failed for now.
    type Error;

    /// Returns our own seats in the committees of the current and the closing epochs.
    fn seats(&mut self) -> Vec<Seat>;

    /// Asks the engine what it saw.
    fn observe(&mut self) -> Result<Observation<Self::AccountId>, Self::Error>;

    /// Reads what the chain says about all that the observation mentions.
    fn view(&mut self, seats: Vec<Seat>, observation: &Observation<Self::AccountId>) -> View<Self::AccountId>;

    /// Signs the message of an action with the key of its seat and hands it to the transaction pool.
    fn submit(&mut self, action: &Action<Self::AccountId>) -> Result<(), Self::Error>;
}

/// What a step did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome<AccountId, E> {
    /// This node has no seat, so the engine was not asked.
    NoSeat,
    /// The engine looked at a block that is not on our chain, or too old; it is asked again at the next block.
    NotCanonical,
    /// Everything that was owed and fitted was tried.
    Reported {
        /// Sent, in this order.
        performed: Vec<Action<AccountId>>,
        /// Failed for now, and why; owed again.
        failed: Vec<(Action<AccountId>, E)>,
    },
}

/// Reads the views, plans, and sends what is owed; fails only if the engine does not answer properly.
///
/// It may be skipped, run twice or run on a fork: the chain refuses an attestation that is not newer than the latest one and a
/// report that it has.
pub fn step<H: Host>(host: &mut H) -> Result<Outcome<H::AccountId, H::Error>, H::Error> {
    let seats = host.seats();
    if seats.is_empty() {
        return Ok(Outcome::NoSeat);
    }
    let observation = host.observe()?;
    let view = host.view(seats, &observation);
    if !view.canonical {
        return Ok(Outcome::NotCanonical);
    }
    let (mut performed, mut failed) = (Vec::new(), Vec::new());
    for action in plan(&view, &observation) {
        match host.submit(&action) {
            Ok(()) => performed.push(action),
            Err(error) => failed.push((action, error)),
        }
    }
    Ok(Outcome::Reported { performed, failed })
}
