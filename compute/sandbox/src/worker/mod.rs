//! The program of a worker: that of Monty, and the last steps of a program that becomes CPython.
//!
//! # What a script sees
//! It runs from its first line for every batch; what it defines is gone afterwards, but for its state.
//!
//! | host function | what it does |
//! |---|---|
//! | `inputs()` | returns the rows of the batch, a list of dicts from field to value |
//! | `inferences()` | returns what the model made of each row, in the same form; empty dicts without a model |
//! | `columns(field)` | returns the names along the second dimension of a field, `None` if it has none |
//! | `state()` | returns the state, `None` at first |
//! | `set_state(value)` | sets the state |
//! | `emit(body)` | makes a payload of a dict |
//! | `alert(text, details={})` | makes a notification |
//! | `log(text)` | writes to the engine's log, as `print` does |
//!
//! A value of a field with one number or text per row is an `int`, `float` or `str`; of more dimensions, lists of them; of bytes, `bytes` in
//! row-major order. State, payloads and details are what JSON can say, with `str` keys and without `nan` and `inf`.
//!
//! There is no clock, and `random` starts from the code's hash and the batch's place in its shard: the same rows give the same run.
//! `eval`, `exec` and `compile` would run what nobody signed and are refused.
//!
//! In CPython (`python/runner.py`) the same functions do the same. There is a clock, and the refused functions are told to the code's author
//! but can be found in other ways: what keeps code in is around the process.

mod confine;
mod cpython;
mod host;
pub(crate) mod landlock;
mod program;
mod values;

use crate::{
    limits::MAX_FAULT_BYTES,
    wire::{encode, keep_end, read, Reply, Request, MAX_REQUEST},
};
use program::Program;
use std::{
    ffi::OsString,
    io::{self, Read},
    os::fd::AsFd,
};

/// What stands between the parts of the order that makes a worker CPython.
pub(crate) const SEPARATOR: &str = ":";

/// Why a worker ended early.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorkerError {
    /// The engine cannot be understood, or is gone in the middle of a message.
    #[error("the engine broke off: {source}")]
    Engine {
        /// What happened.
        #[from]
        source: io::Error,
    },
    /// The engine asked for something else first.
    #[error("the first question was not to load code")]
    Unexpected,
    /// The worker was started as nothing that it can be.
    #[error("there is no worker called {}", name.display())]
    Unknown {
        /// The first argument.
        name: OsString,
    },
}

/// Becomes the worker that its arguments name, first thing in a process of its own: [`run`] without any; CPython with those that bubblewrap
/// was told.
///
/// # Errors
/// See [`WorkerError`]. What keeps it from limiting itself is told to the engine and no error.
pub fn start(args: &[OsString]) -> Result<(), WorkerError> {
    match args {
        [] => run(),
        [name, order @ ..] if name == "cpython" => match cpython::enter(order) {
            Err(reason) => Ok(answer(&Reply::Unconfined(reason))?),
        },
        [name, ..] => Err(WorkerError::Unknown { name: name.clone() }),
    }
}

/// Serves an engine over standard input and output until it closes them: compiles one code and runs it on batches.
///
/// To be called first thing in a process of its own: it gives up the process's rights for good.
///
/// # Errors
/// See [`WorkerError`]; faults of the code are answers, not errors.
pub fn run() -> Result<(), WorkerError> {
    let Some(request) = read::<Request<'static>>(Input, MAX_REQUEST)? else { return Ok(()) };
    let Request::Load { code, blake3, limits } = request else { return Err(WorkerError::Unexpected) };
    program::warm_up();
    if let Err(reason) = confine::confine(limits.memory()) {
        return Ok(answer(&Reply::Unconfined(reason))?);
    }
    let program = match Program::compile(code.into_owned(), blake3, limits) {
        Ok(program) => program,
        Err(fault) => return Ok(answer(&Reply::Refused(keep_end(&fault, MAX_FAULT_BYTES).to_owned()))?),
    };
    answer(&Reply::Loaded)?;
    while let Some(request) = read::<Request<'static>>(Input, MAX_REQUEST)? {
        match request {
            Request::Run(run) => answer(&program.run(&run))?,
            Request::Load { .. } => return Err(WorkerError::Unexpected),
        }
    }
    Ok(())
}

/// Standard input without a lock and a buffer.
struct Input;

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(rustix::io::retry_on_intr(|| rustix::io::read(io::stdin().as_fd(), &mut *buffer))?)
    }
}

fn answer(reply: &Reply) -> io::Result<()> {
    let frame = encode(reply, u32::MAX as usize)?;
    let mut left = frame.as_slice();
    while !left.is_empty() {
        let count = rustix::io::retry_on_intr(|| rustix::io::write(io::stdout().as_fd(), left))?;
        left = &left[count..];
    }
    Ok(())
}
