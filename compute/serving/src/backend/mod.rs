//! What executes a model inside its serving process.
//!
//! An implementation loads a model from bytes (they were checked against a digest, so nothing else is read), says what it takes and
//! gives, and runs it. Every implementation passes the contract suite in `tests/backend_contract.rs`.

mod onnx;
mod tract;

pub use onnx::{OnnxBackend, OnnxRuntime};
pub use tract::TractBackend;

use crate::tensor::{ModelDescription, TensorView};

/// An error of a backend.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BackendError {
    /// The backend's library cannot be used.
    #[error("{0}")]
    Library(String),
    /// The model cannot be loaded, or uses what the backend does not support.
    #[error("{0}")]
    Model(String),
    /// The inference failed.
    #[error("{0}")]
    Inference(String),
    /// The process may not have as much memory as that takes.
    #[error("{0}")]
    Memory(String),
    /// An output is larger than its receiver takes.
    #[error("the outputs take {bytes} bytes, at most {limit} are possible")]
    OutputTooLarge {
        /// What they take, at least.
        bytes: usize,
        /// What the receiver takes.
        limit: usize,
    },
}

/// Takes the outputs of an inference, in the model's order.
pub trait TensorSink {
    /// Takes the next output.
    fn put(&mut self, tensor: TensorView<'_>) -> Result<(), BackendError>;
}

/// A loaded model.
pub trait Backend {
    /// Returns what the model takes and gives.
    fn description(&self) -> &ModelDescription;

    /// Runs the model once: inputs in the order of the description, outputs into the sink in the same order.
    ///
    /// Inputs of a wrong number, type or shape are an error, never a panic. After an error the model can be run again.
    fn infer(&mut self, inputs: &[TensorView<'_>], outputs: &mut dyn TensorSink) -> Result<(), BackendError>;
}
