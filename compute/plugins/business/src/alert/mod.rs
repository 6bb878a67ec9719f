//! `ALERT`: tells when a value becomes bad, and when it is good again.
//!
//! Each row's value either meets the condition `RAISE` or not. The alarm is raised when enough of the last rows met it, or when all rows of
//! some time did; it is cleared when enough rows in a row meet `CLEAR`. With a `CLEAR` that is stricter than "not `RAISE`", values that
//! sway about a threshold make one alarm (hysteresis). A missing number neither meets a condition nor ends a run.
//!
//! Payloads: `{EVENT: "RAISE", VALUE_OF, VALUE, ROW, TIME, SINCE_ROW, SINCE, SUPPRESSED}` and `{EVENT: "CLEAR", VALUE_OF, VALUE, ROW, TIME,
//! SINCE_ROW, SINCE, LOWEST, HIGHEST}`, with `TEXT` if the document has one. `SINCE` is when the alarm began to show: the first of the rows
//! that confirmed it. Rows count from 1, times are Unix milliseconds, null where the rows have none.
//!
//! An alarm that the rate limit suppresses is silent at both ends and counted in `SUPPRESSED` of the next payload. Outside working hours
//! and during cool-down no alarm is raised; one that is still confirmed afterwards is raised then.
//!
//! The result is `{ROWS, RAISED, CLEARED, SUPPRESSED}`. Guarantees: payloads and result depend on the rows and their times only.

mod config;
mod hours;
mod plugin;
mod status;

pub use config::{AlertParameters, MAX_ALERTS, MAX_WINDOW};
pub use hours::{Day, TimeOfDay, WorkingHours};
pub use plugin::Alert;

#[cfg(test)]
mod tests;
