//! The handle of a connector.

use crate::{
    config::parse_url,
    engine::{Engine, Shared},
    metrics::count,
    Counts, MqttConfig, MqttError,
};
use bytes::Bytes;
use neurite_protocol::MAX_MESSAGE;
use rumqttc::{AsyncClient, ClientError, MqttOptions, PublishOptions, QoS, SubscribeNoticeError};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::{mpsc, watch, OwnedSemaphorePermit, Semaphore},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

/// The most subscriptions of a connector.
const MAX_SUBSCRIPTIONS: usize = 256;
/// The largest packet that the connection survives; what exceeds [`MAX_MESSAGE`] is dropped after it was read.
const MAX_INCOMING_PACKET: usize = 4 * MAX_MESSAGE;
/// Room for the topic and the header beside the largest message.
const MAX_OUTGOING_PACKET: usize = MAX_MESSAGE + 70_000;
const KEEP_ALIVE_SECONDS: u16 = 20;

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
    client: AsyncClient,
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
        let mut options = MqttOptions::new(&config.client_id, rumqttc::Broker::tcp(host, port));
        options.set_keep_alive(KEEP_ALIVE_SECONDS).set_max_packet_size(MAX_INCOMING_PACKET, MAX_OUTGOING_PACKET);
        if let Some(credentials) = &config.credentials {
            options.set_credentials(&credentials.user, credentials.password.expose().to_owned());
        }
        let (client, event_loop) = AsyncClient::builder(options).capacity(config.outgoing_queue.max(1)).build();
        let (incoming, reader) = mpsc::channel(config.incoming_queue.max(1));
        let (connected_sender, connected) = watch::channel(false);
        let shared = Arc::new(Shared::default());
        let stop = CancellationToken::new();
        let engine = Engine {
            client: client.clone(),
            event_loop,
            incoming,
            room: Arc::new(Semaphore::new((config.incoming_bytes / 1024).clamp(MAX_MESSAGE / 1024 + 1, Semaphore::MAX_PERMITS))),
            connected: connected_sender,
            shared: shared.clone(),
            stop: stop.clone(),
            max_backoff: config.max_backoff,
        };
        let task = Arc::new(tokio::sync::Mutex::new(Some(tokio::spawn(engine.run()))));
        Ok((Self { client, shared, connected, stop, task }, reader))
    }

    /// Queues a message; it is sent as soon as there is a connection.
    ///
    /// # Errors
    /// `TooLarge`, `InvalidTopic`, `QueueFull` if the message was dropped, `Closed`.
    pub fn publish(&self, topic: &str, payload: impl Into<Bytes>, qos: QoS) -> Result<(), MqttError> {
        let payload = payload.into();
        if payload.len() > MAX_MESSAGE {
            return Err(MqttError::TooLarge { bytes: payload.len(), limit: MAX_MESSAGE });
        }
        if self.stop.is_cancelled() {
            return Err(MqttError::Closed);
        }
        match self.client.try_publish(topic, payload, PublishOptions::new(qos)) {
            Ok(()) => {
                count(&self.shared.counters.sent);
                Ok(())
            }
            Err(ClientError::RequestChannelFull(_)) => {
                count(&self.shared.counters.dropped_outgoing);
                Err(MqttError::QueueFull)
            }
            Err(ClientError::InvalidRequest(_)) => Err(MqttError::InvalidTopic { topic: topic.to_owned() }),
            Err(_) => Err(MqttError::Closed),
        }
    }

    /// Subscribes to a filter, now and with every connection to come.
    ///
    /// Returns when the broker has acknowledged, or at once if there is no connection. Cancel-safe: once polled, the subscription
    /// is kept.
    ///
    /// # Errors
    /// `InvalidTopic`, `TooManySubscriptions`, `SubscriptionRefused`, `Closed`.
    pub async fn subscribe(&self, filter: &str, qos: QoS) -> Result<(), MqttError> {
        let valid = rumqttc::ValidatedTopicFilter::new(filter).map_err(|_| MqttError::InvalidTopic { topic: filter.to_owned() })?;
        self.shared.remember(filter, qos, MAX_SUBSCRIPTIONS)?;
        if !*self.connected.borrow() {
            return Ok(());
        }
        let notice = self.client.subscribe_tracked(valid, qos).await.map_err(|_| MqttError::Closed)?;
        match notice.wait_completion_async().await {
            Err(SubscribeNoticeError::V4SubAckFailure(_)) => {
                self.shared.forget(filter);
                Err(MqttError::SubscriptionRefused { filter: filter.to_owned() })
            }
            // The connection broke; the next one subscribes.
            Ok(()) | Err(_) => Ok(()),
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
            Err(_) => Err(MqttError::NotConnected { waited: longest }),
        }
    }

    /// Returns what was counted so far.
    pub fn counts(&self) -> Counts {
        self.shared.counters.snapshot()
    }

    /// Says good-bye to the broker, after what is in flight has been acknowledged or `longest` has passed, and ends the connector.
    pub async fn shutdown(&self, longest: Duration) {
        let _ = self.client.try_disconnect_with_timeout(longest);
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
