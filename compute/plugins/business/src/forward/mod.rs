//! `FORWARD`: rows as payloads.
//!
//! Every `EVERY_ROWS` rows, a payload `{ROW, TIME, VALUES}` with what the document chose: `VALUES` holds for each name a number, a text, a
//! list, or an object where the field's columns have names. Missing numbers are null. Rows count from 1. The result is `{ROWS, FORWARDED}`.

mod config;
mod plugin;

pub use config::ForwardParameters;
pub use plugin::Forward;

#[cfg(test)]
mod tests;
