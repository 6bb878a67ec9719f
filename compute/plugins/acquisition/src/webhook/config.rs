//! Parameters of `Webhook`.

use crate::{
    columns::Columns,
    messages::{default_batch_rows, default_max_wait_ms, MAX_BATCH_ROWS, MAX_WAITING, MAX_WAIT_MS},
};
use schemars::JsonSchema;
use serde::Deserialize;

/// The largest body that may be allowed, in bytes.
pub(super) const MAX_BODY_BYTES: u32 = 2 * 1024 * 1024;

/// Takes the calls of another service at a route of the engine's HTTP API; each body becomes a row.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub struct WebhookParameters {
    /// Path of the route below `/v1/pipelines/NAME/`.
    #[serde(default = "default_path")]
    #[schemars(length(min = 1, max = 128), regex(pattern = r"^[A-Za-z0-9._~-]+(/[A-Za-z0-9._~-]+)*$"))]
    pub path: String,
    /// Method of the route.
    #[serde(default)]
    pub method: Method,
    /// Secret that is shared with the service: `connection:NAME`, of which the password is the secret and the URL is the service's. With it, a call
    /// counts only if a header has the HMAC-SHA256 of the body under that secret.
    #[serde(default)]
    #[schemars(length(min = 1, max = 512))]
    pub secret: Option<String>,
    /// Header with the HMAC in hexadecimal digits, with or without `sha256=` before them.
    #[serde(default = "default_signature_header")]
    #[schemars(length(min = 1, max = 64), regex(pattern = r"^[A-Za-z0-9-]+$"))]
    pub signature_header: String,
    /// What the JSON objects hold; without it, the body is the field `message`.
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
    /// Calls that may wait; more are answered 429.
    #[serde(default = "default_waiting")]
    #[schemars(range(min = 1, max = MAX_WAITING))]
    pub waiting: u32,
    /// Largest body, in bytes; larger ones are answered 413.
    #[serde(default = "default_max_body_bytes")]
    #[schemars(range(min = 1, max = MAX_BODY_BYTES))]
    pub max_body_bytes: u32,
}

/// A method with a body.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// `POST`
    #[default]
    Post,
    /// `PUT`
    Put,
}

impl Method {
    /// Returns the method's name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Post => "POST",
            Self::Put => "PUT",
        }
    }
}

fn default_path() -> String {
    "webhook".into()
}

fn default_signature_header() -> String {
    "x-hub-signature-256".into()
}

fn default_waiting() -> u32 {
    256
}

fn default_max_body_bytes() -> u32 {
    256 * 1024
}
