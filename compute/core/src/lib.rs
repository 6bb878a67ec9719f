//! Traits and payload types that every plugin author reads.
//!
//! A pipeline is a graph of four kinds of plugins, the subsystems of the execution engine:
//!
//! ```text
//! Acquisition ──batches──> Serving (optional) ──inference──> Business ──payloads──> Communication
//! ```
//!
//! A plugin is a type that implements [`Plugin`]: it names itself, its parameters (a Rust type whose JSON Schema and doc comments become the
//! validation and the reference page), and how an instance is opened. What `Plugin::Instance` is decides the kind: `Box<dyn Acquisition>`,
//! `Arc<dyn Serving>`, `Box<dyn Business>` or `Arc<dyn Communication>`. A [`Registry`] lists what exists.
//!
//! Terms: a **document** describes a pipeline; a **shard** is the contiguous part of the input that one worker takes; a **position** is the
//! number of rows of the shard that were delivered; a **checkpoint** is a position with the state of every business instance at it.
//!
//! Guarantees: nothing here does input or output, reads a clock or draws randomness; whatever of these is needed comes in through a trait
//! ([`Clock`], [`CanonicalJson`], [`PayloadPublisher`], and what [`Services`] holds) or a function ([`ConfinedFolder`]). Every collection that crosses a plugin's border has
//! a bound, named in [`bounds`].
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::arithmetic_side_effects))]
#![warn(missing_docs)]

pub mod bounds;

mod batch;
mod clock;
mod context;
mod error;
mod files;
mod json;
mod kinds;
mod need;
mod payload;
mod plugin;
mod registry;
mod services;
mod tensor;

pub use batch::{Batch, Bookmark, Field};
pub use clock::Clock;
pub use context::{Context, JobIdentity, Shard};
pub use error::{FailureClass, PluginError};
pub use files::{name_matches, ConfinedFolder, RelativePath};
pub use json::CanonicalJson;
pub use kinds::{Acquisition, Business, Communication, Input, Serving};
pub use need::Need;
pub use payload::{Origin, OutboundPayload, Outbox, Payload, PayloadKind, PayloadPublisher};
pub use plugin::{Descriptor, Instance, ParameterFault, Plugin, PluginKind};
pub use registry::{Registry, RegistryError};
pub use services::{
    Bus, BusFilter, BusMessage, BusReader, Connection, Connections, Endpoint, Ingress, Request, RequestReader, Response, Route, SecretText,
    Services,
};
pub use tensor::{Tensor, TensorData};

/// A boxed future, so that plugin traits stay usable as trait objects without an executor in sight.
pub type BoxFuture<'a, T> = std::pin::Pin<Box<dyn std::future::Future<Output = T> + Send + 'a>>;

#[cfg(test)]
mod tests;
