//! `onnx`: a model in ONNX format, run by ONNX Runtime in a process of its own.
//!
//! Thin over `neurite-serving`: finds the model below the engine's model folder, picks the batch's fields that the model takes, and names its
//! outputs. A field feeds the input of the same name; a model with one input that no field is named after gets the field `features`.
//!
//! Guarantees: instances of equal parameters share one process. A model that cannot be loaded, does not fit the data or fails an inference is a
//! model failure; a process that died or is slow is transient.

mod config;
mod plugin;

pub use config::OnnxParameters;
pub use plugin::Onnx;

#[cfg(test)]
mod tests;
