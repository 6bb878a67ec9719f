//! `WEBSOCKET`: payloads as text frames to a WebSocket server.
//!
//! An instance keeps one connection, which a task of its own serves: it writes what callers hand it, reads the server's acknowledgements and
//! sends a ping when it has heard nothing for [`KEEP_ALIVE`]. A connection on which that ping stays unanswered as long is given up. A broken
//! connection is made again by the next call.
//!
//! With `ACK` a payload counts as delivered when the server has answered `{"ACK": PAYLOAD_ID}`, without when the socket has taken it. What was
//! written to a connection that broke before its acknowledgement fails with a transient error and may arrive twice.

mod config;
mod link;
mod plugin;

pub use config::WebSocketParameters;
pub use link::KEEP_ALIVE;
pub use plugin::WebSocket;

#[cfg(test)]
mod tests;
