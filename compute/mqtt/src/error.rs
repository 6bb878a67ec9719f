//! What can go wrong with connector and broker.

use std::{net::SocketAddr, time::Duration};

/// Says why something could not be done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MqttError {
    /// The URL is not of the form `mqtt://host[:port]`.
    #[error("{url:?} is not a broker's URL: {reason}")]
    InvalidUrl {
        /// The URL.
        url: String,
        /// What is wrong.
        reason: &'static str,
    },
    /// A topic or filter is malformed.
    #[error("{topic:?} is not a valid topic or filter")]
    InvalidTopic {
        /// The topic.
        topic: String,
    },
    /// The message is larger than any receiver takes.
    #[error("the message has {bytes} bytes, more than {limit}")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// The queue of outgoing messages is full; the message was dropped and counted.
    #[error("the queue of outgoing messages is full")]
    QueueFull,
    /// There are as many subscriptions as a connector keeps.
    #[error("there are already {limit} subscriptions")]
    TooManySubscriptions {
        /// The limit.
        limit: usize,
    },
    /// The broker refused the subscription.
    #[error("the broker refused the subscription to {filter:?}")]
    SubscriptionRefused {
        /// The filter.
        filter: String,
    },
    /// The connector was shut down.
    #[error("the connector was shut down")]
    Closed,
    /// No connection was made in time.
    #[error("no connection to the broker within {waited:?}: {reason}")]
    NotConnected {
        /// How long was waited.
        waited: Duration,
        /// How the last attempt failed.
        reason: String,
    },
    /// The connection broke before the broker acknowledged the message, which may have arrived or not.
    #[error("the connection broke before the broker acknowledged the message")]
    ConnectionLost,
    /// The broker refused the message.
    #[error("the broker refused the message to {topic:?}: {reason}")]
    PublishRefused {
        /// The topic.
        topic: String,
        /// What the broker said.
        reason: String,
        /// Whether it may take the message later.
        transient: bool,
    },
    /// An address other than loopback was asked for without user and password.
    #[error("{bind} is not loopback: a broker there needs user and password")]
    CredentialsRequired {
        /// The address.
        bind: SocketAddr,
    },
    /// The broker could not take its address or start its threads.
    #[error("the broker cannot listen on {bind}: {reason}")]
    CannotListen {
        /// The address.
        bind: SocketAddr,
        /// What happened.
        reason: String,
    },
}

impl MqttError {
    /// Tells whether the same may succeed later.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::QueueFull | Self::NotConnected { .. } | Self::ConnectionLost | Self::PublishRefused { transient: true, .. })
    }
}
