//! Business plugins: what is done with the data.
//!
//! One folder per plugin: `config.rs` (the parameters, whose comments are the manual), `plugin.rs`, `tests.rs`.
#![warn(missing_docs)]

pub mod classifier_score;
pub mod custom_code;

use neurite_core::{Registry, RegistryError};
use neurite_sandbox::SandboxConfig;

/// Registers all business plugins; `sandbox` says how the processes for users' code are started.
pub fn register(registry: &mut Registry, sandbox: SandboxConfig) -> Result<(), RegistryError> {
    registry.register(classifier_score::ClassifierScore)?;
    registry.register(custom_code::CustomCode::new(sandbox))
}
