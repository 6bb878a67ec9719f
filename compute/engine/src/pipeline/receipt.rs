//! Tells when all payloads of a time have been settled.
//!
//! A payload is settled when it was acknowledged, lies on disk, or was dropped and counted. Until then it holds a receipt.

use std::{convert::Infallible, sync::Arc};
use tokio::sync::oneshot;

/// Held by a payload until it is settled; the last one that goes settles them all.
#[derive(Clone)]
pub(super) struct Receipt {
    _open: Arc<oneshot::Sender<Infallible>>,
}

/// Waits until no receipt is left.
pub(super) struct Settled(oneshot::Receiver<Infallible>);

impl Settled {
    /// Ends when no receipt is left. Cancel-safe.
    pub(super) async fn wait(&mut self) {
        // Nothing is ever sent: the error is the news.
        let _ = (&mut self.0).await;
    }
}

/// Makes the first receipt and what waits for it.
pub(super) fn receipt() -> (Receipt, Settled) {
    let (sender, receiver) = oneshot::channel();
    (Receipt { _open: Arc::new(sender) }, Settled(receiver))
}
