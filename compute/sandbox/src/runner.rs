//! The engine's handle of code that runs.

use crate::{
    batch::{question, Outcome},
    code::VerifiedCode,
    error::SandboxError,
    launch::Launch,
    limits::Limits,
    runtime::{CpythonConfig, Runtime},
    supervisor::{Job, Shared, Supervisor},
};
use neurite_core::Input;
use serde_json::Value;
use std::{
    ffi::OsString,
    path::PathBuf,
    sync::{mpsc, Arc},
    thread,
};
use tokio::sync::oneshot;

/// The stack of the thread that keeps a worker.
const STACK_BYTES: usize = 256 << 10;

/// How workers are started.
#[derive(Debug, Clone, Default)]
pub struct SandboxConfig {
    /// The program that is started for every runner; it gives [`worker::start`](crate::worker::start) what follows its own arguments.
    pub program: PathBuf,
    /// Arguments that lead the program there.
    pub args: Vec<OsString>,
    /// An empty folder, in which workers stand; made when it is missing.
    pub folder: PathBuf,
    /// The runtimes that are not in the program.
    pub cpython: CpythonConfig,
}

/// Runs one code, in a worker of its own.
///
/// A thread keeps the worker: the signal that a worker asks for at the engine's death comes when the *thread* that started it ends.
/// Dropping the runner ends both.
#[derive(Debug)]
pub struct CodeRunner {
    jobs: mpsc::SyncSender<Job>,
    shared: Arc<Shared>,
}

impl CodeRunner {
    /// Makes a runner in [`Runtime::Monty`]. No worker is started before it is needed. `name` says in the log whose code it is.
    ///
    /// # Errors
    /// `Start` if the system gives no thread.
    pub fn new(name: String, config: &SandboxConfig, code: VerifiedCode, limits: Limits) -> Result<Self, SandboxError> {
        Self::on(Runtime::Monty, name, config, code, limits)
    }

    /// Makes a runner in a runtime.
    ///
    /// # Errors
    /// `NotAllowed` if the operator does not allow the owner's code there, `Missing` if this machine lacks a part of the runtime, `Start` if
    /// the system gives no thread.
    pub fn on(runtime: Runtime, name: String, config: &SandboxConfig, code: VerifiedCode, limits: Limits) -> Result<Self, SandboxError> {
        let limits = limits.bounded();
        let launch = Launch::new(config, runtime, code.owner(), &limits)?;
        let program = launch.program.clone();
        // One at a time: every call waits for its answer.
        let (jobs, queue) = mpsc::sync_channel(1);
        let shared = Arc::new(Shared::default());
        let supervisor = Supervisor::new(name, launch, code, limits, Arc::clone(&shared));
        thread::Builder::new()
            .name("code-worker".into())
            .stack_size(STACK_BYTES)
            .spawn(move || supervisor.work(&queue))
            .map_err(|error| SandboxError::Start { program, reason: error.to_string() })?;
        Ok(Self { jobs, shared })
    }

    /// Starts a worker, unless one runs, and compiles the code in it.
    ///
    /// # Errors
    /// `Invalid` if the code cannot be compiled, `Start` if no worker can be started.
    pub async fn check(&self) -> Result<(), SandboxError> {
        self.ask(Vec::new()).await.map(drop)
    }

    /// Runs the code on a batch. Not cancel-safe: after a call that was dropped, the next one may wait for its end.
    ///
    /// # Errors
    /// See [`SandboxError`]; after any error the run has left nothing.
    pub async fn run(&self, input: Input<'_>, state: &Value) -> Result<Outcome, SandboxError> {
        self.ask(question(input, state)?).await
    }

    /// Returns the process id of the worker, if one runs.
    pub fn worker(&self) -> Option<u32> {
        self.shared.worker()
    }

    async fn ask(&self, question: Vec<u8>) -> Result<Outcome, SandboxError> {
        let (answer, answered) = oneshot::channel();
        self.jobs.send(Job { question, answer }).map_err(|_| SandboxError::Closed)?;
        answered.await.map_err(|_| SandboxError::Closed)?
    }
}

impl Drop for CodeRunner {
    fn drop(&mut self) {
        self.shared.close();
    }
}
