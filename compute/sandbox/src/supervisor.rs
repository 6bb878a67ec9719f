//! The thread that keeps a runner's worker.

use crate::{
    batch::{outcome, Outcome},
    child::Worker,
    code::VerifiedCode,
    error::SandboxError,
    launch::Launch,
    limits::Limits,
    wire::{encode, keep_end, Reply, Request, MAX_REQUEST},
};
use std::{
    borrow::Cow,
    net::Shutdown,
    os::unix::net::UnixStream,
    sync::{
        atomic::{AtomicBool, AtomicU32, Ordering},
        mpsc, Arc, Mutex, PoisonError,
    },
    thread,
    time::{Duration, Instant},
};
use tokio::sync::oneshot;

/// The time that a worker has to start and to compile its code.
const START_TIME: Duration = Duration::from_secs(20);
/// What a worker is given beyond the limit of time, to notice by itself that it is late and to say where.
const GRACE: Duration = Duration::from_millis(500);
/// How often a batch is run again because its worker was killed from outside.
const RETRIES: u32 = 2;
/// The time without a question after which a worker ends; the next question starts another.
const IDLE: Duration = Duration::from_secs(60);
/// The time at work after which a worker makes room for a fresh one, well before its limit of processor time.
const WORN_AFTER: Duration = Duration::from_secs(1_800);
/// The pause after a worker that ended with its first batch.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// How bubblewrap begins to say what the system does not give it; no code has run when the first question is answered.
const BUBBLEWRAP: &str = "bwrap: ";
/// The bytes kept of a fault in the code's form.
const MAX_REFUSAL: usize = 2 * 1024;

/// A question, and where its answer goes. An empty question only makes sure that a worker runs; its answer is empty, too.
pub(crate) struct Job {
    pub(crate) question: Vec<u8>,
    pub(crate) answer: oneshot::Sender<Result<Outcome, SandboxError>>,
}

/// What the handle sees of the thread.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    closed: AtomicBool,
    pid: AtomicU32,
    socket: Mutex<Option<UnixStream>>,
}

impl Shared {
    /// Returns the process id of the worker, if one runs.
    pub(crate) fn worker(&self) -> Option<u32> {
        Some(self.pid.load(Ordering::Acquire)).filter(|pid| *pid != 0)
    }

    /// Ends what the worker is at.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Release);
        if let Some(socket) = self.socket.lock().unwrap_or_else(PoisonError::into_inner).take() {
            // A socket that cannot be shut down is closed already.
            let _ = socket.shutdown(Shutdown::Both);
        }
    }

    fn set(&self, pid: u32, socket: Option<UnixStream>) {
        self.pid.store(pid, Ordering::Release);
        *self.socket.lock().unwrap_or_else(PoisonError::into_inner) = socket;
    }

    fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }
}

/// Keeps the worker of one runner.
pub(crate) struct Supervisor {
    launch: Launch,
    code: VerifiedCode,
    limits: Limits,
    /// Whose code it is, for the log.
    name: String,
    shared: Arc<Shared>,
    worker: Option<Worker>,
    /// How long the worker was at work.
    busy: Duration,
    /// Workers in a row that ended before they had run a batch.
    failures: u32,
}

impl Supervisor {
    pub(crate) fn new(name: String, launch: Launch, code: VerifiedCode, limits: Limits, shared: Arc<Shared>) -> Self {
        Self { launch, code, limits, name, shared, worker: None, busy: Duration::ZERO, failures: 0 }
    }

    /// Answers questions until the runner is gone.
    pub(crate) fn work(mut self, jobs: &mpsc::Receiver<Job>) {
        loop {
            match jobs.recv_timeout(IDLE) {
                // Nobody waits for the answer of a call that was cancelled.
                Ok(job) => drop(job.answer.send(self.answer(&job.question))),
                Err(mpsc::RecvTimeoutError::Timeout) => self.stop(),
                Err(mpsc::RecvTimeoutError::Disconnected) => return self.stop(),
            }
        }
    }

