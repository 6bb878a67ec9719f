//! Code of users, run where it cannot reach anything.
//!
//! # Terms
//! * **Code**: a script in a subset of Python, written by the **owner**, whose signature over its hash travels with it ([`VerifiedCode`]).
//! * **Runtime**: the interpreter that runs it ([`Runtime`]). What a script can reach in each are the **host functions** of [`worker`].
//! * **Worker**: a process of its own for each [`CodeRunner`], in which the interpreter runs; it begins in [`worker::start`].
//!
//! | runtime | interpreter | walls | for code of |
//! |---|---|---|---|
//! | `Monty` | a subset of Python in Rust with no way to ask the system | itself; a filter that leaves memory and two pipes | anybody |
//! | `Wasm` | CPython, numpy and pandas in WebAssembly, if installed | wasmtime, which gives it one function; those of `Native` | anybody |
//! | `Native` | the system's CPython | namespaces, Landlock, a filter of system calls, limits | operators of the engine |
//!
//! # Use
//! [`VerifiedCode::verify`] accepts code, [`CodeRunner::new`] takes it, [`CodeRunner::run`] runs it on a batch.
//!
//! # Guarantees
//! * What runs is what was signed: the worker hashes the very bytes that it compiles, and nothing else is ever compiled.
//! * Monty refuses, and counts time, memory, depth and output against [`Limits`]. Should it fail at that, the worker has no rights to
//!   lose: it has limited its own memory, files and processes, and every system call but those on memory and its two pipes kills it. It is
//!   killed when it is late, too.
//! * CPython counts likewise, and the kernel holds it: it sees no file but its own library, no network, no other process, and can write
//!   nothing, start nothing and take no more memory than its limit. It is not started if one of its walls is missing.
//! * The engine trusts nothing that a worker writes: frames are bounded before they are read and checked before they are used.
//! * A run happens wholly or not at all. State lives in the engine and is replaced only after a run that succeeded, so that a worker may
//!   be killed at any time: the batch is run again, a bounded number of times and after a pause that grows.
//! * Workers end when idle, when their runner is dropped, and when the engine dies, however it dies.
#![warn(missing_docs)]

mod batch;
mod child;
mod code;
mod error;
mod launch;
mod limits;
mod runner;
mod runtime;
mod supervisor;
mod wire;
pub mod worker;

pub use batch::{Outcome, Produced};
pub use code::{sign, CodeClaim, CodeError, VerifiedCode, MAX_CODE_BYTES};
pub use error::SandboxError;
pub use limits::Limits;
pub use runner::{CodeRunner, SandboxConfig};
pub use runtime::{CpythonConfig, Runtime};
