//! The plugins of this binary.

use neurite_core::{BoxFuture, OutboundPayload, PayloadPublisher, PluginError, Registry, RegistryError};
use neurite_sandbox::SandboxConfig;
use neurite_serving::{ServingConfig, ServingManager};
use std::{path::PathBuf, sync::Arc, time::Duration};

/// Makes the registry of an engine that runs.
pub fn registry(serving: ServingManager, sandbox: SandboxConfig, publisher: Arc<dyn PayloadPublisher>) -> Result<Registry, RegistryError> {
    let mut registry = Registry::default();
    neurite_plugins_acquisition::register(&mut registry)?;
    neurite_plugins_serving::register(&mut registry, serving)?;
    neurite_plugins_business::register(&mut registry, sandbox)?;
    neurite_plugins_communication::register(&mut registry, publisher)?;
    Ok(registry)
}

/// Makes a registry that describes and validates; nothing is ever opened with it.
pub fn catalogue() -> Result<Registry, RegistryError> {
    let serving = ServingManager::new(ServingConfig {
        worker_program: PathBuf::new(),
        worker_args: Vec::new(),
        onnxruntime: PathBuf::new(),
        threads: 1,
        max_models: 1,
        idle_timeout: Duration::ZERO,
        startup_timeout: Duration::ZERO,
    });
    registry(serving, SandboxConfig::default(), Arc::new(NoConnection))
}

/// The publisher of a process that has no connection.
struct NoConnection;

impl PayloadPublisher for NoConnection {
    fn publish<'a>(&'a self, _: OutboundPayload) -> BoxFuture<'a, Result<(), PluginError>> {
        Box::pin(async { Err(PluginError::unavailable("broker", "this process has no connection")) })
    }
}
