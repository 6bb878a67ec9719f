//! `MQTT_PUBLISH`: payloads as plain JSON to any MQTT broker.
//!
//! Unlike `MQTT`, which speaks to the other nodes of a network in signed envelopes, this speaks to the systems around an engine: home
//! automation, dashboards, brokers of a plant.
//!
//! Guarantees: at QoS 1 `send` ends with the broker's acknowledgement, at QoS 0 when the socket has taken the payload. While the broker is
//! away calls fail with a transient error after `TIMEOUT_MS`; the connection is restored for ever in the background.

mod config;
mod plugin;

pub use config::{MqttPublishParameters, Protocol};
pub use plugin::MqttPublish;

#[cfg(test)]
mod tests;
