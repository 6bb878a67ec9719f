//! `Telemetry`: what the machine measures of itself.
//!
//! Every `INTERVAL_MS` a row of the fields `features` (`F32`, with named columns) and `time`. The columns are found out when the source is opened
//! and stay: share of time the processors were busy, load, memory, swap, bytes per second to and from disks and networks, free disk, temperatures.
//! Units stand at the end of a column's name; a share is from 0 to 1.
//!
//! Assumptions: Linux. Only fixed paths below `/proc` and `/sys` are read, and the file system of the engine's data folder is asked for its space.
//!
//! Guarantees: rates are differences of the kernel's counters over the time that passed on the engine's clock, so the first row comes one interval
//! after opening. What the machine does not measure, or what went away, is NaN. Rows that are not taken in time are left out.

mod config;
mod kernel;
mod plugin;
mod readings;
mod sample;

pub use config::TelemetryParameters;
pub use plugin::Telemetry;

#[cfg(test)]
mod tests;
