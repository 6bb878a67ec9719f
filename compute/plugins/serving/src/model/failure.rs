//! Whose fault an error of serving is.

use neurite_core::PluginError;
use neurite_serving::ServingError;

/// Says whose fault a serving error is: what the model or its data are is the sender's, what processes do is the node's.
pub(super) fn failure(model: &str, error: &ServingError) -> PluginError {
    match error {
        ServingError::ModelInvalid { reason, .. } | ServingError::InvalidInput { reason } | ServingError::InferenceFailed { reason } => {
            PluginError::model(model, reason)
        }
        ServingError::MemoryExceeded { limit, reason, .. } => {
            PluginError::model(model, format!("needs more memory than MEMORY_MB allows ({} MiB): {reason}", limit >> 20))
        }
        ServingError::TooLarge { .. } => PluginError::model(model, error.to_string()),
        transient if transient.is_transient() => PluginError::unavailable(format!("model {model}"), transient.to_string()),
        ServingError::BackendUnavailable { .. } | ServingError::Spawn { .. } => PluginError::resources(error.to_string()),
        other => PluginError::internal(other.to_string()),
    }
}
