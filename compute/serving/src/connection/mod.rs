//! The engine's side of one serving process: slots, requests in flight, waking and being woken.
//!
//! # Guarantees
//! * [`Connection::infer`] is cancel-safe: a dropped request runs to its end in the process and its slot returns then.
//! * When the process ends, every waiting request fails at once.
//! * Waking costs a system call only if the other side sleeps.

mod completion;
mod slots;
mod socket;

use std::{
    io::{self, Read},
    sync::{
        atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering},
        Mutex, MutexGuard, PoisonError,
    },
    task::Waker,
    time::{Duration, Instant},
};

use tokio::{
    sync::{Notify, Semaphore},
    time::timeout,
};

pub(crate) use self::socket::Socket;
use self::{
    completion::{yield_once, Completion},
    slots::Slots,
};
use crate::{
    config::{BYTES_PER_PLACE, REQUEST_TIMEOUT},
    process::Process,
    shm::{engine_sleeps, message_bytes, process_sleeps, FaultKind, Layout, Malformed, Message, MessageWriter, Region},
    spin::Spinner,
    tensor::{ModelDescription, Tensor, TensorView},
};

/// A request is awaited busily if the process is expected to answer within this time.
const SPIN_WORTHWHILE: Duration = Duration::from_micros(150);

/// The part of busy waiting that does not depend on the model.
const SPIN_BASE: Duration = Duration::from_micros(30);

/// Why a request got no tensors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RequestFault {
    /// The process is gone or going.
    Gone,
    /// The process did not answer in time and was killed.
    Timeout,
    /// The tensors take more bytes than a slot offers.
    TooLarge {
        /// What they take.
        bytes: usize,
        /// What a slot offers.
        limit: usize,
    },
    /// The backend's message.
    Backend(String),
    /// The process needed more memory than it may have, and ends.
    Memory(String),
    /// The process broke this rule.
    Malformed(Malformed),
}

/// A serving process that has loaded its model.
#[derive(Debug)]
pub(crate) struct Connection {
    region: Region,
    layout: Layout,
    socket: Socket,
    process: Process,
    description: ModelDescription,
    slots: Mutex<Slots>,
    /// As many as slots; large requests take several (see [`BYTES_PER_PLACE`]).
    places: Semaphore,
    in_flight: AtomicUsize,
    /// What an inference takes, in nanoseconds, as the process says; only decides how to wait.
    execution_nanos: AtomicU32,
    somebody_spins: AtomicBool,
    spinner: Spinner,
    gone: AtomicBool,
    stop: Notify,
    /// Callers that hold this connection; see [`Connection::begin_use`].
    users: AtomicUsize,
    started: Instant,
    last_used_millis: AtomicU64,
}

impl Connection {
    /// Takes over a process that has said its hello.
    pub(crate) fn new(region: Region, layout: Layout, socket: Socket, process: Process, description: ModelDescription) -> Self {
        Self {
            region,
            layout,
            socket,
            process,
            description,
            slots: Mutex::new(Slots::new(layout.slots())),
            places: Semaphore::new(layout.slots()),
            in_flight: AtomicUsize::new(0),
            execution_nanos: AtomicU32::new(0),
            somebody_spins: AtomicBool::new(false),
            spinner: Spinner::new(),
            gone: AtomicBool::new(false),
            stop: Notify::new(),
            users: AtomicUsize::new(0),
            started: Instant::now(),
            last_used_millis: AtomicU64::new(0),
        }
    }

    /// Returns what the model takes and gives.
    pub(crate) fn description(&self) -> &ModelDescription {
        &self.description
    }

    /// Returns the process.
    pub(crate) fn process(&self) -> &Process {
        &self.process
    }

