//! Parameters of `WEBSOCKET`.

use schemars::JsonSchema;
use serde::Deserialize;

/// Pushes every payload as a text frame to a WebSocket server.
///
/// The frame is one JSON object: `PIPELINE`, `SIGNATURE`, `INSTANCE`, `KIND` and the payload's own keys.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub struct WebSocketParameters {
    /// The server: `ws://…` or `wss://…`, or `connection:NAME` for one that the operator configured. Its password is sent in the handshake, as
    /// a bearer token or, if it has a user, with it as basic authentication.
    #[schemars(length(min = 1, max = 2048))]
    pub url: String,
    /// Whether the server acknowledges every payload by the text frame `{"ACK": PAYLOAD_ID}`; without, a payload counts as delivered when the
    /// socket has taken it.
    #[serde(default)]
    pub ack: bool,
    /// How long connecting, and then the acknowledgement, may take, in milliseconds.
    #[serde(default = "default_timeout_ms")]
    #[schemars(range(min = 100, max = 120_000))]
    pub timeout_ms: u64,
}

fn default_timeout_ms() -> u64 {
    10_000
}
