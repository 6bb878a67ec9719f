//! One run of the off-chain worker.

use crate::{engine, HookError};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use core::marker::PhantomData;
use neurite_duties::{
    oracle::{self, Action, Host, Outcome, Seat, View},
    Observation,
};
use neurite_primitives::{
    messages::{Attestation, AvailabilityReport},
    oracle::{OracleId, OracleSignature},
};
use sp_core::{offchain::Duration, H256};
use sp_runtime::{
    offchain::storage_lock::{StorageLock, Time},
    RuntimeAppPublic,
};

/// The target of all log lines.
pub const LOG_TARGET: &str = "neurite::oracle";
/// The key of the lock in the node's persistent off-chain storage.
pub const LOCK_KEY: &[u8] = b"neurite/oracle-lock/v1";
/// How long a lock holds that nobody released.
pub const LOCK_EXPIRY: Duration = Duration::from_millis(10_000);

/// What the off-chain worker asks of the pallet, at the block that it runs on.
pub trait Chain {
    /// The account type of the chain.
    type AccountId: Clone + Ord + Encode + Decode;

    /// Returns the hash of the genesis block.
    fn genesis() -> H256;

    /// Returns the seats that these keys hold in the committees of the current and the closing epochs.
    fn seats(keys: &[OracleId]) -> Vec<Seat>;

    /// Returns the key that holds a seat.
    fn key(seat: Seat) -> Option<OracleId>;

    /// Returns what the chain says about all that the observation mentions, as far as it concerns these seats.
    fn view(seats: Vec<Seat>, observation: &Observation<Self::AccountId>) -> View<Self::AccountId>;

    /// Hands a signed attestation to the transaction pool; tells whether the pool took it.
    fn submit_attestation(attestation: Attestation<Self::AccountId>, signature: OracleSignature) -> bool;

    /// Hands a signed report to the transaction pool; tells whether the pool took it.
    fn submit_report(report: AvailabilityReport, signature: OracleSignature) -> bool;
}

/// What a run did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Run<AccountId> {
    /// Another run has not ended; it does what is owed.
    Busy,
    /// A step was made.
    Stepped(Outcome<AccountId, HookError>),
}

/// Does what an oracle owes at this block, unless another run is at it.
pub fn run<C: Chain>() -> Result<Run<C::AccountId>, HookError> {
    let mut lock = StorageLock::<Time>::with_deadline(LOCK_KEY, LOCK_EXPIRY);
    let Ok(_guard) = lock.try_lock() else { return Ok(Run::Busy) };
    oracle::step(&mut RuntimeHost::<C>(PhantomData)).map(Run::Stepped)
}

/// Calls [`run`] and writes a log line about what is worth one.
pub fn run_and_log<C: Chain>() {
    match run::<C>() {
        Ok(Run::Busy) => log::debug!(target: LOG_TARGET, "an earlier run has not ended"),
        Ok(Run::Stepped(Outcome::NoSeat)) => log::trace!(target: LOG_TARGET, "this node holds no oracle's seat"),
        Ok(Run::Stepped(Outcome::NotCanonical)) => {
            log::info!(target: LOG_TARGET, "the engine looks at a block that is not on this node's chain");
        }
        Ok(Run::Stepped(Outcome::Reported { performed, failed })) => {
            if !performed.is_empty() {
                log::debug!(target: LOG_TARGET, "sent {} attestations and reports", performed.len());
            }
            for (_, error) in failed {
                log::debug!(target: LOG_TARGET, "not sent: {error}");
            }
        }
        // Whoever runs a validator without an engine has chosen so.
        Err(HookError::NoEngine) => log::debug!(target: LOG_TARGET, "{}", HookError::NoEngine),
        Err(error) => log::warn!(target: LOG_TARGET, "{error}"),
    }
}

struct RuntimeHost<C>(PhantomData<C>);

impl<C: Chain> Host for RuntimeHost<C> {
    type AccountId = C::AccountId;
    type Error = HookError;

    fn seats(&mut self) -> Vec<Seat> {
        C::seats(&OracleId::all())
    }

    fn observe(&mut self) -> Result<Observation<C::AccountId>, HookError> {
        engine::observe()
    }

    fn view(&mut self, seats: Vec<Seat>, observation: &Observation<C::AccountId>) -> View<C::AccountId> {
        C::view(seats, observation)
    }

    fn submit(&mut self, action: &Action<C::AccountId>) -> Result<(), HookError> {
        let taken = match action {
            Action::Attest(attestation) => {
                let seat = Seat { epoch: attestation.epoch, oracle: attestation.oracle };
                let signature = sign::<C>(seat, &attestation.signing_bytes(C::genesis()))?;
                C::submit_attestation(attestation.clone(), signature)
            }
            Action::Report(report) => {
                let seat = Seat { epoch: report.epoch, oracle: report.oracle };
                let signature = sign::<C>(seat, &report.signing_bytes(C::genesis()))?;
                C::submit_report(report.clone(), signature)
            }
        };
        taken.then_some(()).ok_or(HookError::PoolRefused)
    }
}

fn sign<C: Chain>(seat: Seat, message: &[u8]) -> Result<OracleSignature, HookError> {
    let signature = C::key(seat).and_then(|key| key.sign(&message));
    signature.ok_or(HookError::NoKey { epoch: seat.epoch, oracle: seat.oracle })
}
