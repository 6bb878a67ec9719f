//! A clock that tests move.

use neurite_core::{BoxFuture, Clock};
use std::{
    future::poll_fn,
    sync::{Arc, Mutex, PoisonError},
    task::{Poll, Waker},
    time::Duration,
};

/// The Unix time at which fake clocks begin, in milliseconds.
const START_MS: u64 = 1_750_000_000_000;

/// A clock that stands still until it is advanced, or one that jumps over every wait.
#[derive(Clone)]
pub struct FakeClock {
    state: Arc<Mutex<State>>,
    jumps: bool,
}

#[derive(Default)]
struct State {
    now: Duration,
    waiting: Vec<Waker>,
}

impl FakeClock {
    /// Makes a clock that only [`FakeClock::advance`] moves.
    pub fn standing() -> Self {
        Self { state: Arc::default(), jumps: false }
    }

    /// Makes a clock on which every wait is over at once: it advances the clock by its length.
    pub fn jumping() -> Self {
        Self { state: Arc::default(), jumps: true }
    }

    /// Moves the clock; waits that are over then end.
    pub fn advance(&self, duration: Duration) {
        let waiting = self.with(|state| {
            state.now += duration;
            std::mem::take(&mut state.waiting)
        });
        waiting.into_iter().for_each(Waker::wake);
    }

    /// Returns the number of waits that are not over.
    pub fn waiting(&self) -> usize {
        self.with(|state| state.waiting.len())
    }

    fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Clock for FakeClock {
    fn monotonic(&self) -> Duration {
        self.with(|state| state.now)
    }

    fn unix_ms(&self) -> u64 {
        START_MS + self.monotonic().as_millis() as u64
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        if self.jumps {
            self.advance(duration);
            return Box::pin(std::future::ready(()));
        }
        let clock = self.clone();
        let due = self.monotonic() + duration;
        Box::pin(poll_fn(move |poll| {
            clock.with(|state| {
                if state.now >= due {
                    return Poll::Ready(());
                }
                if !state.waiting.iter().any(|waker| waker.will_wake(poll.waker())) {
                    state.waiting.push(poll.waker().clone());
                }
                Poll::Pending
            })
        }))
    }
}
