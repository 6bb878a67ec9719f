//! `HttpPoll`: what a web server answers, asked at an interval.
//!
//! A request says which version of the resource was read last (`If-None-Match`, `If-Modified-Since`), so that a server that knows versions is read
//! only when something is new; what another server answers becomes rows every time.
//!
//! Guarantees: the next request waits until the rows of the last answer were taken, so that nothing is dropped. A server that cannot be reached, or
//! answers 408, 425, 429 or 5xx, is asked again at the interval; after [`FAILURES`] such failures in a row the source is unavailable. Any other status,
//! redirects included, is a failure of the input: nobody is led to a host that the document does not name. An answer is bounded before it is
//! read and must come within 30 s. Versions are not kept over a restart: what was read last may come again.

mod client;
mod config;
mod decode;
mod plugin;

pub use config::{Format, HttpPollParameters};
pub use plugin::{HttpPoll, FAILURES};

#[cfg(test)]
mod tests;
