//! Serving plugins: models behind their processes.
//!
//! One folder per plugin: `config.rs` (the parameters, whose comments are the manual), `plugin.rs`, `tests.rs`. What plugins that run models
//! have in common is in [`model`], the steps before and after a model in [`processing`].
#![warn(missing_docs)]

pub mod cascade;
pub mod life_game;
pub mod model;
pub mod onnx;
pub mod processing;
pub mod tract;

#[cfg(test)]
mod test_support;

use neurite_core::{Registry, RegistryError};
use neurite_serving::ServingManager;

/// Registers all serving plugins.
pub fn register(registry: &mut Registry, manager: ServingManager) -> Result<(), RegistryError> {
    registry.register(cascade::Cascade::new(manager.clone()))?;
    registry.register(life_game::LifeGame)?;
    registry.register(onnx::Onnx::new(manager.clone()))?;
    registry.register(tract::Tract::new(manager))
}
