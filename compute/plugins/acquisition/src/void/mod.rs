//! `Void`: ticks without data, for business plugins that act by themselves.
//!
//! Every tick is a batch of one row with the field `time` and nothing else. Without `COUNT` the source is live: a row's time is the clock's when
//! the tick came. With `COUNT` it ends: times are then counted from `START_TIME` in steps of `INTERVAL_MS`, whenever the ticks really come, and
//! workers divide the ticks by contiguous ranges.
//!
//! Guarantees: ticks keep the interval as long as they are taken in time; ticks that are not taken in time are left out, not made up for.

mod config;
mod plugin;

pub use config::VoidParameters;
pub use plugin::Void;

#[cfg(test)]
mod tests;
