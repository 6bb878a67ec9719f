//! The serving process itself.
//!
//! The engine starts it with a socket as standard input and the shared memory as standard output (see `shm` and `handshake`). It loads
//! its one model, says so, and answers requests in their order until the socket ends; it dies with the thread that started it.

mod arguments;
mod serve;

use std::{
    ffi::OsString,
    fs::File,
    io::{self, Read},
    os::{fd::AsFd, unix::net::UnixStream},
};

use rustix::process::{set_parent_process_death_signal, Signal};

pub(crate) use self::arguments::arguments;
use self::arguments::Arguments;
use crate::{
    backend::{Backend, BackendError, OnnxRuntime},
    config::{BackendKind, MAX_MODEL_BYTES},
    handshake::{Hello, Outcome},
    shm::{Layout, Region},
};

/// An error that ends a serving process.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorkerError {
    /// The command line is not what the engine writes.
    #[error("argument {argument}: {reason}")]
    Argument {
        /// The argument.
        argument: String,
        /// What is wrong.
        reason: &'static str,
    },
    /// The process was not started by an engine, or the engine is gone.
    #[error("cannot talk to the engine: {0}")]
    Engine(#[from] io::Error),
    /// The engine speaks another version of the shared memory.
    #[error("shared memory: {reason}")]
    Memory {
        /// The rule that does not hold.
        reason: String,
    },
}

/// Loads the model that the arguments name and serves it until the engine is gone or done.
///
/// `args` are those that follow the program's serving sub-command. A model that cannot be loaded is no error of the process: it is
/// reported to the engine.
pub fn run(args: impl IntoIterator<Item = OsString>) -> Result<(), WorkerError> {
    set_parent_process_death_signal(Some(Signal::KILL)).map_err(io::Error::from)?;
    let arguments = Arguments::parse(args)?;
    let socket = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    let region = Region::open(io::stdout().as_fd().try_clone_to_owned()?)?;
    let layout = Layout::of(&region).map_err(|malformed| WorkerError::Memory { reason: malformed.to_string() })?;
    match load(&arguments) {
        Ok(mut backend) => {
            Hello::new(Outcome::Ready(backend.description().clone())).send(&socket)?;
            serve::serve(&region, &layout, &socket, backend.as_mut())
        }
        Err(BackendError::Library(reason)) => Ok(Hello::new(Outcome::BackendUnavailable(reason)).send(&socket)?),
        Err(error) => Ok(Hello::new(Outcome::ModelInvalid(error.to_string())).send(&socket)?),
    }
}

fn load(arguments: &Arguments) -> Result<Box<dyn Backend>, BackendError> {
    let model = read_model(arguments)?;
    match arguments.backend {
        BackendKind::Onnx => Ok(Box::new(OnnxRuntime::open(&arguments.library)?.load(&model, arguments.threads)?)),
    }
}

/// Reads the model once, so that what was checked is what is loaded.
fn read_model(arguments: &Arguments) -> Result<Vec<u8>, BackendError> {
    let unreadable = |error: io::Error| BackendError::Model(format!("cannot be read: {error}"));
    let mut model = Vec::new();
    let mut file = File::open(&arguments.model).map_err(unreadable)?.take(MAX_MODEL_BYTES + 1);
    file.read_to_end(&mut model).map_err(unreadable)?;
    if model.len() as u64 > MAX_MODEL_BYTES {
        return Err(BackendError::Model(format!("is larger than {MAX_MODEL_BYTES} bytes")));
    }
    if model.is_empty() {
        return Err(BackendError::Model("is empty".to_owned()));
    }
    if let Some(expected) = arguments.blake3 {
        let found = blake3::hash(&model);
        if found != expected {
            return Err(BackendError::Model(format!("its blake3 digest is {found} instead of {expected}")));
        }
    }
    Ok(model)
}
