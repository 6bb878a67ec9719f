//! The newest pictures, between the task that reads them and the pipeline that takes them.

use crate::ffmpeg::Frame;
use neurite_core::{bounds::MAX_BATCH_BYTES, PluginError};
use std::{
    collections::VecDeque,
    sync::{
        atomic::{AtomicU64, Ordering},
        Mutex, MutexGuard, PoisonError,
    },
};
use tokio::sync::Notify;

/// The most bytes of pictures that wait.
const MAX_QUEUE_BYTES: usize = 128 * 1024 * 1024;
/// Bytes of a row beside its picture: time and number.
const ROW_BYTES: usize = 16;

/// A picture that came.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Arrival {
    pub(super) frame: Frame,
    /// When it was received, in Unix milliseconds.
    pub(super) time: u64,
    /// Pictures that came before it since the camera was opened.
    pub(super) number: u64,
}

/// A bounded queue that drops its oldest and counts them.
pub(super) struct Arrivals {
    state: Mutex<State>,
    changed: Notify,
    dropped: AtomicU64,
    capacity: usize,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Arrival>,
    bytes: usize,
    /// Why no more will come.
    end: Option<PluginError>,
}

impl Arrivals {
    /// Makes an empty queue of this many pictures.
    pub(super) fn new(capacity: usize) -> Self {
        Self { state: Mutex::default(), changed: Notify::new(), dropped: AtomicU64::new(0), capacity }
    }

    /// Adds a picture, and drops the oldest if they are too many.
    pub(super) fn push(&self, arrival: Arrival) {
        let mut state = self.lock();
        state.bytes += arrival.frame.pixels.len();
        state.waiting.push_back(arrival);
        while state.waiting.len() > 1 && (state.waiting.len() > self.capacity || state.bytes > MAX_QUEUE_BYTES) {
            let Some(oldest) = state.waiting.pop_front() else { break };
            state.bytes -= oldest.frame.pixels.len();
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
        drop(state);
        self.changed.notify_one();
    }

    /// Says that no more pictures will come, and why.
    pub(super) fn end(&self, error: PluginError) {
        self.lock().end = Some(error);
        self.changed.notify_one();
    }

    /// Returns how many pictures were dropped.
    pub(super) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Returns the oldest pictures that wait, at least one and at most `most`, all of one size and within the bytes of a batch; waits for one if
    /// there is none. Fails when no more will come. Cancel-safe.
    pub(super) async fn take(&self, most: usize) -> Result<Vec<Arrival>, PluginError> {
        loop {
            let changed = self.changed.notified();
            let taken = self.take_waiting(most)?;
            if !taken.is_empty() {
                return Ok(taken);
            }
            changed.await;
        }
    }

    fn take_waiting(&self, most: usize) -> Result<Vec<Arrival>, PluginError> {
        let mut state = self.lock();
        let Some(first) = state.waiting.front() else { return state.end.clone().map_or_else(|| Ok(Vec::new()), Err) };
        let (height, width, size) = (first.frame.height, first.frame.width, first.frame.pixels.len());
        let most = most.min(MAX_BATCH_BYTES / (size + ROW_BYTES)).max(1);
        let alike = state.waiting.iter().take_while(|arrival| (arrival.frame.height, arrival.frame.width) == (height, width));
        let rows = alike.take(most).count();
        state.bytes -= rows * size;
        Ok(state.waiting.drain(..rows).collect())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
