//! The bus of an engine that has none.

use neurite_core::{Bus, BusFilter, BusReader, PluginError};

/// Refuses every reader.
pub struct NoBus;

impl Bus for NoBus {
    fn read(&self, _: BusFilter, _: usize) -> Result<Box<dyn BusReader>, PluginError> {
        Err(PluginError::unavailable("bus", "this engine passes no payloads between pipelines"))
    }
}
