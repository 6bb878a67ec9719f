//! Starts a serving process and waits until its model is loaded.

use std::{
    io,
    os::{
        fd::OwnedFd,
        unix::{net::UnixStream, process::ExitStatusExt},
    },
    process::Command,
    time::Duration,
};

use rustix::process::Signal;
use tokio::time::timeout;

use crate::{
    config::{ModelSpec, ServingConfig, INPUT_CAPACITY, OUTPUT_CAPACITY, SLOTS},
    connection::{Connection, Socket},
    error::ServingError,
    handshake::{Hello, HelloReader, Outcome},
    process::Process,
    shm::{Layout, Region},
    worker,
};

/// The time to wait for the exit status of a process that has closed its socket.
const STATUS_WAIT: Duration = Duration::from_secs(2);

/// Starts the process of a model. Cancel-safe: a dropped start kills the process.
pub(crate) async fn launch(config: &ServingConfig, spec: &ModelSpec) -> Result<Connection, ServingError> {
    let spawn_error = |reason: String| ServingError::Spawn { program: config.worker_program.clone(), reason };
    let layout = Layout::new(SLOTS, INPUT_CAPACITY, OUTPUT_CAPACITY).map_err(|fault| spawn_error(fault.to_string()))?;
    let (region, memory, socket, far_end) = prepare(&layout).map_err(|error| spawn_error(error.to_string()))?;
    let mut command = Command::new(&config.worker_program);
    command.args(&config.worker_args).args(worker::arguments(spec, config));
    let process = Process::spawn(command, far_end.into(), memory).await.map_err(|error| spawn_error(error.to_string()))?;
    tracing::debug!(model = %spec.path.display(), pid = process.pid(), "serving process started");
    let hello = match timeout(config.startup_timeout, receive(&socket)).await {
        Ok(Ok(hello)) => hello,
        Ok(Err(error)) => return Err(failed_hello(spec, &process, &error).await),
        Err(_) => return Err(ServingError::StartTimeout { path: spec.path.clone(), after: config.startup_timeout }),
    };
    match hello.outcome {
        Outcome::Ready(description) => Ok(Connection::new(region, layout, socket, process, description)),
        Outcome::ModelInvalid(reason) => Err(ServingError::ModelInvalid { path: spec.path.clone(), reason }),
        Outcome::MemoryExceeded(reason) => {
            Err(ServingError::MemoryExceeded { path: spec.path.clone(), limit: spec.memory.unwrap_or_default(), reason })
        }
        Outcome::BackendUnavailable(reason) => Err(ServingError::BackendUnavailable { path: config.onnxruntime.clone(), reason }),
    }
}

fn prepare(layout: &Layout) -> io::Result<(Region, OwnedFd, Socket, UnixStream)> {
    let (region, memory) = Region::create(layout.bytes())?;
    layout.write_to(&region);
    let (near_end, far_end) = UnixStream::pair()?;
    Ok((region, memory, Socket::new(near_end)?, far_end))
}

async fn receive(socket: &Socket) -> io::Result<Hello> {
    let mut reader = HelloReader::default();
    loop {
        socket.readable().await?;
        match reader.read_from(socket) {
            Ok(Some(hello)) => return Ok(hello),
            Ok(None) => {}
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => {}
            Err(error) => return Err(error),
        }
    }
}

async fn failed_hello(spec: &ModelSpec, process: &Process, error: &io::Error) -> ServingError {
    let closed = matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset);
    if !closed {
        return ServingError::BrokenTransport { path: spec.path.clone(), reason: error.to_string() };
    }
    ended(spec, process, "while it loaded").await
}

/// Says how a process that has closed its socket ended.
pub(crate) async fn ended(spec: &ModelSpec, process: &Process, when: &str) -> ServingError {
    let path = spec.path.clone();
    let Some(status) = process.ended(STATUS_WAIT).await else {
        return ServingError::ProcessEnded { path, reason: format!("it closed its socket {when}") };
    };
    let reason = format!("{status} {when}");
    match spec.memory {
        // Rust aborts a process that the system refuses memory, and so does C++ when nobody handles the refusal.
        Some(limit) if status.signal() == Some(Signal::ABORT.as_raw()) => ServingError::MemoryExceeded { path, limit, reason },
        _ => ServingError::ProcessEnded { path, reason },
    }
}
