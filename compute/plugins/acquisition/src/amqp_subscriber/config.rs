//! Parameters of `AmqpSubscriber`.

use crate::{
    columns::Columns,
    messages::{default_batch_rows, default_max_wait_ms, MAX_BATCH_ROWS, MAX_WAIT_MS},
};
use schemars::JsonSchema;
use serde::Deserialize;

/// Consumes a queue of an AMQP 0-9-1 broker such as RabbitMQ; each message becomes a row.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub struct AmqpSubscriberParameters {
    /// The broker: `connection:NAME`, or `amqp://host:port/virtual-host` where user and password are `guest`.
    #[schemars(length(min = 1, max = 512))]
    pub url: String,
    /// The queue, which must exist.
    #[schemars(length(min = 1, max = 255))]
    pub queue: String,
    /// Messages that the broker sends ahead of their acknowledgement; at least `BATCH_ROWS`.
    #[serde(default = "default_prefetch")]
    #[schemars(range(min = 1, max = MAX_BATCH_ROWS))]
    pub prefetch: u16,
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
}

fn default_prefetch() -> u16 {
    256
}
