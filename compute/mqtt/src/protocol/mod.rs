//! The two versions of MQTT behind one face.
//!
//! The client library comes as one crate per version, with the same names and different types. The macro `version` is written once and made for
//! both; `v4.rs` and `v5.rs` hold what really differs: the options of a connection and what its refusals mean.

mod v4;
mod v5;

use crate::{MqttConfig, MqttProtocol};
use bytes::Bytes;
use neurite_protocol::MAX_MESSAGE;
use rumqttc::{NetworkOptions, QoS};
use std::time::Duration;

/// The largest packet that the connection survives; what exceeds [`MAX_MESSAGE`] is dropped after it was read.
const MAX_INCOMING_PACKET: usize = 4 * MAX_MESSAGE;
/// Room for the topic and the header beside the largest message.
const MAX_OUTGOING_PACKET: usize = MAX_MESSAGE + 70_000;
const KEEP_ALIVE_SECONDS: u16 = 20;

/// What happened on a connection.
#[derive(Debug)]
pub(crate) enum LinkEvent {
    /// The broker took the connection.
    Connected,
    /// A message came.
    Message { topic: Bytes, payload: Bytes },
    /// The broker answered subscriptions and refused this many.
    Subscribed { refused: usize },
    /// What the library deals with itself.
    Housekeeping,
}

/// Why there is no event.
#[derive(Debug)]
pub(crate) enum LinkError {
    /// The connection was ended on purpose.
    Ended,
    /// The connection broke or was not made; the next poll tries again.
    Broken(String),
}

/// Why a request did not succeed.
#[derive(Debug)]
pub(crate) enum LinkFailure {
    /// The queue is full.
    QueueFull,
    /// Topic or filter is malformed.
    Invalid,
    /// The connection broke before the broker answered.
    Lost,
    /// The broker said no; whether it may say yes later.
    Refused { reason: String, transient: bool },
    /// The connector has ended.
    Closed,
}

/// Makes `Handle` and `Loop` of one version from its crate; the module adds `options`, `build`, `unacknowledged`, `is_refusal` and `refused`.
macro_rules! version {
    ($library:ident) => {
        use super::{LinkError, LinkEvent, LinkFailure};
        use crate::MqttConfig;
        use bytes::Bytes;
        use std::time::Duration;
        use $library::{
            AsyncClient, ClientError, ConnectionError, Event, EventLoop, MqttOptions, Packet, PublishNoticeError, PublishOptions, QoS,
            SubscribeNoticeError, SubscribeReasonCode,
        };

        #[derive(Clone, Debug)]
        pub(crate) struct Handle(AsyncClient);

        pub(crate) struct Loop(EventLoop);

        pub(crate) fn open(config: &MqttConfig, host: String, port: u16) -> (Handle, Loop) {
            let mut options = options(config, host, port);
            options.set_keep_alive(super::KEEP_ALIVE_SECONDS);
            if let Some(credentials) = &config.credentials {
                options.set_credentials(&credentials.user, credentials.password.expose().to_owned());
            }
            let (client, event_loop) = build(options, config.outgoing_queue.max(1));
            (Handle(client), Loop(event_loop))
        }

        impl Handle {
            pub(crate) fn try_publish(&self, topic: &str, payload: Bytes, qos: QoS) -> Result<(), LinkFailure> {
                self.0.try_publish(topic, payload, PublishOptions::new(qos)).map_err(not_queued)
            }

            pub(crate) async fn publish(&self, topic: &str, payload: Bytes, qos: QoS, retain: bool) -> Result<(), LinkFailure> {
                let options = PublishOptions::new(qos).retain(retain);
                let notice = self.0.publish_tracked(topic, payload, options).await.map_err(not_queued)?;
                notice.wait_completion_async().await.map_err(unacknowledged)
            }

            pub(crate) fn try_subscribe(&self, filter: &str, qos: QoS) -> Result<(), LinkFailure> {
                self.0.try_subscribe(filter, qos).map_err(not_queued)
            }

            pub(crate) async fn subscribe(&self, filter: &str, qos: QoS) -> Result<(), LinkFailure> {
                let notice = self.0.subscribe_tracked(filter, qos).await.map_err(not_queued)?;
                notice.wait_completion_async().await.map_err(refused)
            }

            pub(crate) fn disconnect(&self, longest: Duration) {
                // One that has ended already needs no farewell.
                let _ = self.0.try_disconnect_with_timeout(longest);
            }
        }

        impl Loop {
            pub(crate) async fn poll(&mut self) -> Result<LinkEvent, LinkError> {
                match self.0.poll().await {
                    Ok(Event::Incoming(Packet::ConnAck(_))) => Ok(LinkEvent::Connected),
                    Ok(Event::Incoming(Packet::Publish(publish))) => {
                        Ok(LinkEvent::Message { topic: publish.topic, payload: publish.payload })
                    }
                    Ok(Event::Incoming(Packet::SubAck(ack))) => {
                        Ok(LinkEvent::Subscribed { refused: ack.return_codes.iter().filter(|code| is_refusal(code)).count() })
                    }
                    Ok(_) => Ok(LinkEvent::Housekeeping),
                    Err(ConnectionError::RequestsDone) => Err(LinkError::Ended),
                    Err(error) => Err(LinkError::Broken(error.to_string())),
                }
            }

            pub(crate) fn abandon(&mut self) {
                self.0.clean();
            }
        }

        fn not_queued(error: ClientError) -> LinkFailure {
            match error {
                ClientError::RequestChannelFull(_) => LinkFailure::QueueFull,
                ClientError::InvalidRequest(_) => LinkFailure::Invalid,
                _ => LinkFailure::Closed,
            }
        }
    };
}
use version;

