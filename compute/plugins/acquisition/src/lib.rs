//! Acquisition plugins: where data comes from.
//!
//! One folder per plugin: `config.rs` (the parameters, whose comments are the manual), `plugin.rs`, `tests.rs`.
#![warn(missing_docs)]

pub mod csv_file;
pub mod image_folder;
pub mod telemetry;
pub mod video_file;
pub mod video_stream;
pub mod void;

mod ffmpeg;
mod pace;

use neurite_core::{Registry, RegistryError};

/// Registers all acquisition plugins.
pub fn register(registry: &mut Registry) -> Result<(), RegistryError> {
    registry.register(csv_file::CsvFile)?;
    registry.register(image_folder::ImageFolder)?;
    registry.register(telemetry::Telemetry)?;
    registry.register(video_file::VideoFile)?;
    registry.register(video_stream::VideoStream)?;
    registry.register(void::Void)
}
