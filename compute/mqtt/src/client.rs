//! The handle of a connector.

use crate::{
    config::parse_url,
    engine::{Engine, Shared},
    metrics::count,
    protocol::{open, Handle, LinkFailure},
    Counts, MqttConfig, MqttError,
};
use bytes::Bytes;
use neurite_protocol::MAX_MESSAGE;
use rumqttc::{QoS, ValidatedTopicFilter};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::{mpsc, watch, OwnedSemaphorePermit, Semaphore},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

/// The most subscriptions of a connector.
const MAX_SUBSCRIPTIONS: usize = 256;

/// A message from the broker; it occupies the connector's memory until it is dropped.
#[derive(Debug)]
pub struct Incoming {
    /// The topic that it was published to.
    pub topic: String,
    /// The content.
    pub payload: Bytes,
    /// Gives the room back when dropped.
    _room: Option<OwnedSemaphorePermit>,
}

impl Incoming {
    /// Makes a message that came from nowhere, for tests of readers.
    pub fn new(topic: impl Into<String>, payload: impl Into<Bytes>) -> Self {
        Self { topic: topic.into(), payload: payload.into(), _room: None }
    }

    pub(crate) fn with_room(topic: String, payload: Bytes, room: OwnedSemaphorePermit) -> Self {
        Self { topic, payload, _room: Some(room) }
    }
}

/// The handle of a connector; clones are handles of the same one, which ends when it is shut down or its reader is dropped.
#[derive(Clone, Debug)]
pub struct MqttClient {
    handle: Handle,
    shared: Arc<Shared>,
    connected: watch::Receiver<bool>,
    stop: CancellationToken,
    task: Arc<tokio::sync::Mutex<Option<JoinHandle<()>>>>,
}

impl MqttClient {
    /// Starts a connector on the current tokio runtime and returns its handle and what it receives.
    ///
    /// Does not wait for the connection, see [`Self::wait_connected`].
    ///
    /// # Errors
    /// `InvalidUrl` if the URL is not one.
    ///
    /// # Panics
    /// If called outside a tokio runtime.
    pub fn connect(config: MqttConfig) -> Result<(Self, mpsc::Receiver<Incoming>), MqttError> {
        let (host, port) = parse_url(&config.url)?;
        let (handle, event_loop) = open(&config, host, port);
        let (incoming, reader) = mpsc::channel(config.incoming_queue.max(1));
        let (connected_sender, connected) = watch::channel(false);
        let shared = Arc::new(Shared::default());
        let stop = CancellationToken::new();
        let engine = Engine {
            handle: handle.clone(),
            event_loop,
            incoming,
            room: Arc::new(Semaphore::new((config.incoming_bytes / 1024).clamp(MAX_MESSAGE / 1024 + 1, Semaphore::MAX_PERMITS))),
            connected: connected_sender,
            shared: shared.clone(),
            stop: stop.clone(),
            max_backoff: config.max_backoff,
        };
        let task = Arc::new(tokio::sync::Mutex::new(Some(tokio::spawn(engine.run()))));
        Ok((Self { handle, shared, connected, stop, task }, reader))
    }

    /// Queues a message; it is sent as soon as there is a connection.
    ///
    /// # Errors
    /// `TooLarge`, `InvalidTopic`, `QueueFull` if the message was dropped, `Closed`.
    pub fn publish(&self, topic: &str, payload: impl Into<Bytes>, qos: QoS) -> Result<(), MqttError> {
        let payload = self.admit(payload.into())?;
        let queued = self.handle.try_publish(topic, payload, qos);
        match &queued {
            Ok(()) => count(&self.shared.counters.sent),
            Err(LinkFailure::QueueFull) => count(&self.shared.counters.dropped_outgoing),
            Err(_) => {}
        }
        queued.map_err(|failure| failed(failure, topic))
    }

    /// Sends a message and waits until the broker has taken it over: for its acknowledgement at QoS 1, for the end of the exchange at
    /// QoS 2, for the socket at QoS 0. Waits for room in the queue; many calls may be in flight.
    ///
    /// Cancel-safe, except that nobody knows then whether the message was sent. The same holds for a message that failed with
    /// `ConnectionLost`: who sends it again delivers at least once.
    ///
    /// # Errors
    /// `TooLarge`, `InvalidTopic`, `NotConnected` at once if there is no connection, `ConnectionLost`, `PublishRefused` (only brokers of
    /// MQTT 5 say so), `Closed`.
    pub async fn publish_acknowledged(&self, topic: &str, payload: impl Into<Bytes>, qos: QoS) -> Result<(), MqttError> {
        self.deliver(topic, payload.into(), qos, false).await
    }

