//! A model in a process of its own, with the steps before and after it: what the plugins that run models have in common.
//!
//! A field of the batch feeds the input of the same name; a model with one input that no field is named after gets the field `features`, or,
//! without features, `image`. What `PREPROCESS` prepares feeds the input named after the field that it works on, otherwise the first input.
//! So do windows, which `WINDOW` makes of the field `features` after these steps.

mod convert;
mod failure;
mod parameters;
mod served;
mod windows;

pub use parameters::{DeviceName, ModelParameters};
pub use windows::MAX_WINDOW_NUMBERS;

pub(crate) use served::ServedModel;

#[cfg(test)]
mod tests;
