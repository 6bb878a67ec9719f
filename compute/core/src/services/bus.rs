//! Payloads of the pipelines on an engine, for pipelines that work on what others found.

use crate::{BoxFuture, Origin, Payload, PluginError};

/// Which payloads to read; what is `None` is not looked at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BusFilter {
    /// The pipelines' names; empty for all.
    pub pipelines: Vec<String>,
    /// The business plugin.
    pub signature: Option<String>,
    /// The instance.
    pub instance: Option<String>,
}

impl BusFilter {
    /// Tells whether payloads of this origin are wanted.
    pub fn wants(&self, origin: &Origin) -> bool {
        let named = self.pipelines.is_empty() || self.pipelines.contains(&origin.pipeline);
        let is = |wanted: &Option<String>, found: &String| wanted.as_ref().is_none_or(|wanted| wanted == found);
        named && is(&self.signature, &origin.signature) && is(&self.instance, &origin.instance)
    }
}

/// A payload and who sent it.
#[derive(Debug, Clone, PartialEq)]
pub struct BusMessage {
    /// Who sent it.
    pub origin: Origin,
    /// What was sent.
    pub payload: Payload,
}

/// The payloads that pass a filter, in the order in which they were sent.
pub trait BusReader: Send {
    /// Returns the next payload. Cancel-safe.
    fn next(&mut self) -> BoxFuture<'_, BusMessage>;

    /// Returns how many payloads were dropped because they were not read in time.
    fn dropped(&self) -> u64;
}

/// The bus of an engine.
pub trait Bus: Send + Sync + 'static {
    /// Reads payloads from now on; of those that are not read in time, the oldest beyond `capacity` are dropped and counted.
    ///
    /// Fails with [`PluginError::Resources`] if there are too many readers.
    fn read(&self, filter: BusFilter, capacity: usize) -> Result<Box<dyn BusReader>, PluginError>;
}
