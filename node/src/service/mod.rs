//! A running node: client, network, consensus and tasks.
//!
//! * `partial`: what sub-commands need as well: database, client, transaction pool, import queue;
//! * `network`: the protocols that are spoken, GRANDPA's among them, and warp sync;
//! * `consensus`: BABE's author and GRANDPA's voter;
//! * `tasks`: the off-chain worker;
//! * `start`: all of it in order.
//!
//! The node holds no state of its own beside the database, the keystore and the network key: killed at any point, it goes on from
//! the last block it imported.

mod consensus;
mod network;
mod partial;
mod start;
mod tasks;

pub(crate) use partial::{partial, FullBackend, FullClient, FullPool, FullSelectChain, Partial};
pub(crate) use start::start;
