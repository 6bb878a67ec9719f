//! `FORECAST_SEASONAL`: the next values of a series that repeats itself.
//!
//! Methods: `SEASONAL_NAIVE`, what was a period ago; `SEASONAL_DRIFT`, the same moved on by the mean change from period to period;
//! `EXPONENTIAL_SMOOTHING`, additive level, trend and season (Holt and Winters), begun from the first two periods.
//!
//! Payloads and result are described in [`crate::forecast`]. A missing number is taken to be what was expected.

mod config;
mod model;
mod plugin;
mod progress;

pub use config::{ForecastSeasonalParameters, Method};
pub use plugin::ForecastSeasonal;

#[cfg(test)]
mod tests;
