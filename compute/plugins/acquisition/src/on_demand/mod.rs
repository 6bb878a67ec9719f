//! `OnDemand`: rows that are sent to the engine's HTTP API.
//!
//! `POST /v1/pipelines/NAME/input` with a JSON body and the engine's bearer token makes a row of the body; the answer is 202 with the number of
//! the row, counted from 1, once its batch is handed over to the pipeline.
//!
//! Guarantees: a request that is answered 202 became exactly one row, which a crash before the next checkpoint may still lose; any other answer
//! but 504 means that it became none. What waits is bounded: requests beyond `WAITING` are answered 429, so that nothing is dropped in silence. A
//! body that is no JSON is answered 400, one that does not fit the columns 422. Not for jobs.

mod config;
mod plugin;

pub use config::OnDemandParameters;
pub use plugin::OnDemand;

#[cfg(test)]
mod tests;
