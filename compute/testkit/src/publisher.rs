//! A publisher that keeps what it was given.

use neurite_core::{BoxFuture, OutboundPayload, PayloadPublisher, PluginError};
use std::sync::{
    atomic::{AtomicBool, Ordering},
    Arc, Mutex, PoisonError,
};

/// Keeps payloads in memory; can be made unavailable.
#[derive(Debug, Clone, Default)]
pub struct FakePublisher {
    payloads: Arc<Mutex<Vec<OutboundPayload>>>,
    absent: Arc<AtomicBool>,
}

impl FakePublisher {
    /// Returns the payloads published so far.
    pub fn published(&self) -> Vec<OutboundPayload> {
        self.payloads.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Makes the publisher refuse payloads, or take them again.
    pub fn set_absent(&self, absent: bool) {
        self.absent.store(absent, Ordering::SeqCst);
    }
}

impl PayloadPublisher for FakePublisher {
    fn publish<'a>(&'a self, payload: OutboundPayload) -> BoxFuture<'a, Result<(), PluginError>> {
        Box::pin(async move {
            if self.absent.load(Ordering::SeqCst) {
                return Err(PluginError::unavailable("publisher", "told to be absent"));
            }
            self.payloads.lock().unwrap_or_else(PoisonError::into_inner).push(payload);
            Ok(())
        })
    }
}
