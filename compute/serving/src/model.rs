//! A model and its process through starts, deaths and idle times.
//!
//! The process is started by whoever needs it first; the others wait for that start. A process that dies is not started again by
//! itself but by the next request, which waits for the end of the back-off. A model that was refused stays refused until its file changes.

use std::{
    ops::Deref,
    sync::{
        atomic::{AtomicU64, Ordering},
        Arc, Mutex, MutexGuard, PoisonError, Weak,
    },
    time::{Duration, SystemTime},
};

use tokio::{
    sync::{watch, Mutex as AsyncMutex, Semaphore},
    time::{sleep, sleep_until, timeout, Instant},
};

use crate::{
    backoff::Backoff,
    batching::Batcher,
    config::{Batching, ModelSpec, ServingConfig, MAX_WAITING, SLOTS, STOP_GRACE},
    connection::{Connection, RequestFault},
    error::ServingError,
    handle::{ModelHealth, ModelState},
    launch::{ended, launch},
    resident::resident_bytes,
    tensor::{ModelDescription, Tensor, TensorView},
};

/// The shortest time between two looks at whether a process is idle.
const IDLE_CHECK: Duration = Duration::from_millis(20);

/// A model that a manager holds.
#[derive(Debug)]
pub(crate) struct Model {
    spec: ModelSpec,
    config: Arc<ServingConfig>,
    current: Mutex<Current>,
    /// Held while a process is started, so that one start serves all who wait.
    starting: AsyncMutex<()>,
    /// Bounds the callers that wait or are served.
    admission: Arc<Semaphore>,
    batcher: Batcher,
    closed: watch::Sender<bool>,
    requests: AtomicU64,
    failures: AtomicU64,
    joined: AtomicU64,
}

#[derive(Debug)]
struct Current {
    state: ModelState,
    connection: Option<Arc<Connection>>,
    description: Option<ModelDescription>,
    backoff: Backoff,
    not_before: Instant,
    refused: Option<(Option<FileStamp>, ServingError)>,
    died: bool,
    restarts: u64,
}

/// What tells one version of a file from the next.
#[derive(Debug, Clone, PartialEq, Eq)]
struct FileStamp {
    bytes: u64,
    modified: Option<SystemTime>,
}

/// A caller's hold on a connection, which is not retired meanwhile.
#[derive(Debug)]
struct User(Arc<Connection>);

impl Deref for User {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.0
    }
}

impl Drop for User {
    fn drop(&mut self) {
        self.0.end_use();
    }
}

impl Model {
    pub(crate) fn new(spec: ModelSpec, config: Arc<ServingConfig>) -> Self {
        let current = Current {
            state: ModelState::Stopped,
            connection: None,
            description: None,
            backoff: Backoff::default(),
            not_before: Instant::now(),
            refused: None,
            died: false,
            restarts: 0,
        };
        Self {
            spec,
            config,
            current: Mutex::new(current),
            starting: AsyncMutex::new(()),
            admission: Arc::new(Semaphore::new(MAX_WAITING + SLOTS)),
            batcher: Batcher::new(),
            closed: watch::Sender::new(false),
            requests: AtomicU64::new(0),
            failures: AtomicU64::new(0),
            joined: AtomicU64::new(0),
        }
    }

    /// Starts the process if it does not run. Cancel-safe.
    pub(crate) async fn ready(self: &Arc<Self>) -> Result<(), ServingError> {
        let _admitted = self.admission.try_acquire().map_err(|_| self.overloaded())?;
        self.connect().await.map(drop)
    }

