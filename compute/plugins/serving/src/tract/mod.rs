//! `tract`: a model in ONNX format, run by tract in a process of its own.
//!
//! The same as `onnx` in everything but what executes the model: for nodes and models where ONNX Runtime is not wanted. tract uses one thread and
//! no graphics card, so `THREADS` changes nothing and a `DEVICE` of `cuda` is refused.

mod config;
mod plugin;

pub use config::TractParameters;
pub use plugin::Tract;

#[cfg(test)]
mod tests;
