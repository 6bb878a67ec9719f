//! `onnx`: a model in ONNX format, run by ONNX Runtime in a process of its own.
//!
//! Thin over `neurite-serving` and [`crate::model`]. Where the library of ONNX Runtime is not found, tract runs the model.
//! Health and description of the model say which one it is, on which device it runs, and why not on a graphics
//! card that was asked for.
//!
//! Guarantees: instances of equal parameters share one process, whatever their steps. A model that cannot be loaded, does not fit the data, fails
//! an inference or needs more memory than it may have is a model failure; a process that died or is slow is transient.

mod config;
mod plugin;

pub use config::OnnxParameters;
pub use plugin::Onnx;

#[cfg(test)]
mod tests;
