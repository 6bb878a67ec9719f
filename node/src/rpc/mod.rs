//! JSON-RPC: Substrate's usual methods and ours.
//!
//! | method | answers |
//! |---|---|
//! | `neurite_job(sender, id)` | one job with its history of states, alive or recently ended |
//! | `neurite_jobs(sender, after?, limit?)` | the sender's jobs, oldest first |
//! | `neurite_rewards(account)` | what the account could claim for its deeds |
//! | `neurite_engineHealth()` | what the engine beside this node says of itself |
//!
//! The first three ask the runtime at the best block. The last one is for the node's operator: like Substrate's other methods
//! about the machine it is refused on a listener that is open to everyone.
//!
//! Amounts are decimal strings in units of 10⁻¹² NEU, because a JavaScript number could not hold them; hashes are hexadecimal;
//! accounts are SS58.

mod engine_health;
mod error;
#[cfg(not(test))]
mod module;
mod neurite;
mod view;

pub(crate) use engine_health::EngineClient;
#[cfg(not(test))]
pub(crate) use module::Dependencies;
