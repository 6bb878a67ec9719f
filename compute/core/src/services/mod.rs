//! What the engine does for plugins that reach beyond their pipeline.

mod bus;
mod connections;
mod ingress;

pub use bus::{Bus, BusFilter, BusMessage, BusReader};
pub use connections::{Connection, Connections, Endpoint, SecretText};
pub use ingress::{Ingress, Request, RequestReader, Response, Route};

use crate::Clock;
use std::sync::Arc;

/// What the engine does for plugins; a cheap handle.
#[derive(Clone)]
pub struct Services {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// The services outside that plugins may connect to.
    pub connections: Arc<Connections>,
    /// Requests of people and programs to this pipeline, over the engine's HTTP API.
    pub ingress: Arc<dyn Ingress>,
    /// Payloads of the pipelines on this engine.
    pub bus: Arc<dyn Bus>,
}

impl std::fmt::Debug for Services {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Services").field("connections", &self.connections).finish_non_exhaustive()
    }
}
