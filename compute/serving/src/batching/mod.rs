//! Dynamic batching: requests of several users to one model go to its process as one.
//!
//! Only those join whose users ask for it ([`ModelHandle::joining`](crate::ModelHandle::joining)), whose model takes any number of rows,
//! and whose tensors differ in nothing but their rows. A joint request is closed when it is full, when the first of its parts has waited as long
//! as it may, and, without any delay, as soon as the process has room for it; so under load, what waits while the process works goes
//! together, and an idle model answers at once.
//!
//! # Guarantees
//! * A caller that gives up costs the others nothing.
//! * When a joint request fails, its parts are tried again one by one: each gets its own answer or error.
//! * Waiting requests count among the [`MAX_WAITING`](crate::config::MAX_WAITING) of the model.
//! * Each row is assumed to be answered independently of the others. Sums over many rows may be computed in another order than over one, so
//!   answers can differ in their last digits.

mod join;
mod queue;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::{
    sync::{oneshot, Notify, OwnedSemaphorePermit, Semaphore},
    time::{sleep_until, Instant},
};

use self::queue::{Answer, Queue, Turn, Waiting};
use crate::{
    config::Batching,
    error::ServingError,
    model::Model,
    tensor::{ModelDescription, Tensor, TensorView},
};

/// The joint requests that a process has at the same time: one that it works on and one behind it.
const JOINT_REQUESTS: usize = 2;

/// The requests of one model that wait for being joined.
#[derive(Debug)]
pub(crate) struct Batcher {
    state: Mutex<State>,
    arrived: Notify,
    lanes: Arc<Semaphore>,
}

#[derive(Debug, Default)]
struct State {
    queue: Queue,
    /// Whether a task sees to the queue.
    attended: bool,
}

impl Batcher {
    pub(crate) fn new() -> Self {
        Self { state: Mutex::default(), arrived: Notify::new(), lanes: Arc::new(Semaphore::new(JOINT_REQUESTS)) }
    }

    /// Returns the rows of a request that may be joined with others; `None` if it has to go alone.
    pub(crate) fn joinable_rows(model: &ModelDescription, inputs: &[TensorView<'_>], limits: &Batching) -> Option<usize> {
        join::rows(inputs).filter(|rows| *rows < limits.max_rows && join::has_free_rows(model))
    }

    /// Waits for the answer to a request that was checked against the model's description. Cancel-safe.
    pub(crate) async fn infer(
        model: &Arc<Model>,
        inputs: Vec<Tensor>,
        rows: usize,
        limits: Batching,
        admitted: OwnedSemaphorePermit,
    ) -> Answer {
        let (answer, answered) = oneshot::channel();
        let bytes = inputs.iter().map(|tensor| tensor.view().bytes()).sum();
        let deadline = Instant::now() + limits.max_delay;
        let batcher = model.batcher();
        let unattended = {
            let mut state = batcher.lock();
            state.queue.push(Waiting { inputs, rows, bytes, limits, deadline, answer, admitted: Some(admitted) });
            !std::mem::replace(&mut state.attended, true)
        };
        batcher.arrived.notify_one();
        if unattended {
            tokio::spawn(attend(Arc::clone(model)));
        }
        answered.await.unwrap_or(Err(ServingError::ShuttingDown))
    }

    /// Returns what goes next; `None` if nobody waits, and then nobody attends to the queue any more.
    async fn next(&self) -> Option<Vec<Waiting>> {
        loop {
            let deadline = {
                let mut state = self.lock();
                match state.queue.turn(Instant::now()) {
                    Turn::Go(batch) => return Some(batch),
                    Turn::WaitUntil(deadline) => deadline,
                    Turn::Empty => {
                        state.attended = false;
                        return None;
                    }
                }
            };
            tokio::select! {
                () = sleep_until(deadline) => {}
                () = self.arrived.notified() => {}
            }
        }
    }

    /// A panic while the lock was held would be a fault of this crate, but must not take the engine's other requests with it.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sends what waits, as long as something does.
async fn attend(model: Arc<Model>) {
    // The process's room comes first: whatever comes while it is awaited still joins.
    while let Ok(lane) = Arc::clone(&model.batcher().lanes).acquire_owned().await {
        let Some(batch) = model.batcher().next().await else { return };
        let model = Arc::clone(&model);
        tokio::spawn(async move {
            send(&model, batch).await;
            drop(lane);
        });
    }
}

/// Sends requests as one, or one by one if that fails.
async fn send(model: &Arc<Model>, batch: Vec<Waiting>) {
    if batch.len() > 1 {
        let parts: Vec<&[Tensor]> = batch.iter().map(|request| request.inputs.as_slice()).collect();
        let rows: Vec<usize> = batch.iter().map(|request| request.rows).collect();
        match request(model, &join::join(&parts)).await {
            Ok(outputs) => {
                if let Some(answers) = join::split(&outputs, &rows) {
                    model.count_joined(batch.len());
                    return batch.into_iter().zip(answers).for_each(|(request, answer)| reply(request, Ok(answer)));
                }
            }
            Err(error) => tracing::debug!(%error, requests = batch.len(), "joint request failed; its parts are tried one by one"),
        }
    }
    for waiting in batch {
        let answer = request(model, &waiting.inputs).await;
        reply(waiting, answer);
    }
}

async fn request(model: &Arc<Model>, inputs: &[Tensor]) -> Answer {
    let views: Vec<TensorView<'_>> = inputs.iter().map(Tensor::view).collect();
    model.request(&views).await
}

fn reply(request: Waiting, answer: Answer) {
    // The caller may have given up meanwhile; its place is free either way.
    drop(request.admitted);
    drop(request.answer.send(answer));
}
