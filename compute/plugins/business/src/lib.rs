//! Business plugins: what is done with the data.
//!
//! One folder per plugin: `config.rs` (the parameters, whose comments are the manual), `plugin.rs`, `tests.rs`. Folders without a
//! `plugin.rs` hold what several plugins share.
#![warn(missing_docs)]

pub mod aggregate;
pub mod alert;
pub mod anomaly_gaussian;
pub mod anomaly_model;
pub mod camera_quality;
pub mod classifier_score;
pub mod custom_code;
pub mod detection_report;
pub mod detections;
pub mod forecast;
pub mod forecast_model;
pub mod forecast_seasonal;
pub mod forward;
pub mod mask_video;
pub mod picture;
pub mod regression_score;
pub mod rest_endpoint;
pub mod snapshot;
pub mod tracker;
pub mod tracking;
pub mod values;
pub mod zone_count;

mod anomaly;
mod stateful;

#[cfg(test)]
mod testing;

use neurite_core::{Registry, RegistryError};
use neurite_sandbox::SandboxConfig;

/// Registers all business plugins; `sandbox` says how the processes for users' code are started.
pub fn register(registry: &mut Registry, sandbox: SandboxConfig) -> Result<(), RegistryError> {
    registry.register(aggregate::Aggregate)?;
    registry.register(alert::Alert)?;
    registry.register(anomaly_gaussian::AnomalyGaussian)?;
    registry.register(anomaly_model::AnomalyModel)?;
    registry.register(camera_quality::CameraQuality)?;
    registry.register(classifier_score::ClassifierScore)?;
    registry.register(custom_code::CustomCode::new(sandbox))?;
    registry.register(detection_report::DetectionReport)?;
    registry.register(forecast_model::ForecastModel)?;
    registry.register(forecast_seasonal::ForecastSeasonal)?;
    registry.register(forward::Forward)?;
    registry.register(mask_video::MaskVideo)?;
    registry.register(regression_score::RegressionScore)?;
    registry.register(rest_endpoint::RestEndpoint)?;
    registry.register(snapshot::Snapshot)?;
    registry.register(tracker::Tracker)?;
    registry.register(zone_count::ZoneCount)
}
