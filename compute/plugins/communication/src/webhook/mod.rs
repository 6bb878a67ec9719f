//! `WEBHOOK`: payloads by HTTP POST to a URL.
//!
//! A 2xx status acknowledges a payload. 408, 425, 429 and 5xx are transient, as are connections that fail; a `Retry-After` is honoured up to
//! [`MAX_RETRY_AFTER`]: calls wait that long before they ask the server again. Any other status is permanent, a redirection as well: where
//! payloads go is what the document says.
//!
//! Receivers recognise repeats by the header `Idempotency-Key`, which is the payload's `PAYLOAD_ID`, and the sender by `Authorization` or, with
//! `SIGN`, by `X-Neurite-Signature: sha256=` and the HMAC-SHA256 of the body in hexadecimal.

mod config;
mod plugin;
mod sink;

pub use config::WebhookParameters;
pub use plugin::Webhook;
pub use sink::MAX_RETRY_AFTER;

#[cfg(test)]
mod tests;
