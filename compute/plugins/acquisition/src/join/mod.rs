//! `Join`: payloads of other pipelines on the same engine.
//!
//! A row is a payload's body; its origin is `pipeline/signature/instance`. Payloads are read from the moment at which the source is opened.
//!
//! Guarantees: payloads of one instance keep their order. A pipeline that is slower than the others loses the oldest payloads beyond `CAPACITY`,
//! which are counted; the others are never held back. Not for jobs: a stranger must not read what an operator's pipelines send.

mod config;
mod plugin;

pub use config::{JoinParameters, Kind};
pub use plugin::Join;
pub(crate) use {config::default_kinds, plugin::Payloads};

#[cfg(test)]
mod tests;
