//! `AGGREGATE`: statistics of values over windows of rows or of time.
//!
//! A window is `WINDOW_ROWS` rows, or the rows whose times fall into `WINDOW_SECONDS` seconds, counted from 1970. Windows follow each
//! other, or overlap: with `STEPS` 4, a window of an hour ends every 15 minutes. The window is kept as that many panes of merged moments
//! (Welford's), so that memory depends on the number of values and steps, not of rows.
//!
//! A payload per window that has rows: `{FROM_ROW, TO_ROW, FROM, TO, ROWS, COMPLETE, VALUES}` with `{COUNT, MEAN, MIN, MAX, STD, FIRST,
//! LAST, QUANTILES}` for each value. `FROM` and `TO` are the window's bounds for windows of time, otherwise the times of its first and last
//! row. `COMPLETE` is false for windows that begin before the first row, and for the last if the rows end within it. Missing numbers are
//! left out; `STD` is that of the population. A quantile is the smallest number that the wanted share of all does not exceed; it is exact
//! as long as a pane has no more than its share of [`MAX_SAMPLE`] numbers, and beyond that taken from every second, fourth and so on.
//!
//! Rows whose time is before the pane that is filled are counted in it, and in `LATE` of the result `{ROWS, WINDOWS, LATE}`.

mod config;
mod moments;
mod pane;
mod plugin;
mod sample;
mod windows;

pub use config::{AggregateParameters, Statistic, MAX_STEPS, MAX_VALUES};
pub use plugin::Aggregate;
pub use sample::MAX_SAMPLE;

#[cfg(test)]
mod tests;
