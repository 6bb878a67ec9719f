//! Parameters of `AMQP`.

use schemars::JsonSchema;
use serde::Deserialize;

/// Publishes payloads to an exchange of an AMQP 0-9-1 broker such as RabbitMQ, persistent and confirmed.
///
/// The message is one JSON object: `PIPELINE`, `SIGNATURE`, `INSTANCE`, `KIND` and the payload's own keys.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub struct AmqpParameters {
    /// The broker: `amqp://host[:port][/vhost]`, or `connection:NAME` for one that the operator configured; without user and password
    /// `guest` is used, which RabbitMQ takes from its own machine only.
    #[schemars(length(min = 1, max = 512))]
    pub url: String,
    /// The exchange; empty for the default one, whose routing key is the name of a queue.
    #[serde(default)]
    #[schemars(length(max = 127))]
    pub exchange: String,
    /// Declares the exchange as a durable one of this type, if it is not there yet.
    #[serde(default)]
    pub exchange_type: Option<ExchangeType>,
    /// The routing key; `{pipeline}`, `{signature}`, `{instance}` and `{kind}` (`progress`, `data`, `notification`, `result`) stand for the
    /// payload's, with `_` for dots in them.
    #[serde(default = "default_routing_key")]
    #[schemars(length(max = 127))]
    pub routing_key: String,
    /// Whether a payload that no queue takes is kept and tried again.
    #[serde(default)]
    pub mandatory: bool,
    /// How long connecting, and then the broker's confirmation, may take, in milliseconds.
    #[serde(default = "default_timeout_ms")]
    #[schemars(range(min = 100, max = 120_000))]
    pub timeout_ms: u64,
}

/// How an exchange routes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ExchangeType {
    /// To the queues bound by exactly the routing key.
    Direct,
    /// To all queues.
    Fanout,
    /// To the queues bound by a pattern that fits the routing key.
    Topic,
}

fn default_routing_key() -> String {
    "neurite.{pipeline}.{signature}.{instance}.{kind}".into()
}

fn default_timeout_ms() -> u64 {
    10_000
}