    /// Does as [`Self::publish_acknowledged`] does; the broker keeps the message for subscribers to come.
    ///
    /// # Errors
    /// As [`Self::publish_acknowledged`].
    pub async fn publish_retained(&self, topic: &str, payload: impl Into<Bytes>, qos: QoS) -> Result<(), MqttError> {
        self.deliver(topic, payload.into(), qos, true).await
    }

    async fn deliver(&self, topic: &str, payload: Bytes, qos: QoS, retain: bool) -> Result<(), MqttError> {
        let payload = self.admit(payload)?;
        let mut connected = self.connected.clone();
        if !*connected.borrow_and_update() {
            return Err(self.not_connected(Duration::ZERO));
        }
        let acknowledged = tokio::select! {
            biased;
            acknowledged = self.handle.publish(topic, payload, qos, retain) => acknowledged,
            // Every change is the end of the connection that the message went to, even if the next one is there already.
            _ = connected.changed() => Err(LinkFailure::Lost),
        };
        acknowledged.map_err(|failure| failed(failure, topic))?;
        count(&self.shared.counters.sent);
        Ok(())
    }

    /// Subscribes to a filter, now and with every connection to come.
    ///
    /// Returns when the broker has acknowledged, or at once if there is no connection. Cancel-safe: once polled, the subscription
    /// is kept.
    ///
    /// # Errors
    /// `InvalidTopic`, `TooManySubscriptions`, `SubscriptionRefused`, `Closed`.
    pub async fn subscribe(&self, filter: &str, qos: QoS) -> Result<(), MqttError> {
        ValidatedTopicFilter::new(filter).map_err(|_| MqttError::InvalidTopic { topic: filter.to_owned() })?;
        self.shared.remember(filter, qos, MAX_SUBSCRIPTIONS)?;
        if !*self.connected.borrow() {
            return Ok(());
        }
        match self.handle.subscribe(filter, qos).await {
            // The connection broke; the next one subscribes.
            Ok(()) | Err(LinkFailure::Lost) => Ok(()),
            Err(LinkFailure::Refused { .. }) => {
                self.shared.forget(filter);
                Err(MqttError::SubscriptionRefused { filter: filter.to_owned() })
            }
            Err(failure) => Err(failed(failure, filter)),
        }
    }

    /// Tells whether there is a connection now.
    pub fn is_connected(&self) -> bool {
        *self.connected.borrow()
    }

    /// Waits until there is a connection. Cancel-safe.
    ///
    /// # Errors
    /// `NotConnected` if there is none within `longest`, `Closed` if the connector has ended.
    pub async fn wait_connected(&self, longest: Duration) -> Result<(), MqttError> {
        let mut connected = self.connected.clone();
        let waited = tokio::time::timeout(longest, connected.wait_for(|connected| *connected)).await;
        match waited {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(_)) => Err(MqttError::Closed),
            Err(_) => Err(self.not_connected(longest)),
        }
    }

    fn admit(&self, payload: Bytes) -> Result<Bytes, MqttError> {
        if payload.len() > MAX_MESSAGE {
            return Err(MqttError::TooLarge { bytes: payload.len(), limit: MAX_MESSAGE });
        }
        if self.stop.is_cancelled() {
            return Err(MqttError::Closed);
        }
        Ok(payload)
    }

    fn not_connected(&self, waited: Duration) -> MqttError {
        MqttError::NotConnected { waited, reason: self.shared.last_failure() }
    }

    /// Returns what was counted so far.
    pub fn counts(&self) -> Counts {
        self.shared.counters.snapshot()
    }

    /// Says good-bye to the broker, after what is in flight has been acknowledged or `longest` has passed, and ends the connector.
    pub async fn shutdown(&self, longest: Duration) {
        self.handle.disconnect(longest);
        self.stop.cancel();
        if let Some(task) = self.task.lock().await.take() {
            let abort = task.abort_handle();
            // The broker's acknowledgement of what is in flight may take as long as the farewell itself.
            if tokio::time::timeout(longest.saturating_mul(2), task).await.is_err() {
                abort.abort();
            }
        }
    }
}

fn failed(failure: LinkFailure, topic: &str) -> MqttError {
    match failure {
        LinkFailure::QueueFull => MqttError::QueueFull,
        LinkFailure::Invalid => MqttError::InvalidTopic { topic: topic.to_owned() },
        LinkFailure::Lost => MqttError::ConnectionLost,
        LinkFailure::Refused { reason, transient } => MqttError::PublishRefused { topic: topic.to_owned(), reason, transient },
        LinkFailure::Closed => MqttError::Closed,
    }
}
