//! `MQTT`: signed payloads over the node's broker.
//!
//! Chooses the recipients; the injected [`neurite_core::PayloadPublisher`] wraps the payload in a signed envelope and publishes it.
//!
//! Guarantees: a payload is handed over at most once per call; whether it arrives is the broker's matter. While the broker is away, calls fail with
//! a transient error as soon as the connection's queue is full.

mod config;
mod plugin;

pub use config::MqttParameters;
pub use plugin::Mqtt;

#[cfg(test)]
mod tests;