    /// Runs the model. Cancel-safe.
    pub(crate) async fn infer(self: &Arc<Self>, inputs: &[TensorView<'_>]) -> Result<Vec<Tensor>, ServingError> {
        let _admitted = self.admission.try_acquire().map_err(|_| self.overloaded())?;
        self.request(inputs).await
    }

    /// Runs the model on a request that may be joined with others. Cancel-safe.
    pub(crate) async fn infer_joined(self: &Arc<Self>, inputs: &[TensorView<'_>], batching: Batching) -> Result<Vec<Tensor>, ServingError> {
        let admitted = Arc::clone(&self.admission).try_acquire_owned().map_err(|_| self.overloaded())?;
        let user = self.connect().await?;
        check(&user, inputs)?;
        let Some(rows) = Batcher::joinable_rows(user.description(), inputs, &batching) else {
            return self.run(&user, inputs).await;
        };
        let tensors = inputs.iter().map(TensorView::to_tensor).collect();
        Batcher::infer(self, tensors, rows, batching, admitted).await
    }

    /// Runs the model on a request that was admitted already. Cancel-safe.
    pub(crate) async fn request(self: &Arc<Self>, inputs: &[TensorView<'_>]) -> Result<Vec<Tensor>, ServingError> {
        let user = self.connect().await?;
        check(&user, inputs)?;
        self.run(&user, inputs).await
    }

    async fn run(&self, user: &User, inputs: &[TensorView<'_>]) -> Result<Vec<Tensor>, ServingError> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        match user.infer(inputs).await {
            Ok(outputs) => Ok(outputs),
            Err(fault) => {
                self.failures.fetch_add(1, Ordering::Relaxed);
                Err(self.error_of(fault, user).await)
            }
        }
    }

    /// Returns the queue of requests that may be joined.
    pub(crate) fn batcher(&self) -> &Batcher {
        &self.batcher
    }

    /// Counts requests that were answered as one.
    pub(crate) fn count_joined(&self, requests: usize) {
        self.joined.fetch_add(requests as u64, Ordering::Relaxed);
    }

    /// Returns what the model takes and gives; nothing until it was loaded once.
    pub(crate) fn description(&self) -> ModelDescription {
        self.lock().description.clone().unwrap_or_default()
    }

    pub(crate) fn health(&self) -> ModelHealth {
        let current = self.lock();
        let pid = current.connection.as_ref().map(|connection| connection.process().pid());
        ModelHealth {
            path: self.spec.path.clone(),
            state: current.state,
            pid,
            execution: current.description.as_ref().map(|description| description.execution.clone()),
            resident_bytes: pid.and_then(resident_bytes),
            memory_limit: self.spec.memory,
            restarts: current.restarts,
            requests: self.requests.load(Ordering::Relaxed),
            failures: self.failures.load(Ordering::Relaxed),
            joined: self.joined.load(Ordering::Relaxed),
            in_flight: current.connection.as_ref().map_or(0, |connection| connection.in_flight()),
        }
    }

    /// Ends the model for good; returns the connection whose process is now ending.
    pub(crate) fn close(&self) -> Option<Arc<Connection>> {
        self.closed.send_replace(true);
        let connection = self.retire(|_| true);
        connection.as_ref().inspect(|connection| connection.stop());
        connection
    }

    /// Returns the running connection, starting its process if need be.
    async fn connect(self: &Arc<Self>) -> Result<User, ServingError> {
        if let Some(user) = self.user()? {
            return Ok(user);
        }
        let _turn = self.starting.lock().await;
        if let Some(user) = self.user()? {
            return Ok(user);
        }
        let stamp = FileStamp::of(&self.spec).await;
        let not_before = self.check_refusal(&stamp)?;
        let attempt = StartAttempt { model: self };
        let mut closed = self.closed.subscribe();
        let started = tokio::select! {
            _ = closed.wait_for(|closed| *closed) => Err(ServingError::ShuttingDown),
            started = attempt.start(not_before) => started,
        };
        started.map(|connection| self.install(connection)).inspect_err(|error| self.note_failure(stamp, error))
    }

    fn user(&self) -> Result<Option<User>, ServingError> {
        if *self.closed.borrow() {
            return Err(ServingError::ShuttingDown);
        }
        let current = self.lock();
        Ok(current.connection.as_ref().map(|connection| {
            connection.begin_use();
            User(Arc::clone(connection))
        }))
    }

    /// Returns when the next start is allowed, or the refusal of the very file that is still there.
    fn check_refusal(&self, stamp: &Option<FileStamp>) -> Result<Instant, ServingError> {
        let current = self.lock();
        match &current.refused {
            Some((refused, error)) if refused == stamp => Err(error.clone()),
            _ => Ok(current.not_before),
        }
    }

    fn install(self: &Arc<Self>, connection: Connection) -> User {
        let connection = Arc::new(connection);
        connection.begin_use();
        let mut current = self.lock();
        current.state = ModelState::Running;
        current.connection = Some(Arc::clone(&connection));
        current.description = Some(connection.description().clone());
        current.refused = None;
        current.restarts += u64::from(std::mem::take(&mut current.died));
        drop(current);
        tracing::info!(model = %self.spec.path.display(), pid = connection.process().pid(), "model is served");
        tokio::spawn(watch(Arc::downgrade(self), Arc::clone(&connection), self.config.idle_timeout));
        User(connection)
    }

    fn note_failure(&self, stamp: Option<FileStamp>, error: &ServingError) {
        tracing::warn!(model = %self.spec.path.display(), %error, "model is not served");
        let mut current = self.lock();
        if matches!(error, ServingError::ModelInvalid { .. }) {
            current.state = ModelState::Invalid;
            current.refused = Some((stamp, error.clone()));
            return;
        }
        let pause = current.backoff.pause_after(Duration::ZERO);
        current.state = ModelState::BackingOff;
        current.not_before = Instant::now() + pause;
    }

    /// Takes the connection out if the condition holds; requests that come later start another process.
    fn retire(&self, condition: impl Fn(&Connection) -> bool) -> Option<Arc<Connection>> {
        let mut current = self.lock();
        let connection = current.connection.take_if(|connection| condition(connection))?;
        current.state = ModelState::Stopped;
        Some(connection)
    }

    /// Notes that a process is gone, if it was not told to go.
    fn lost(&self, lost: &Arc<Connection>) {
        let mut current = self.lock();
        if current.connection.take_if(|connection| Arc::ptr_eq(connection, lost)).is_none() {
            return;
        }
        let pause = current.backoff.pause_after(lost.age());
        current.state = ModelState::BackingOff;
        current.not_before = Instant::now() + pause;
        current.died = true;
        drop(current);
        tracing::warn!(model = %self.spec.path.display(), pid = lost.process().pid(), ?pause, "serving process died");
    }

    async fn error_of(&self, fault: RequestFault, user: &User) -> ServingError {
        let path = self.spec.path.clone();
        match fault {
            RequestFault::Gone if *self.closed.borrow() => ServingError::ShuttingDown,
            RequestFault::Gone if self.spec.memory.is_some() => ended(&self.spec, user.process(), "while it had the request").await,
            RequestFault::Memory(reason) => ServingError::MemoryExceeded { path, limit: self.spec.memory.unwrap_or_default(), reason },
            RequestFault::Gone => ServingError::ProcessEnded { path, reason: "while it had the request".to_owned() },
            RequestFault::Timeout => ServingError::RequestTimeout { path, after: crate::config::REQUEST_TIMEOUT },
            RequestFault::TooLarge { bytes, limit } => ServingError::TooLarge { bytes, limit },
            RequestFault::Backend(reason) => ServingError::InferenceFailed { reason },
            RequestFault::Malformed(malformed) => ServingError::BrokenTransport { path, reason: malformed.to_string() },
        }
    }

    fn overloaded(&self) -> ServingError {
        ServingError::Overloaded { path: self.spec.path.clone(), limit: MAX_WAITING }
    }

    /// A panic while the lock was held would be a fault of this crate, but must not take the engine's other models with it.
    fn lock(&self) -> MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Model {
    fn drop(&mut self) {
        self.close();
    }
}

fn check(user: &User, inputs: &[TensorView<'_>]) -> Result<(), ServingError> {
    user.description().check_inputs(inputs).map_err(|reason| ServingError::InvalidInput { reason })
}

/// A start under way; when it is dropped half way, the state says so.
struct StartAttempt<'a> {
    model: &'a Model,
}

impl StartAttempt<'_> {
    async fn start(self, not_before: Instant) -> Result<Connection, ServingError> {
        sleep_until(not_before).await;
        self.model.lock().state = ModelState::Starting;
        launch(&self.model.config, &self.model.spec).await
    }
}

impl Drop for StartAttempt<'_> {
    fn drop(&mut self) {
        let mut current = self.model.lock();
        if current.state == ModelState::Starting {
            current.state = ModelState::Stopped;
        }
    }
}

impl FileStamp {
    async fn of(spec: &ModelSpec) -> Option<Self> {
        let metadata = tokio::fs::metadata(&spec.path).await.ok()?;
        Some(Self { bytes: metadata.len(), modified: metadata.modified().ok() })
    }
}

/// Accompanies a process: hears it, stops it when idle, and sees to its end.
async fn watch(model: Weak<Model>, connection: Arc<Connection>, idle_timeout: Duration) {
    loop {
        let rest = idle_timeout.saturating_sub(connection.idle_for()).max(IDLE_CHECK);
        tokio::select! {
            () = connection.listen() => break,
            () = connection.stopping() => {
                if timeout(STOP_GRACE, connection.listen()).await.is_err() {
                    connection.process().kill();
                }
                break;
            }
            () = sleep(rest) => retire_if_idle(&model, &connection, idle_timeout),
        }
    }
    if let Some(model) = model.upgrade() {
        model.lost(&connection);
    }
    let pid = connection.process().pid();
    match connection.process().ended(STOP_GRACE).await {
        Some(status) => tracing::debug!(pid, %status, "serving process ended"),
        None => connection.process().kill(),
    }
}

fn retire_if_idle(model: &Weak<Model>, connection: &Arc<Connection>, idle_timeout: Duration) {
    let Some(model) = model.upgrade() else { return };
    let idle = |current: &Connection| std::ptr::eq(current, Arc::as_ptr(connection)) && current.idle_for() >= idle_timeout;
    if let Some(retired) = model.retire(idle) {
        tracing::debug!(model = %model.spec.path.display(), pid = retired.process().pid(), "idle serving process stops");
        retired.stop();
    }
}
