//! Columns: what the rows of tables and messages become in a batch.
//!
//! A document says it once, in the same words for every source, as `COLUMNS` ([`Columns`]). A [`Layout`] is that choice applied to an input;
//! a [`BatchBuilder`] turns rows of [`Cell`]s into the fields of a batch and names the input, row and column of every value that does not fit.
//!
//! A source whose columns are known before its rows (a header, a schema) makes its layout with [`Layout::of_table`] and gives the cells that
//! [`Layout::wanted`] lists, in that order. A source of JSON messages makes it with [`Layout::listed`], once, and decodes one JSON object into
//! a row per message:
//!
//! ```
//! # use neurite_plugins_acquisition::columns::{object, BatchBuilder, Columns, Layout, Place};
//! # use neurite_core::{Batch, PluginError};
//! # fn received(columns: &Columns, message: &[u8]) -> Result<Batch, PluginError> {
//! let layout = Layout::listed(columns, "plant/7")?;
//! let mut rows = BatchBuilder::new(layout);
//! let place = Place { input: "plant/7", row: 1 };
//! rows.push_object(place, &object(place, message)?)?;
//! Batch::new(0, rows.take()?)
//! # }
//! ```
//!
//! A row that does not fit leaves the builder as it was, so that a source may drop it and go on. [`BatchBuilder::has_room`] says when to end a
//! batch early; the caller bounds the number of rows. Plugins that offer `COLUMNS` call [`Columns::faults`] in their check.

mod builder;
mod cell;
mod config;
mod json;
mod layout;
mod time;

pub use builder::{BatchBuilder, Place, MAX_BYTES};
pub use cell::Cell;
pub use config::{Columns, Missing, TimeUnit, MAX_FEATURES, MAX_NUMBERS, MAX_TEXTS};
pub use json::{cell_of, object, value_of};
pub use layout::{Layout, TableColumn};
pub use time::{parse_time, MAX_TIME_MS, MIN_TIME_MS};

#[cfg(test)]
mod tests;
