//! The serving process itself.
//!
//! The engine starts it with a socket as standard input and the shared memory as standard output (see `shm` and `handshake`). It loads
//! its one model, says so, and answers requests in their order until the socket ends; it dies with the thread that started it.

mod arguments;
mod memory;
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
    backend::{Backend, BackendError, OnnxRuntime, TractBackend},
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
    /// An inference needed more memory than the process may have; the engine was told.
    #[error("out of memory: {reason}")]
    OutOfMemory {
        /// The backend's message.
        reason: String,
    },
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
    if let Some(bytes) = arguments.memory {
        memory::limit(bytes).map_err(|_| WorkerError::Argument { argument: "--memory".to_owned(), reason: "cannot be had" })?;
    }
    let limited = arguments.memory.is_some();
    let outcome = match load(&arguments).map_err(|error| if limited { memory::classify(error) } else { error }) {
        Ok(mut backend) => {
            Hello::new(Outcome::Ready(backend.description().clone())).send(&socket)?;
            return serve::serve(&region, &layout, &socket, backend.as_mut(), limited);
        }
        Err(BackendError::Library(reason)) => Outcome::BackendUnavailable(reason),
        Err(BackendError::Memory(reason)) => Outcome::MemoryExceeded(reason),
        Err(error) => Outcome::ModelInvalid(error.to_string()),
    };
    Ok(Hello::new(outcome).send(&socket)?)
}

fn load(arguments: &Arguments) -> Result<Box<dyn Backend>, BackendError> {
    let model = read_model(arguments)?;
    match arguments.backend {
        BackendKind::Onnx if arguments.library.is_file() => {
            let runtime = OnnxRuntime::open(&arguments.library)?;
            Ok(Box::new(runtime.load(&model, arguments.threads, arguments.device)?))
        }
        BackendKind::Onnx => {
            let note = format!("there is no library of ONNX Runtime at {}", arguments.library.display());
            Ok(Box::new(TractBackend::load(&model, Some(note))?))
        }
        BackendKind::Tract => Ok(Box::new(TractBackend::load(&model, None)?)),
    }
}

/// Reads the model once, so that what was checked is what is loaded.
fn read_model(arguments: &Arguments) -> Result<Vec<u8>, BackendError> {
    let unreadable = |error: io::Error| BackendError::Model(format!("cannot be read: {error}"));
    let mut model = Vec::new();
    let file = File::open(&arguments.model).map_err(unreadable)?;
    let bytes = file.metadata().map_err(unreadable)?.len().min(MAX_MODEL_BYTES) as usize;
    model.try_reserve_exact(bytes).map_err(|error| BackendError::Memory(format!("the model has {bytes} bytes: {error}")))?;
    let mut file = file.take(MAX_MODEL_BYTES + 1);
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
