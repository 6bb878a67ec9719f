//! Time, injected.

use crate::BoxFuture;
use std::time::Duration;

/// A source of time; the engine has the machine's, tests have one that they move.
pub trait Clock: Send + Sync + 'static {
    /// Returns the time since an arbitrary fixed moment; never goes back. For pacing, waits and intervals.
    fn monotonic(&self) -> Duration;

    /// Returns the Unix time in milliseconds. For records that people read.
    fn unix_ms(&self) -> u64;

    /// Returns a future that ends after this time. Cancel-safe.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;
}
