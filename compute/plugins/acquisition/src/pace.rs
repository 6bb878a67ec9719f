//! Rows at a steady pace.

use neurite_core::Clock;
use std::{sync::Arc, time::Duration};

/// Waits between rows, so that they come at a fixed interval. A late row is not made up for by a burst.
pub(crate) struct Pace {
    clock: Arc<dyn Clock>,
    interval: Duration,
    due: Duration,
}

impl Pace {
    /// Makes a pace whose first row is due after `delay`.
    pub(crate) fn new(clock: Arc<dyn Clock>, interval: Duration, delay: Duration) -> Self {
        Self { due: clock.monotonic() + delay, clock, interval }
    }

    /// Waits until the next row is due.
    pub(crate) async fn wait(&mut self) {
        let wait = self.due.saturating_sub(self.clock.monotonic());
        if !wait.is_zero() {
            self.clock.sleep(wait).await;
        }
        let now = self.clock.monotonic();
        self.due += self.interval;
        if self.due <= now {
            self.due = now + self.interval;
        }
    }

    /// Returns the clock.
    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }
}