    fn answer(&mut self, question: &[u8]) -> Result<Outcome, SandboxError> {
        let mut retries = 0;
        loop {
            match self.try_answer(question) {
                Err(_) if self.shared.is_closed() => return Err(SandboxError::Closed),
                Err(error) if error.is_transient() && retries < RETRIES => {
                    retries += 1;
                    tracing::warn!(%error, retries, "worker of code was killed, its batch runs again");
                }
                answer => return answer,
            }
        }
    }

    fn try_answer(&mut self, question: &[u8]) -> Result<Outcome, SandboxError> {
        if self.busy >= WORN_AFTER {
            self.stop();
        }
        let answer = self.serve(question);
        match &answer {
            // A worker that was only started has yet to show that it lives.
            Ok(_) if question.is_empty() => {}
            Ok(_) | Err(SandboxError::Failed { .. }) => self.failures = 0,
            Err(_) => self.failures = self.failures.saturating_add(1),
        }
        answer
    }

    fn serve(&mut self, question: &[u8]) -> Result<Outcome, SandboxError> {
        if self.worker.is_none() {
            self.start()?;
        }
        if question.is_empty() {
            return Ok(Outcome::default());
        }
        let reply = self.ask(question, self.limits.time() + GRACE)?;
        let outcome = outcome(reply, &self.limits, &self.name);
        if matches!(outcome, Err(SandboxError::Protocol { .. })) {
            self.stop();
        }
        outcome
    }

    /// Starts a worker and has it compile the code.
    fn start(&mut self) -> Result<(), SandboxError> {
        self.pause();
        let program = self.launch.program.clone();
        let failed = |reason: String| SandboxError::Start { program: program.clone(), reason };
        let worker = Worker::start(&self.launch).map_err(|error| failed(error.to_string()))?;
        let socket = worker.socket().map_err(|error| failed(error.to_string()))?;
        self.shared.set(worker.pid(), Some(socket));
        tracing::debug!(pid = worker.pid(), "worker of code started");
        self.worker = Some(worker);
        if self.shared.is_closed() {
            // The runner may have gone just before the socket was there to be shut down.
            self.stop();
            return Err(SandboxError::Closed);
        }
        let load = Request::Load { code: Cow::Borrowed(self.code.text()), blake3: self.code.blake3(), limits: self.limits };
        let load = encode(&load, MAX_REQUEST).map_err(|error| failed(error.to_string()))?;
        let refused = match self.ask(&load, START_TIME) {
            Ok(Reply::Loaded) => return Ok(()),
            Ok(Reply::Refused(fault)) => SandboxError::Invalid { fault: keep_end(&fault, MAX_REFUSAL).to_owned() },
            Ok(Reply::Unconfined(reason)) => failed(keep_end(&reason, MAX_REFUSAL).to_owned()),
            Ok(_) => SandboxError::Protocol { reason: "an answer to another question".into() },
            Err(SandboxError::TooSlow { .. }) => failed(format!("it is not ready after {START_TIME:?}")),
            Err(SandboxError::Crashed { how }) if self.launch.is_walled && how.contains(BUBBLEWRAP) => {
                SandboxError::Missing { layer: "a wall of bubblewrap".into(), remedy: how }
            }
            Err(error) => error,
        };
        self.stop();
        Err(refused)
    }

    /// Asks the worker; one that fails is ended.
    fn ask(&mut self, question: &[u8], time: Duration) -> Result<Reply, SandboxError> {
        let Some(worker) = &mut self.worker else { return Err(SandboxError::Closed) };
        let begin = Instant::now();
        let answer = worker.ask(question, time, &self.limits);
        self.busy += begin.elapsed();
        if answer.is_err() {
            self.stop();
        }
        answer
    }

    fn stop(&mut self) {
        self.shared.set(0, None);
        self.worker = None;
        self.busy = Duration::ZERO;
    }

    /// Waits the longer, the more workers have failed in a row.
    fn pause(&self) {
        if let Some(doublings) = self.failures.checked_sub(1) {
            thread::sleep(FIRST_PAUSE.saturating_mul(1 << doublings.min(16)).min(LONGEST_PAUSE));
        }
    }
}
