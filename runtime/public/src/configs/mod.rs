//! The configuration of each pallet, one file per concept.

mod babe;
mod balances;
mod governance;
mod grandpa;
mod jobs;
mod node_deeds;
mod oracles;
mod poai;
mod session;
mod sudo;
mod system;
mod timestamp;
mod transaction_payment;
mod utility;
mod validators;
mod vesting;

#[cfg(feature = "try-runtime")]
pub(crate) fn block_weights() -> frame_system::limits::BlockWeights {
    system::RuntimeBlockWeights::get()
}
