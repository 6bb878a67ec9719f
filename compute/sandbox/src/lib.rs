//! Code of users, run where it cannot reach anything.
//!
//! # Terms
//! * **Code**: a script in a subset of Python, written by the **owner**, whose signature over its hash travels with it ([`VerifiedCode`]).
//! * **Interpreter**: Monty, which is written in Rust and gives a script nothing of the machine: no files, no network, no clock, no
//!   modules but those it has itself. What a script can reach are the **host functions** of [`worker`].
//! * **Worker**: a process of its own for each [`CodeRunner`], in which the interpreter runs; its program is [`worker::run`].
//!
//! # Use
//! [`VerifiedCode::verify`] accepts code, [`CodeRunner::new`] takes it, [`CodeRunner::run`] runs it on a batch.
//!
//! # Guarantees
//! * What runs is what was signed: the worker hashes the very bytes that it compiles, and nothing else is ever compiled.
//! * The interpreter refuses, and counts time, memory, depth and output against [`Limits`]. Should it fail at that, the worker has no
//!   rights to lose: it has limited its own memory, files and processes, and every system call but those on memory and its two pipes
//!   kills it. It is killed when it is late, too.
//! * The engine trusts nothing that a worker writes: frames are bounded before they are read and checked before they are used.
//! * A run happens wholly or not at all. State lives in the engine and is replaced only after a run that succeeded, so that a worker may
//!   be killed at any time: the batch is run again, a bounded number of times and after a pause that grows.
//! * Workers end when idle, when their runner is dropped, and when the engine dies, however it dies.
#![warn(missing_docs)]

mod batch;
mod child;
mod code;
mod error;
mod limits;
mod runner;
mod supervisor;
mod wire;
pub mod worker;

pub use batch::{Outcome, Produced};
pub use code::{sign, CodeClaim, CodeError, VerifiedCode, MAX_CODE_BYTES};
pub use error::SandboxError;
pub use limits::Limits;
pub use runner::{CodeRunner, SandboxConfig};
