//! Communication plugins: where payloads go.
//!
//! One folder per plugin: `config.rs` (the parameters, whose comments are the manual), `plugin.rs`, `tests.rs`. Keys and connections stay with the
//! engine's binary: a plugin gets a [`PayloadPublisher`] that signs and sends.
#![warn(missing_docs)]

pub mod mqtt;

use neurite_core::{PayloadPublisher, Registry, RegistryError};
use std::sync::Arc;

/// Registers all communication plugins.
pub fn register(registry: &mut Registry, mqtt: Arc<dyn PayloadPublisher>) -> Result<(), RegistryError> {
    registry.register(mqtt::Mqtt::new(mqtt))
}
