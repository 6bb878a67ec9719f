//! The one MQTT connector and the embedded broker.
//!
//! Terms: a **connector** ([`MqttClient`]) keeps one connection to one broker (MQTT 3.1.1 or 5, any standard broker by URL) and
//! restores it for ever with back-off; the **embedded broker** ([`Broker`]) serves networks on one machine and tests.
//!
//! Guarantees: nothing here grows without bound. What does not fit into a queue is dropped and counted ([`Counts`]), in both
//! directions; the loop that keeps the connection alive never waits for a slow reader. Subscriptions are restored with every
//! connection. Sessions are clean: what was in flight when a connection broke may be lost or, between two connections, arrive
//! twice, so that senders repeat what matters and receivers refuse what they have seen.
//! [`MqttClient::publish_acknowledged`] tells a sender what the broker has taken over. Content is not looked at: who says what is
//! for `neurite-protocol` to verify.
#![warn(missing_docs)]

mod broker;
mod client;
mod config;
mod engine;
mod error;
mod listener;
mod metrics;
mod protocol;

pub use broker::{Broker, BrokerConfig};
pub use client::{Incoming, MqttClient};
pub use config::{Credentials, MqttConfig, MqttProtocol, Secret};
pub use error::MqttError;
pub use metrics::Counts;
pub use rumqttc::QoS;
