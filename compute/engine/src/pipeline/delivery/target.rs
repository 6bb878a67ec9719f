//! The task that hands payloads to one target.
//!
//! Payloads are handed over in their order, up to [`SEND_WINDOW`] at a time. When the target does not answer, those that did not arrive go to a
//! bounded queue on disk, and everything that comes after them, until the target has taken them all. One that the target refuses for good is
//! dropped and counted.

use super::{spool::Spool, Outgoing};
use crate::{
    limits::SEND_WINDOW,
    pipeline::{receipt::Receipt, Run},
    queue::Receiver,
    EngineError,
};
use futures::{stream::FuturesOrdered, FutureExt, StreamExt};
use neurite_core::{BusMessage, Communication, PluginError};
use std::{collections::BTreeSet, panic::AssertUnwindSafe, sync::Arc};
use tokio_util::sync::CancellationToken;

/// A target and what it still has to take.
pub(super) struct Target {
    run: Arc<Run>,
    name: String,
    sink: Arc<dyn Communication>,
    queue: Receiver<Outgoing>,
    spool: Spool,
    removed: CancellationToken,
    /// Whether no payload will come any more.
    closed: bool,
    /// Attempts since the target last answered.
    failures: u32,
}

/// What became of a payload.
enum Sent {
    Acknowledged,
    /// The target does not answer.
    Unanswered(PluginError),
    Refused(PluginError),
}

impl Target {
    /// Makes a target that begins with what lies on disk.
    pub(super) async fn open(
        run: Arc<Run>,
        name: String,
        sink: Arc<dyn Communication>,
        queue: Receiver<Outgoing>,
        removed: CancellationToken,
    ) -> Result<Self, EngineError> {
        let spool = Spool::open(run.clone(), name.clone()).await?;
        let target = Self { run, name, sink, queue, spool, removed, closed: false, failures: 0 };
        target.show();
        Ok(target)
    }

    /// Hands payloads over until none will come any more, and all are handed over or the engine shuts down.
    ///
    /// One that was removed still hands over what it can, but does not wait for a target that does not answer.
    pub(super) async fn work(mut self) {
        loop {
            if self.spool.is_empty() {
                self.pass_on().await;
            } else if let Err(error) = self.catch_up().await {
                tracing::error!(pipeline = %self.run.key, target = self.name, %error, "payloads on disk cannot be read");
                self.failures += 1;
            }
            if self.removed.is_cancelled() {
                return self.handle_removal().await;
            }
            if self.closed && (self.spool.is_empty() || self.run.drain.is_cancelled()) {
                return;
            }
        }
    }

    /// Hands over what comes, until the target does not answer or nothing will come any more.
    async fn pass_on(&mut self) {
        let mut window = FuturesOrdered::new();
        let mut unanswered: Vec<Outgoing> = Vec::new();
        loop {
            let takes = !self.closed && unanswered.is_empty() && window.len() < SEND_WINDOW;
            tokio::select! {
                biased;
                Some((outgoing, sent)) = window.next() => if self.handle_sent(sent) { unanswered.push(outgoing) },
                outgoing = self.queue.recv(), if takes => match outgoing {
                    Some(outgoing) => {
                        let sending = hand_over(self.sink.clone(), outgoing.message.clone());
                        window.push_back(sending.map(move |sent| (outgoing, sent)));
                    }
                    None => self.closed = true,
                },
                else => break,
            }
        }
        if !unanswered.is_empty() {
            self.keep(unanswered).await;
        }
    }

    /// Takes what lies on disk to the target. As long as it does not answer, what comes meanwhile is put behind that.
    async fn catch_up(&mut self) -> Result<(), EngineError> {
        if self.failures > 0 {
            self.keep(Vec::new()).await;
            if !self.rest().await {
                return Ok(());
            }
        }
        // After a failure one payload finds out whether the target answers again.
        let most = if self.failures > 0 { 1 } else { SEND_WINDOW };
        let first = self.spool.first(most).await?;
        let (sink, messages) = (self.sink.clone(), first.iter().map(|(_, message)| message.clone()));
        let results: Vec<Sent> = messages.map(|message| hand_over(sink.clone(), message)).collect::<FuturesOrdered<_>>().collect().await;
        let mut settled = BTreeSet::new();
        let mut answers = true;
        for ((number, _), sent) in first.into_iter().zip(results) {
            if self.handle_sent(sent) {
                answers = false;
            } else {
                settled.insert(number);
            }
        }
        self.spool.remove(settled).await?;
        self.failures = if answers { 0 } else { self.failures + 1 };
        self.show();
        Ok(())
    }

