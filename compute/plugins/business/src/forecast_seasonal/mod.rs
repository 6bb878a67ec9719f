//! `FORECAST_SEASONAL`: the next values of a series that repeats itself.
//!
//! Methods: `SEASONAL_NAIVE`, what was a period ago; `SEASONAL_DRIFT`, the same moved on by the mean change from period to period;
//! `EXPONENTIAL_SMOOTHING`, additive level, trend and season (Holt and Winters), begun from the first two periods.
//!
//! Every `STEP` rows, a payload `{ROW, TIME, METHOD, STEPS: [{AHEAD, POINT, LOW, HIGH}]}`. The interval holds the share `COVERAGE` of the
//! last [`MAX_ERRORS`] errors made that many rows ahead; it is null until there are [`MIN_ERRORS`]. A missing number is taken to be what
//! was expected, and counts towards no error.
//!
//! The result is `{ROWS, MISSING, FORECASTS, MAE, MASE, COVERED}`: the mean absolute error over all forecast values whose rows came, the
//! same divided by the mean change over a period (below 1 beats the seasonal naive forecast of one period ahead), and the share within the
//! intervals.

mod config;
mod errors;
mod model;
mod plugin;
mod progress;

pub use config::{ForecastSeasonalParameters, Method, MAX_HORIZON, MAX_PERIOD};
pub use errors::{MAX_ERRORS, MIN_ERRORS};
pub use plugin::ForecastSeasonal;

#[cfg(test)]
mod tests;
