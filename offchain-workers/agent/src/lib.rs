//! Host of the duties in an engine process, and the chain client beside it.
//!
//! An engine needs no chain node: the agent speaks to any RPC endpoint. It reads the chain through the runtime's own API
//! ([`ChainAt`]), signs with the node's key ([`NodeKey`]), and drives the duties of a worker ([`run_worker`]) or of a supervisor
//! ([`run_supervisor`]) with every new best block.
//!
//! Terms: a **call** ([`Call`]) is what a transaction does; a **signer** ([`Signer`]) is who pays and answers for it; the
//! **engine** ([`EngineControl`]) does the work.
//!
//! Guarantees: the loops never end by themselves; what fails is tried again with the next block, and a lost connection is restored
//! with back-off for ever. Nothing is remembered that the chain does not say, so that an agent may be killed at any time.
#![warn(missing_docs)]

pub mod calls;
mod chain;
mod error;
mod key;
mod roles;
mod signer;

pub use calls::Call;
pub use chain::{BlockId, ChainAt, ChainClient, Event, Heads, Included, Submitted};
pub use error::AgentError;
pub use key::NodeKey;
pub use roles::{run_supervisor, run_worker, EngineControl, EngineFault, JobAssignment, NodeTable, RoleStatus, MAX_DOCUMENT};
pub use signer::Signer;

pub use neurite_duties::worker::{RunState, RunningShard, Started};
