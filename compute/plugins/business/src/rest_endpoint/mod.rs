//! `REST_ENDPOINT`: the last rows, for those who ask over HTTP.
//!
//! Opens the route `GET /v1/pipelines/{pipeline}/{PATH}` of the engine's HTTP API and answers `{ROWS, LAST, WINDOW}`: how many rows there
//! were, the last row, and the last `KEEP_ROWS` rows, oldest first, each `{ROW, TIME, VALUES}`. `?limit=N` asks for fewer. The route is
//! part of the engine's OpenAPI document.
//!
//! Guarantees: the window survives restarts; it is bounded by `KEEP_ROWS` and by [`MAX_WINDOW_BYTES`] of JSON, beyond which the oldest rows
//! go. Answers show the rows of whole batches. Requests beyond [`MAX_WAITING`] are refused by the engine. Payloads and result do not depend
//! on requests: there are none, and the result is `{ROWS}`.

mod config;
mod plugin;
mod server;
mod window;

pub use config::RestEndpointParameters;
pub use plugin::RestEndpoint;
pub use server::MAX_WAITING;
pub use window::MAX_WINDOW_BYTES;

#[cfg(test)]
mod tests;
