//! `Webhook`: rows that another service sends when something happens there.
//!
//! Such a service rarely can send the engine's bearer token: then the operator opens the pipeline's routes with `public_routes`, and the call is
//! believed by its HMAC-SHA256 under a secret that both sides know and that stands in the operator's configuration, not in the document. The
//! check takes as long for a wrong HMAC as for the right one.
//!
//! Guarantees: as of `OnDemand`: 202 with the row's number once the row is handed over, 401 for a call without the right HMAC, 422 for a body that
//! does not fit, 429 when too many wait. A call that is sent twice becomes two rows; the HMAC does not say when a call was made. Not for jobs.

mod config;
mod plugin;
mod signature;

pub use config::{Method, WebhookParameters};
pub use plugin::Webhook;

#[cfg(test)]
mod tests;
