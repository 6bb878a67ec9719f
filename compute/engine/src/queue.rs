//! A bounded queue between tasks, with a policy for what happens when it is full.
//!
//! Order is kept. A queue whose receiver is gone refuses items; one whose senders are gone ends after the items that it holds.

use std::{
    collections::VecDeque,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::Notify;

/// What happens to an item for which there is no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Policy {
    /// Its sender waits.
    Block,
    /// The oldest item goes.
    DropOldest,
}

/// The receiver is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Closed;

/// What became of an item that was offered.
enum Offer<T> {
    /// It is queued; the item that had to go for it, if any.
    Taken(Option<T>),
    Full(T),
    Closed,
}

struct Shared<T> {
    capacity: usize,
    policy: Policy,
    state: Mutex<State<T>>,
    /// There is room, or the receiver is gone.
    room: Notify,
    /// There is an item, or the last sender is gone.
    more: Notify,
}

struct State<T> {
    items: VecDeque<T>,
    senders: usize,
    closed: bool,
}

impl<T> Shared<T> {
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes a queue of at most `capacity` items, at least one.
pub(crate) fn queue<T>(capacity: usize, policy: Policy) -> (Sender<T>, Receiver<T>) {
    let state = State { items: VecDeque::new(), senders: 1, closed: false };
    let shared = Shared { capacity: capacity.max(1), policy, state: Mutex::new(state), room: Notify::new(), more: Notify::new() };
    let shared = Arc::new(shared);
    (Sender { shared: shared.clone() }, Receiver { shared })
}

/// The end at which items are put in.
pub(crate) struct Sender<T> {
    shared: Arc<Shared<T>>,
}

impl<T> Sender<T> {
    /// Puts an item at the end and returns the one that had to go for it. Waits for room if that is the policy.
    ///
    /// Cancel-safe: a cancelled call has queued nothing.
    pub(crate) async fn send(&self, mut item: T) -> Result<Option<T>, Closed> {
        loop {
            let mut room = pin!(self.shared.room.notified());
            room.as_mut().enable();
            item = match self.offer(item, self.shared.policy) {
                Offer::Taken(dropped) => return Ok(dropped),
                Offer::Closed => return Err(Closed),
                Offer::Full(item) => item,
            };
            room.await;
        }
    }

    /// Puts an item at the end without waiting, whatever the policy; the oldest goes if there is no room.
    pub(crate) fn push(&self, item: T) -> Result<Option<T>, Closed> {
        match self.offer(item, Policy::DropOldest) {
            Offer::Taken(dropped) => Ok(dropped),
            Offer::Full(_) | Offer::Closed => Err(Closed),
        }
    }

    /// Tells whether the receiver is gone.
    pub(crate) fn is_closed(&self) -> bool {
        self.shared.lock().closed
    }

    fn offer(&self, item: T, policy: Policy) -> Offer<T> {
        let mut state = self.shared.lock();
        if state.closed {
            return Offer::Closed;
        }
        let full = state.items.len() >= self.shared.capacity;
        if full && policy == Policy::Block {
            return Offer::Full(item);
        }
        let dropped = if full { state.items.pop_front() } else { None };
        state.items.push_back(item);
        drop(state);
        self.shared.more.notify_one();
        Offer::Taken(dropped)
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        self.shared.lock().senders += 1;
        Self { shared: self.shared.clone() }
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        self.shared.lock().senders -= 1;
        self.shared.more.notify_one();
    }
}

/// The end at which items are taken out.
pub(crate) struct Receiver<T> {
    shared: Arc<Shared<T>>,
}

impl<T> Receiver<T> {
    /// Takes out the first item; `None` once the queue is empty and all senders are gone. Cancel-safe.
    pub(crate) async fn recv(&mut self) -> Option<T> {
        loop {
            if let Some(item) = self.try_recv() {
                return Some(item);
            }
            let ended = {
                let state = self.shared.lock();
                state.senders == 0 && state.items.is_empty()
            };
            if ended {
                return None;
            }
            // There is one receiver, so that a notification that came in between is kept for it.
            self.shared.more.notified().await;
        }
    }

    /// Takes out the first item if there is one.
    pub(crate) fn try_recv(&mut self) -> Option<T> {
        let item = self.shared.lock().items.pop_front()?;
        self.shared.room.notify_one();
        Some(item)
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.closed = true;
        let items = std::mem::take(&mut state.items);
        drop(state);
        drop(items);
        self.shared.room.notify_waiters();
    }
}

#[cfg(test)]
mod tests;
