//! `MqttSubscriber`: messages of an MQTT broker.
//!
//! The connection is kept for ever: after a break it is made again with back-off, and the topics are subscribed again. The session is clean, so what
//! is published while there is no connection is missed, unless the broker retains it; quality of service 1 holds between broker and engine
//! while connected.
//!
//! Guarantees: messages of a topic keep their order. A pipeline that is slower than the broker loses the oldest messages beyond `CAPACITY`, which
//! are counted; the broker is never held back. A broker that does not answer when the source is opened is a transient failure, a topic that it
//! refuses a failure of the input.

mod config;
mod plugin;

pub use config::MqttSubscriberParameters;
pub use plugin::MqttSubscriber;

#[cfg(test)]
mod tests;