    /// Returns the requests that the process has.
    pub(crate) fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::Relaxed)
    }

    /// Returns how long ago the process became ready.
    pub(crate) fn age(&self) -> Duration {
        self.started.elapsed()
    }

    /// Runs the model on tensors that fit its description.
    pub(crate) async fn infer(&self, inputs: &[TensorView<'_>]) -> Result<Vec<Tensor>, RequestFault> {
        let limit = self.layout.input_capacity();
        let bytes = message_bytes(inputs.iter().copied()).unwrap_or(usize::MAX);
        if bytes > limit {
            return Err(RequestFault::TooLarge { bytes, limit });
        }
        let mut lease = self.lease(bytes).await?;
        let mut writer = MessageWriter::new(&self.region, self.layout.input_area(lease.slot));
        for tensor in inputs {
            writer.put(*tensor).map_err(|overflow| RequestFault::TooLarge { bytes: overflow.bytes, limit })?;
        }
        writer.finish();
        let sequence = lease.submit();
        if self.finishes_at_once(lease.slot, sequence).await {
            return lease.response();
        }
        match timeout(REQUEST_TIMEOUT, Completion::new(self, lease.slot, sequence)).await {
            Ok(true) => lease.response(),
            Ok(false) => Err(RequestFault::Gone),
            Err(_) => {
                self.process.kill();
                Err(RequestFault::Timeout)
            }
        }
    }

    /// Handles what the process says until it is gone. Cancel-safe.
    pub(crate) async fn listen(&self) {
        loop {
            if self.socket.readable().await.is_err() {
                return self.fail_all();
            }
            let mut bytes = [0; 64];
            match (&self.socket).read(&mut bytes) {
                Ok(0) => return self.fail_all(),
                Ok(_) => self.sweep(),
                Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => {}
                Err(error) => {
                    tracing::debug!(pid = self.process.pid(), %error, "socket of serving process failed");
                    return self.fail_all();
                }
            }
        }
    }

    /// Tells the process to end once it has answered what it has; no further requests are taken.
    pub(crate) fn stop(&self) {
        self.places.close();
        if let Err(error) = self.socket.close_writing() {
            tracing::trace!(pid = self.process.pid(), %error, "serving process was already gone");
        }
        self.stop.notify_one();
    }

    /// Waits until [`Connection::stop`] is called. Cancel-safe.
    pub(crate) async fn stopping(&self) {
        self.stop.notified().await;
    }

    /// Counts a caller; to be called while the connection cannot be retired.
    pub(crate) fn begin_use(&self) {
        self.users.fetch_add(1, Ordering::Relaxed);
    }

    /// Ends what [`Connection::begin_use`] began.
    pub(crate) fn end_use(&self) {
        self.last_used_millis.store(self.started.elapsed().as_millis() as u64, Ordering::Relaxed);
        self.users.fetch_sub(1, Ordering::Release);
    }

    /// Returns for how long nobody has used the connection; nothing while somebody does.
    pub(crate) fn idle_for(&self) -> Duration {
        if self.users.load(Ordering::Acquire) > 0 {
            return Duration::ZERO;
        }
        self.started.elapsed().saturating_sub(Duration::from_millis(self.last_used_millis.load(Ordering::Relaxed)))
    }

    fn is_gone(&self) -> bool {
        self.gone.load(Ordering::Acquire)
    }

    fn is_finished(&self, slot: usize, sequence: u32) -> bool {
        self.layout.is_finished(&self.region, slot, sequence)
    }

    async fn lease(&self, bytes: usize) -> Result<Lease<'_>, RequestFault> {
        let most = (self.layout.slots() / 2).max(1);
        let places = bytes.div_ceil(BYTES_PER_PLACE).clamp(1, most);
        let permit = self.places.acquire_many(places as u32).await.map_err(|_| RequestFault::Gone)?;
        let slot = self.lock().take().ok_or(RequestFault::Gone)?;
        permit.forget();
        Ok(Lease { connection: self, slot, places, sequence: None })
    }

    /// Wakes the process if it sleeps. A socket that takes no byte has enough of them to wake it.
    fn ring(&self) {
        if process_sleeps(&self.region).swap(0, Ordering::SeqCst) == 0 {
            return;
        }
        if let Err(error) = self.socket.ring() {
            tracing::trace!(pid = self.process.pid(), %error, "serving process was not woken");
        }
    }

    /// Waits busily for a request if the model is fast; one caller at a time, since each takes a processor.
    async fn finishes_at_once(&self, slot: usize, sequence: u32) -> bool {
        if self.users.load(Ordering::Relaxed) > 1 {
            // The others may have requests to submit, which the process can run meanwhile.
            yield_once().await;
        }
        let execution = Duration::from_nanos(self.execution_nanos.load(Ordering::Relaxed).into());
        let expected = execution.saturating_mul(self.in_flight().max(1) as u32);
        if expected > SPIN_WORTHWHILE || self.somebody_spins.swap(true, Ordering::Acquire) {
            return self.is_finished(slot, sequence);
        }
        let finished = || self.is_finished(slot, sequence);
        let at_once = self.spinner.wait(SPIN_BASE + expected.saturating_mul(2), finished);
        self.somebody_spins.store(false, Ordering::Release);
        at_once
    }

    fn register(&self, slot: usize, waker: &Waker) {
        let mut slots = self.lock();
        slots.register(slot, waker);
        engine_sleeps(&self.region).store(1, Ordering::SeqCst);
    }

    /// Wakes the callers of finished requests. The flag is set first: what finishes after the look then rings again.
    fn sweep(&self) {
        let mut slots = self.lock();
        engine_sleeps(&self.region).store(1, Ordering::SeqCst);
        let swept = slots.sweep(|slot, sequence| self.is_finished(slot, sequence));
        if !swept.outstanding {
            engine_sleeps(&self.region).store(0, Ordering::SeqCst);
        }
        self.places.add_permits(swept.places);
        self.in_flight.fetch_sub(swept.requests, Ordering::Relaxed);
    }

    fn fail_all(&self) {
        self.gone.store(true, Ordering::Release);
        self.places.close();
        self.lock().wake_all();
    }

    /// A panic while the lock was held would be a fault of this crate, but must not take the engine's other requests with it.
    fn lock(&self) -> MutexGuard<'_, Slots> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A slot in the hands of one caller; dropping it gives the slot back, at once or when the process is done with it.
