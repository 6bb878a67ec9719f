//! The blockchain node.
//!
//! `neurite-node` runs the chain: it produces and finalises blocks, keeps the database, speaks to peers and answers JSON-RPC. Its
//! runtime's off-chain worker asks the engine beside it (`--engine-url`) what to attest.
//!
//! * [`cli`] and [`command`]: arguments and what each sub-command does;
//! * [`chain_spec`]: the networks `dev`, `local` and `main=FILE`;
//! * [`engine`]: where the engine is, checked and handed to the off-chain worker;
//! * [`service`]: client, network, consensus and tasks of a running node;
//! * [`rpc`]: the methods that are ours, `neurite_*`.

#![allow(clippy::result_large_err, reason = "the client's error is large, and met at most once, at start")]
#![cfg_attr(test, allow(dead_code, unused_imports, reason = "the unit tests are compiled without what uses most of this"))]

mod chain_spec;
mod cli;
// Everything generic is compiled where the service is: minutes, which the unit tests do without. `tests/` runs the program itself.
#[cfg(not(test))]
mod command;
mod engine;
mod rpc;
#[cfg(not(test))]
mod service;

#[cfg(not(test))]
use std::process::ExitCode;

#[cfg(not(test))]
fn main() -> ExitCode {
    // The dependencies bring two providers of cryptography for TLS: without a choice the WebSocket transport panics.
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        eprintln!("error: the provider of cryptography for TLS was chosen before the program began");
        return ExitCode::FAILURE;
    }
    match command::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
