//! The loop that keeps a connection.

use crate::{
    metrics::{count, Counters},
    protocol::{Handle, LinkError, LinkEvent, Loop},
    Incoming, MqttError,
};
use bytes::Bytes;
use neurite_protocol::MAX_MESSAGE;
use rumqttc::QoS;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::{mpsc, watch, Semaphore};
use tokio_util::sync::CancellationToken;

const FIRST_BACKOFF: Duration = Duration::from_millis(100);

/// What the handles and the loop share.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    pub(crate) counters: Counters,
    subscriptions: Mutex<BTreeMap<String, QoS>>,
    last_failure: Mutex<String>,
}

impl Shared {
    pub(crate) fn remember(&self, filter: &str, qos: QoS, limit: usize) -> Result<(), MqttError> {
        let mut subscriptions = self.subscriptions.lock().unwrap_or_else(PoisonError::into_inner);
        if subscriptions.len() >= limit && !subscriptions.contains_key(filter) {
            return Err(MqttError::TooManySubscriptions { limit });
        }
        subscriptions.insert(filter.to_owned(), qos);
        Ok(())
    }

    pub(crate) fn forget(&self, filter: &str) {
        self.subscriptions.lock().unwrap_or_else(PoisonError::into_inner).remove(filter);
    }

    /// Returns why there is no connection.
    pub(crate) fn last_failure(&self) -> String {
        let failure = self.last_failure.lock().unwrap_or_else(PoisonError::into_inner);
        if failure.is_empty() {
            "it was not tried yet".to_owned()
        } else {
            failure.clone()
        }
    }

    fn subscriptions(&self) -> Vec<(String, QoS)> {
        let subscriptions = self.subscriptions.lock().unwrap_or_else(PoisonError::into_inner);
        subscriptions.iter().map(|(filter, qos)| (filter.clone(), *qos)).collect()
    }
}

pub(crate) struct Engine {
    pub(crate) handle: Handle,
    pub(crate) event_loop: Loop,
    pub(crate) incoming: mpsc::Sender<Incoming>,
    /// Room for incoming messages, in KiB.
    pub(crate) room: Arc<Semaphore>,
    pub(crate) connected: watch::Sender<bool>,
    pub(crate) shared: Arc<Shared>,
    pub(crate) stop: CancellationToken,
    pub(crate) max_backoff: Duration,
}

impl Engine {
    pub(crate) async fn run(mut self) {
        let mut backoff = FIRST_BACKOFF;
        loop {
            let event = tokio::select! {
                event = self.event_loop.poll() => event,
                () = self.incoming.closed() => break,
                () = self.stop.cancelled(), if !*self.connected.borrow() => break,
            };
            match event {
                Ok(LinkEvent::Connected) => {
                    backoff = FIRST_BACKOFF;
                    self.handle_connection();
                }
                Ok(LinkEvent::Message { topic, payload }) => self.handle_message(&topic, payload),
                Ok(LinkEvent::Subscribed { refused }) => self.handle_subscriptions(refused),
                Ok(LinkEvent::Housekeeping) => {}
                Err(LinkError::Ended) => break,
                Err(LinkError::Broken(reason)) => {
                    self.handle_failure(&reason);
                    if self.pause(backoff).await {
                        break;
                    }
                    backoff = backoff.saturating_mul(2).min(self.max_backoff);
                }
            }
        }
        self.connected.send_replace(false);
    }

    fn handle_subscriptions(&self, refused: usize) {
        for _ in 0..refused {
            count(&self.shared.counters.refused_subscriptions);
            tracing::warn!("the broker refused a subscription");
        }
    }

    fn handle_connection(&mut self) {
        count(&self.shared.counters.connections);
        tracing::info!("connected to the broker");
        // Before the handles see the connection, so that a subscription is either in this list or made by its handle.
        self.connected.send_replace(true);
        for (filter, qos) in self.shared.subscriptions() {
            if let Err(failure) = self.handle.try_subscribe(&filter, qos) {
                // Without its subscriptions a connection is of no use: the next one tries again.
                tracing::warn!(filter, ?failure, "cannot queue a subscription, connecting again");
                self.event_loop.abandon();
                return;
            }
        }
    }

    fn handle_message(&self, topic: &[u8], payload: Bytes) {
        let counters = &self.shared.counters;
        if payload.len() > MAX_MESSAGE {
            count(&counters.dropped_too_large);
            return;
        }
        let kib = u32::try_from(payload.len() / 1024).unwrap_or(u32::MAX).saturating_add(1);
        let Ok(topic) = std::str::from_utf8(topic) else { return count(&counters.dropped_incoming) };
        let Ok(room) = self.room.clone().try_acquire_many_owned(kib) else { return count(&counters.dropped_incoming) };
        let Ok(slot) = self.incoming.try_reserve() else { return count(&counters.dropped_incoming) };
        // Counted before the reader can see it.
        count(&counters.received);
        slot.send(Incoming::with_room(topic.to_owned(), payload, room));
    }

    fn handle_failure(&self, reason: &str) {
        count(&self.shared.counters.failures);
        // Before the handles see the loss, so that they can say why.
        *self.shared.last_failure.lock().unwrap_or_else(PoisonError::into_inner) = reason.to_owned();
        if self.connected.send_replace(false) {
            tracing::warn!(reason, "lost the broker");
        } else {
            tracing::debug!(reason, "cannot reach the broker");
        }
    }

    /// Waits before the next attempt; says yes if the connector is to end.
    async fn pause(&self, backoff: Duration) -> bool {
        tokio::select! {
            () = tokio::time::sleep(backoff) => false,
            () = self.stop.cancelled() => true,
            () = self.incoming.closed() => true,
        }
    }
}
