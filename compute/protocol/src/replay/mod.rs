//! Which messages of a sender were already seen.
//!
//! A sender counts its messages. A receiver keeps, per sender, the highest count and which of the counts just below it were seen
//! ([`ReplayWindow`]): transport may reorder messages a little. What is below the window counts as seen. A [`ReplayStore`] keeps
//! the windows of all senders; one that persists must have stored the window before it answers [`Observed::New`].

pub mod contract;
mod memory;
mod window;

pub use memory::MemoryReplayStore;
pub use window::{ReplayWindow, WINDOW_BYTES, WINDOW_SIZE};

use crate::{Address, UnixMillis};

/// What a store knows of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Observed {
    /// It is new, and from now on seen.
    New,
    /// It was seen, or is so far behind that nobody can tell.
    Seen,
    /// The sender is new and there is no room for it.
    Full,
}

/// Says why a store could not answer; the message is then not believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the replay store failed: {reason}")]
pub struct ReplayStoreError {
    /// What happened.
    pub reason: String,
}

/// Keeps what was seen of every sender, bounded.
///
/// A store may forget a sender only when the sender's last message is older than the verifier's window of time: everything that
/// could be replayed is then too old anyway. Every implementation runs [`contract::check`].
pub trait ReplayStore {
    /// Marks the message `seq` of `sender` as seen at `now` and tells whether it was new.
    ///
    /// # Errors
    /// [`ReplayStoreError`] if the store cannot be read or written; nothing is then marked.
    fn observe(&mut self, sender: &Address, seq: u64, now: UnixMillis) -> Result<Observed, ReplayStoreError>;
}
