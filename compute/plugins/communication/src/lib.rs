//! Communication plugins: where payloads go.
//!
//! One folder per plugin: `config.rs` (the parameters, whose comments are the manual), `plugin.rs`, `tests.rs`. [`mqtt`] sends signed payloads
//! over the node's own broker; keys and that connection stay with the engine's binary, the plugin gets a [`PayloadPublisher`]. The others send
//! plain JSON to systems outside, each over a connection of its own, which is made on first use and made again when it broke.
//!
//! Guarantees of those others: `send` ends when the receiving side has acknowledged the payload, as its protocol allows; it is cancel-safe, and
//! many calls may be in flight; payloads that one caller sends one after the other arrive in that order. What was not acknowledged fails, with
//! a transient error if sending again may help ([`SinkError`] decides): delivery is at least once, and `PAYLOAD_ID` tells repeats. Passwords and
//! the paths of URLs appear in no error and no log.
#![warn(missing_docs)]

pub mod amqp;
pub mod mqtt;
pub mod mqtt_publish;
pub mod webhook;
pub mod websocket;

mod error;
mod message;
mod service;
mod template;
mod tls;

pub use error::SinkError;

use neurite_core::{PayloadPublisher, Registry, RegistryError};
use std::sync::Arc;

/// Registers all communication plugins.
pub fn register(registry: &mut Registry, mqtt: Arc<dyn PayloadPublisher>) -> Result<(), RegistryError> {
    registry.register(amqp::Amqp)?;
    registry.register(mqtt::Mqtt::new(mqtt))?;
    registry.register(mqtt_publish::MqttPublish)?;
    registry.register(webhook::Webhook::default())?;
    registry.register(websocket::WebSocket::default())
}

#[cfg(test)]
mod peers;
