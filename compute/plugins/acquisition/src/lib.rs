//! Acquisition plugins: where data comes from.
//!
//! One folder per plugin: `config.rs` (the parameters, whose comments are the manual), `plugin.rs`, `tests.rs`. What several share: [`columns`] (rows
//! of tables and JSON objects as fields), `messages` (sources of messages).
#![warn(missing_docs)]

pub mod amqp_subscriber;
pub mod columns;
pub mod csv_file;
mod ffmpeg;
pub mod files;
pub mod http_poll;
pub mod image_folder;
pub mod join;
pub mod json_lines;
pub mod loopback;
mod messages;
pub mod mqtt_subscriber;
pub mod on_demand;
mod pace;
pub mod parquet_file;
pub mod sql_query;
pub mod telemetry;
pub mod video_file;
pub mod video_stream;
pub mod void;
pub mod webhook;

use neurite_core::{Registry, RegistryError};

/// Registers all acquisition plugins.
pub fn register(registry: &mut Registry) -> Result<(), RegistryError> {
    registry.register(amqp_subscriber::AmqpSubscriber)?;
    registry.register(csv_file::CsvFile)?;
    registry.register(http_poll::HttpPoll)?;
    registry.register(image_folder::ImageFolder)?;
    registry.register(join::Join)?;
    registry.register(json_lines::JsonLines)?;
    registry.register(loopback::Loopback)?;
    registry.register(mqtt_subscriber::MqttSubscriber)?;
    registry.register(on_demand::OnDemand)?;
    registry.register(parquet_file::ParquetFile)?;
    registry.register(sql_query::SqlQuery)?;
    registry.register(telemetry::Telemetry)?;
    registry.register(video_file::VideoFile)?;
    registry.register(video_stream::VideoStream)?;
    registry.register(void::Void)?;
    registry.register(webhook::Webhook)?;
    Ok(())
}
