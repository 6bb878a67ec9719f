//! Serving plugins: models behind their processes.
//!
//! One folder per plugin: `config.rs` (the parameters, whose comments are the manual), `plugin.rs`, `tests.rs`.
#![warn(missing_docs)]

pub mod onnx;

use neurite_core::{Registry, RegistryError};
use neurite_serving::ServingManager;

/// Registers all serving plugins.
pub fn register(registry: &mut Registry, manager: ServingManager) -> Result<(), RegistryError> {
    registry.register(onnx::Onnx::new(manager))
}
