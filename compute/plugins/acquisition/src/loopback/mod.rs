//! `Loopback`: the payloads of the pipeline itself.
//!
//! With it a pipeline is a loop: a simulation that goes from one state to the next, or a search that works on what it found. `CAP_RESOLUTION` of the
//! document says how fast it turns; a plugin that sends more than one payload per row makes it grow until the oldest are dropped.
//!
//! Guarantees: as of `Join`. The seed is given each time the source is opened, for a payload that was under way when the engine ended is lost, and
//! the loop would stand still. Not for jobs.

mod config;
mod plugin;

pub use config::LoopbackParameters;
pub use plugin::Loopback;

#[cfg(test)]
mod tests;
