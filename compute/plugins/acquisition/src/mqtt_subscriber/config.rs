//! Parameters of `MqttSubscriber`.

use crate::{
    columns::Columns,
    messages::{default_batch_rows, default_capacity, default_max_wait_ms, MAX_BATCH_ROWS, MAX_CAPACITY, MAX_WAIT_MS},
};
use schemars::JsonSchema;
use serde::Deserialize;

/// Subscribes to topics of an MQTT broker; each message becomes a row.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub struct MqttSubscriberParameters {
    /// The broker: `connection:NAME`, or `mqtt://host:port` where it asks for no password.
    #[schemars(length(min = 1, max = 512))]
    pub url: String,
    /// Topic filters, with `+` and `#`.
    #[schemars(length(min = 1, max = 64), inner(length(min = 1, max = 1024)))]
    pub topics: Vec<String>,
    /// Quality of service: 0 at most once, 1 at least once, 2 exactly once from the broker to this engine.
    #[serde(default = "default_qos")]
    #[schemars(range(max = 2))]
    pub qos: u8,
    /// What the JSON objects hold; without it, the message is the field `message`.
    #[serde(default)]
    pub columns: Option<Columns>,
    /// Rows per batch.
    #[serde(default = "default_batch_rows")]
    #[schemars(range(min = 1, max = MAX_BATCH_ROWS))]
    pub batch_rows: u32,
    /// Longest time for which a row waits for its batch to fill, in milliseconds.
    #[serde(default = "default_max_wait_ms")]
    #[schemars(range(max = MAX_WAIT_MS))]
    pub max_wait_ms: u32,
    /// Messages that may wait; of more, the oldest are dropped and counted.
    #[serde(default = "default_capacity")]
    #[schemars(range(min = 1, max = MAX_CAPACITY))]
    pub capacity: u32,
}

fn default_qos() -> u8 {
    1
}
