//! `CUSTOM_CODE`: a few lines of Python, written by the user, as a business plugin.
//!
//! The code runs once for every batch, from its first line, in a process that can reach nothing ([`neurite_sandbox`]). What it can do is in
//! the manual, `docs/guides/custom-code.md`: read the rows and what the model made of them, keep a state, make payloads and notifications.
//!
//! `RUNTIME` chooses what runs it: Monty, or CPython in WebAssembly or behind walls of the kernel; an engine that lacks one, or whose operator
//! does not allow it, refuses to open the instance and says so.
//!
//! A payload of the code is a payload of the instance. An alert is a notification `{ALERT, DETAILS}`. A batch on which the code failed is a
//! notification `{FAULT, FIRST_ROW, LAST_ROW, BATCHES_SKIPPED}`; with `ON_ERROR: "SKIP"` one is made for the first such batch, the second,
//! the fourth and so on. The result of a shard is `{ROWS, BATCHES_SKIPPED, CODE_BLAKE3, STATE}`.
//!
//! Guarantees: only code that its owner signed is run. A failed run leaves nothing behind, so that the state after a restart is that after
//! the rows of the checkpoint. Whether a result depends on where batches are cut is in the code's hands; code that loops over the rows and
//! keeps what it needs in its state does not. No code can harm the engine or another instance.

mod config;
mod memory;
mod plugin;

pub use config::{CodeRuntime, CodeText, CustomCodeParameters, OnError};
pub use plugin::CustomCode;

#[cfg(test)]
mod tests;