/// Messages are small and their acknowledgements smaller: none is to wait for the next.
fn network_options() -> NetworkOptions {
    let mut options = NetworkOptions::new();
    options.set_tcp_nodelay(true);
    options
}

/// The side of a connection that asks.
#[derive(Clone, Debug)]
pub(crate) enum Handle {
    V4(v4::Handle),
    V5(v5::Handle),
}

/// The side of a connection that must be polled.
pub(crate) enum Loop {
    V4(Box<v4::Loop>),
    V5(Box<v5::Loop>),
}

/// Makes both sides of a connection; polling connects.
pub(crate) fn open(config: &MqttConfig, host: String, port: u16) -> (Handle, Loop) {
    match config.protocol {
        MqttProtocol::V4 => {
            let (handle, event_loop) = v4::open(config, host, port);
            (Handle::V4(handle), Loop::V4(Box::new(event_loop)))
        }
        MqttProtocol::V5 => {
            let (handle, event_loop) = v5::open(config, host, port);
            (Handle::V5(handle), Loop::V5(Box::new(event_loop)))
        }
    }
}

impl Handle {
    /// Queues a message.
    pub(crate) fn try_publish(&self, topic: &str, payload: Bytes, qos: QoS) -> Result<(), LinkFailure> {
        match self {
            Self::V4(handle) => handle.try_publish(topic, payload, qos),
            Self::V5(handle) => handle.try_publish(topic, payload, qos),
        }
    }

    /// Queues a message, waiting for room, and waits until it is acknowledged.
    pub(crate) async fn publish(&self, topic: &str, payload: Bytes, qos: QoS, retain: bool) -> Result<(), LinkFailure> {
        match self {
            Self::V4(handle) => handle.publish(topic, payload, qos, retain).await,
            Self::V5(handle) => handle.publish(topic, payload, qos, retain).await,
        }
    }

    /// Queues a subscription.
    pub(crate) fn try_subscribe(&self, filter: &str, qos: QoS) -> Result<(), LinkFailure> {
        match self {
            Self::V4(handle) => handle.try_subscribe(filter, qos),
            Self::V5(handle) => handle.try_subscribe(filter, qos),
        }
    }

    /// Queues a subscription, waiting for room, and waits until it is acknowledged.
    pub(crate) async fn subscribe(&self, filter: &str, qos: QoS) -> Result<(), LinkFailure> {
        match self {
            Self::V4(handle) => handle.subscribe(filter, qos).await,
            Self::V5(handle) => handle.subscribe(filter, qos).await,
        }
    }

    /// Asks for the farewell, once what is in flight has been acknowledged or this time has passed.
    pub(crate) fn disconnect(&self, longest: Duration) {
        match self {
            Self::V4(handle) => handle.disconnect(longest),
            Self::V5(handle) => handle.disconnect(longest),
        }
    }
}

impl Loop {
    /// Returns the next event; connects if there is no connection. Cancel-safe.
    pub(crate) async fn poll(&mut self) -> Result<LinkEvent, LinkError> {
        match self {
            Self::V4(event_loop) => event_loop.poll().await,
            Self::V5(event_loop) => event_loop.poll().await,
        }
    }

    /// Drops the connection; the next poll makes another.
    pub(crate) fn abandon(&mut self) {
        match self {
            Self::V4(event_loop) => event_loop.abandon(),
            Self::V5(event_loop) => event_loop.abandon(),
        }
    }
}
