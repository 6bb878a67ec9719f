//! Parameters of `WEBHOOK`.

use schemars::JsonSchema;
use serde::Deserialize;

/// Posts every payload as JSON to a URL.
///
/// The body is one JSON object: `PIPELINE`, `SIGNATURE`, `INSTANCE`, `KIND` and the payload's own keys. A status from 200 to 299 acknowledges
/// it; 408, 425, 429 and 5xx are tried again. The header `Idempotency-Key` tells repeats.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub struct WebhookParameters {
    /// The URL, `http://…` or `https://…`, or `connection:NAME` for one that the operator configured. Its password is sent as a bearer token
    /// or, if it has a user, with it as basic authentication.
    #[schemars(length(min = 1, max = 2048))]
    pub url: String,
    /// Whether the connection's password is a secret that signs the bodies instead: the header `X-Neurite-Signature` is `sha256=` and the
    /// HMAC-SHA256 of the body in hexadecimal.
    #[serde(default)]
    pub sign: bool,
    /// How long the server may take to answer, in milliseconds.
    #[serde(default = "default_timeout_ms")]
    #[schemars(range(min = 100, max = 120_000))]
    pub timeout_ms: u64,
}

fn default_timeout_ms() -> u64 {
    10_000
}
