//! `FORECAST_MODEL`: the next values of a series, as a model expects them.
//!
//! After each row the model gives the values of the next rows; it usually looks at the last rows by the parameter `WINDOW` of its own. Every
//! `STEP` rows its numbers become a forecast, and what then comes is counted against it. Payloads and result are those of
//! `FORECAST_SEASONAL`, described in [`crate::forecast`], so that instances of both on the same series can be compared; the method is
//! `MODEL`. The seasonal naive forecast is that of `PERIOD`: a missing number is taken to be what was a period before.
//!
//! A row after which the model gives a missing number, as before its window is full, has no forecast.
//!
//! In the example, on 24 weeks of hourly load that the network has not seen, MASE is 0.44; that of `EXPONENTIAL_SMOOTHING` is 0.65, that of
//! `SEASONAL_NAIVE` 0.99.
//!
//! Guarantees: forecasts and result depend on rows and model only, not on batches, restarts or time.

mod config;
mod plugin;
mod progress;

pub use config::ForecastModelParameters;
pub use plugin::ForecastModel;

#[cfg(test)]
mod tests;
