//! Sleeping until one request is finished.

use std::{
    future::{poll_fn, Future},
    pin::Pin,
    task::{Context, Poll},
};

use super::Connection;

/// A future that is ready when a request is finished (`true`) or its process is gone (`false`).
///
/// Dropping it loses nothing; the lease of the slot decides what becomes of the request.
#[derive(Debug)]
pub(super) struct Completion<'a> {
    connection: &'a Connection,
    slot: usize,
    sequence: u32,
}

impl<'a> Completion<'a> {
    pub(super) fn new(connection: &'a Connection, slot: usize, sequence: u32) -> Self {
        Self { connection, slot, sequence }
    }

    fn ended(&self) -> Option<bool> {
        if self.connection.is_finished(self.slot, self.sequence) {
            return Some(true);
        }
        self.connection.is_gone().then_some(false)
    }
}

impl Future for Completion<'_> {
    type Output = bool;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<bool> {
        if let Some(finished) = self.ended() {
            return Poll::Ready(finished);
        }
        self.connection.register(self.slot, context.waker());
        // The end may have come before the waker was in place.
        match self.ended() {
            Some(finished) => Poll::Ready(finished),
            None => Poll::Pending,
        }
    }
}

/// Lets the other futures of the task, and the other tasks of the thread, run once.
pub(super) async fn yield_once() {
    let mut yielded = false;
    poll_fn(|context| {
        if std::mem::replace(&mut yielded, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
