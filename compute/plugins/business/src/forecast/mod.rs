//! What the forecast plugins share: forecasts that wait for their rows, the errors that show then, and how much a series changes anyway.
//!
//! Every `STEP` rows, a payload `{ROW, TIME, METHOD, STEPS: [{AHEAD, POINT, LOW, HIGH}]}`. The interval holds the share `COVERAGE` of the
//! last [`MAX_ERRORS`] errors made that many rows ahead; it is null until there are [`MIN_ERRORS`]. A missing number counts towards no error.
//!
//! The result is `{ROWS, MISSING, FORECASTS, MAE, MASE, COVERED}`: the mean absolute error over all forecast values whose rows came, the
//! same divided by the mean change over a period (below 1 beats the seasonal naive forecast of one period ahead), and the share within the
//! intervals.

mod changes;
mod errors;
mod ledger;

pub use errors::{MAX_ERRORS, MIN_ERRORS};

pub(crate) use changes::Changes;
pub(crate) use ledger::{Ledger, Plan};

/// The longest period in rows.
pub const MAX_PERIOD: u16 = 8192;
/// The most rows ahead.
pub const MAX_HORIZON: u16 = 128;

/// The share of past errors that an interval covers if a document does not say.
pub(crate) fn most_errors() -> f64 {
    0.9
}