#[derive(Debug)]
struct Lease<'a> {
    connection: &'a Connection,
    slot: usize,
    places: usize,
    sequence: Option<u32>,
}

impl Lease<'_> {
    fn submit(&mut self) -> u32 {
        let connection = self.connection;
        connection.in_flight.fetch_add(1, Ordering::Relaxed);
        let mut slots = connection.lock();
        let submission = slots.submit(self.slot);
        connection.layout.submit(&connection.region, submission.submitted, self.slot, submission.sequence);
        drop(slots);
        connection.ring();
        self.sequence = Some(submission.sequence);
        submission.sequence
    }

    fn response(&self) -> Result<Vec<Tensor>, RequestFault> {
        let connection = self.connection;
        let latest = connection.layout.execution_nanos(&connection.region, self.slot);
        let former = connection.execution_nanos.load(Ordering::Relaxed);
        connection.execution_nanos.store(if former == 0 { latest } else { former - former / 8 + latest / 8 }, Ordering::Relaxed);
        match Message::read(&connection.region, connection.layout.output_area(self.slot)) {
            Ok(Message::Tensors(tensors)) => Ok(tensors.to_tensors()),
            Ok(Message::Error(FaultKind::Inference, reason)) => Err(RequestFault::Backend(reason)),
            Ok(Message::Error(FaultKind::Memory, reason)) => Err(RequestFault::Memory(reason)),
            Err(malformed) => Err(RequestFault::Malformed(malformed)),
        }
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        let connection = self.connection;
        let unfinished = self.sequence.is_some_and(|sequence| !connection.is_finished(self.slot, sequence));
        let mut slots = connection.lock();
        if unfinished && !connection.is_gone() {
            slots.abandon(self.slot, self.places);
            drop(slots);
            return connection.sweep();
        }
        slots.release(self.slot);
        drop(slots);
        connection.places.add_permits(self.places);
        if self.sequence.is_some() {
            connection.in_flight.fetch_sub(1, Ordering::Relaxed);
        }
    }
}
