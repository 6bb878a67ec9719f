//! What the tests of the plugins share.

use neurite_serving::{ServingConfig, ServingManager};
use std::time::Duration;

/// Returns a manager that can start no process.
pub(crate) fn idle_manager() -> ServingManager {
    ServingManager::new(ServingConfig {
        worker_program: "/nonexistent".into(),
        worker_args: Vec::new(),
        onnxruntime: "/nonexistent".into(),
        threads: 1,
        max_models: 1,
        idle_timeout: Duration::from_secs(1),
        startup_timeout: Duration::from_secs(1),
    })
}
