//! Business plugins: what is done with the data.
//!
//! One folder per plugin: `config.rs` (the parameters, whose comments are the manual), `plugin.rs`, `tests.rs`.
#![warn(missing_docs)]

pub mod classifier_score;
pub mod regression_score;

use neurite_core::{Registry, RegistryError};

/// Registers all business plugins.
pub fn register(registry: &mut Registry) -> Result<(), RegistryError> {
    registry.register(classifier_score::ClassifierScore)?;
    registry.register(regression_score::RegressionScore)
}
