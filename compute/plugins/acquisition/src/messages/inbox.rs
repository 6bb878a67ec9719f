//! A bounded queue between a sender that must not wait and a reader that may be slow.

use super::Message;
use std::{
    collections::VecDeque,
    sync::{
        atomic::{AtomicU64, Ordering::Relaxed},
        Arc, Mutex, MutexGuard, PoisonError,
    },
};
use tokio::sync::Notify;

/// The most bytes of messages in an inbox.
const MAX_INBOX_BYTES: usize = 32 * 1024 * 1024;

/// Makes an inbox for at most `capacity` messages, and what they are put in through.
pub(crate) fn inbox(capacity: usize) -> (Letterbox, Inbox) {
    let shared =
        Arc::new(Shared { capacity: capacity.max(1), queue: Mutex::default(), arrived: Notify::new(), dropped: AtomicU64::new(0) });
    (Letterbox(shared.clone()), Inbox(shared))
}

struct Shared {
    capacity: usize,
    queue: Mutex<Queue>,
    arrived: Notify,
    dropped: AtomicU64,
}

#[derive(Default)]
struct Queue {
    messages: VecDeque<Message>,
    bytes: usize,
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    fn take(&mut self) -> Option<Message> {
        let message = self.messages.pop_front()?;
        self.bytes = self.bytes.saturating_sub(message.bytes());
        Some(message)
    }
}

/// Where messages are put in.
pub(crate) struct Letterbox(Arc<Shared>);

impl Letterbox {
    /// Puts a message in, at once; those that there is no room for any more leave, the oldest first.
    pub(crate) fn put(&self, message: Message) {
        let mut queue = self.0.queue();
        queue.bytes = queue.bytes.saturating_add(message.bytes());
        queue.messages.push_back(message);
        while queue.messages.len() > self.0.capacity || (queue.bytes > MAX_INBOX_BYTES && queue.messages.len() > 1) {
            queue.take();
            self.0.dropped.fetch_add(1, Relaxed);
        }
        drop(queue);
        self.0.arrived.notify_one();
    }
}

/// Where messages are taken out, by one reader.
pub(crate) struct Inbox(Arc<Shared>);

impl Inbox {
    /// Takes the oldest message, as soon as there is one. Cancel-safe.
    pub(crate) async fn next(&mut self) -> Message {
        loop {
            let taken = self.0.queue().take();
            match taken {
                Some(message) => return message,
                None => self.0.arrived.notified().await,
            }
        }
    }

    /// Returns how many messages left untaken.
    pub(crate) fn dropped(&self) -> u64 {
        self.0.dropped.load(Relaxed)
    }
}