    /// Waits before the next attempt, and puts what comes meanwhile on disk. Returns whether there is to be one: not when the engine shuts down.
    async fn rest(&mut self) -> bool {
        let policy = &self.run.parts.limits.delivery;
        let due = self.run.now() + policy.wait_after(self.failures).unwrap_or(policy.longest_wait);
        let (run, drain, removed) = (self.run.clone(), self.run.drain.clone(), self.removed.clone());
        let mut waited = std::pin::pin!(run.sleep_until(due));
        loop {
            tokio::select! {
                biased;
                () = drain.cancelled(), if self.closed => return false,
                () = removed.cancelled() => return false,
                outgoing = self.queue.recv(), if !self.closed => match outgoing {
                    Some(outgoing) => self.keep(vec![outgoing]).await,
                    None => self.closed = true,
                },
                () = &mut waited, if !drain.is_cancelled() => return true,
            }
        }
    }

    /// Puts payloads on disk, with all that waits behind them; only then they are settled. Does not give up: who waits for them stays behind.
    async fn keep(&mut self, mut outgoing: Vec<Outgoing>) {
        outgoing.extend(std::iter::from_fn(|| self.queue.try_recv()));
        if outgoing.is_empty() {
            return;
        }
        let (messages, receipts): (Vec<Arc<BusMessage>>, Vec<Receipt>) =
            outgoing.into_iter().map(|outgoing| (outgoing.message, outgoing.receipt)).unzip();
        let dropped = loop {
            match self.spool.push(&messages).await {
                Ok(dropped) => break dropped,
                Err(error) => {
                    tracing::error!(pipeline = %self.run.key, target = self.name, %error, "payloads not kept on disk");
                    self.run.sleep(self.run.parts.limits.delivery.longest_wait).await;
                }
            }
        };
        drop(receipts);
        self.failures = self.failures.max(1);
        self.run.update_target(&self.name, |target| target.dropped += dropped as u64);
        self.show();
    }

    /// Drops what is left, for nobody wants it any more.
    async fn handle_removal(&mut self) {
        let waiting = std::iter::from_fn(|| self.queue.try_recv()).count();
        let target = self.name.clone();
        let spooled = self.run.with_store(move |store, key| store.clear_target(key, &target)).await.unwrap_or_else(|error| {
            tracing::error!(pipeline = %self.run.key, target = self.name, %error, "payloads not removed from disk");
            0
        });
        self.run.status.send_modify(|status| status.remove_target(&self.name, (waiting + spooled) as u64));
    }

    /// Counts what became of a payload; returns whether it has to be sent again.
    fn handle_sent(&self, sent: Sent) -> bool {
        let (pipeline, name) = (&self.run.key, self.name.as_str());
        match sent {
            Sent::Acknowledged => self.run.update_target(name, |target| target.sent += 1),
            Sent::Unanswered(error) => {
                tracing::warn!(%pipeline, target = name, %error, "payload will be sent again");
                self.run.update_target(name, |target| target.retries += 1);
                return true;
            }
            Sent::Refused(error) => {
                tracing::warn!(%pipeline, target = name, %error, "payload dropped");
                self.run.update_target(name, |target| target.dropped += 1);
            }
        }
        false
    }

    /// Shows what lies on disk.
    fn show(&self) {
        let (waiting, bytes) = (self.spool.len() as u64, self.spool.bytes() as u64);
        self.run.update_target(&self.name, |target| (target.waiting, target.waiting_bytes) = (waiting, bytes));
    }
}

/// Hands a payload over. A panic of the plugin is its refusal.
async fn hand_over(sink: Arc<dyn Communication>, message: Arc<BusMessage>) -> Sent {
    let sending = AssertUnwindSafe(async { sink.send(&message.origin, &message.payload).await });
    match sending.catch_unwind().await {
        Ok(Ok(())) => Sent::Acknowledged,
        Ok(Err(error)) if error.is_transient() => Sent::Unanswered(error),
        Ok(Err(error)) => Sent::Refused(error),
        Err(_) => Sent::Refused(PluginError::internal("a plugin panicked")),
    }
}
