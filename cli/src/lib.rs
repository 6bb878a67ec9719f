//! The command line: a whole network on one machine, jobs, deeds, nodes, rewards, keys.
//!
//! A command goes through two steps: [`arguments`] parses without touching anything, [`commands`] resolves files and keys and acts.
//! What a command found goes to stdout, as a table or with `--json` as JSON; talk and errors go to stderr ([`output`]).
//!
//! [`dev`] is the network in one command, usable as a library by whoever needs one; [`demo`] runs the main job on it.
#![warn(missing_docs)]

pub mod amount;
pub mod arguments;
pub mod chain;
pub mod commands;
pub mod demo;
pub mod dev;
pub mod engine;
pub mod error;
pub mod job;
pub mod output;
pub mod signer;

pub use error::CliError;
