//! Picking numbers out of rows.
//!
//! A [`ValueName`] is how documents name a number of every row: `FIELD`, or `FIELD/COLUMN` where a field has several columns; the column by
//! its name, or by its number from 0. The field is looked for first among the outputs of the instance's model, then in the batch. A missing
//! number is NaN, as everywhere.
//!
//! What cannot be found is an input failure that says what there is.

mod condition;
mod fields;
mod matrix;
mod name;
mod write;

pub use condition::Condition;
pub(crate) use fields::row_values;
pub(crate) use matrix::Matrix;
pub use name::ValueName;
pub(crate) use name::{times, times_if_any};
pub(crate) use write::{body, fixed, number, time_or_null};

#[cfg(test)]
mod tests;
