//! What can go wrong in a plugin, and whose fault it is.

use crate::bounds::MAX_REASON;
use serde::{Deserialize, Serialize};

/// Why a worker could not do its shard; faults of document, model and input are the sender's, the others the worker's.
///
/// The classes are those of the chain's failure codes, one to one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FailureClass {
    /// The pipeline document is invalid or not what was announced.
    Document,
    /// The model cannot be loaded or run.
    Model,
    /// The input is missing or malformed.
    Input,
    /// The node ran out of memory, disk or processes.
    Resources,
    /// The engine failed otherwise.
    Internal,
}

impl FailureClass {
    /// Returns the class's name as documents and messages write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Document => "DOCUMENT",
            Self::Model => "MODEL",
            Self::Input => "INPUT",
            Self::Resources => "RESOURCES",
            Self::Internal => "INTERNAL",
        }
    }
}

impl std::fmt::Display for FailureClass {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.name())
    }
}

/// A plugin's failure.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PluginError {
    /// The parameters cannot be used, although they match their schema.
    #[error("parameter {path}: {reason}")]
    Parameters {
        /// JSON pointer to the parameter.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The model is missing, damaged or does not fit the data.
    #[error("model {model}: {reason}")]
    Model {
        /// The model as the document names it.
        model: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The input is missing or unreadable as a whole.
    #[error("input {input}: {reason}")]
    Input {
        /// The input as the document names it.
        input: String,
        /// What is wrong with it.
        reason: String,
    },
    /// One value of the input is malformed.
    #[error("input {input}: row {row}, column {column}: {reason}")]
    InputValue {
        /// The input as the document names it.
        input: String,
        /// The data row, counted from 1 over the whole input.
        row: u64,
        /// The column's name, or its number counted from 0.
        column: String,
        /// What is wrong with the value.
        reason: String,
    },
    /// The node lacks memory, disk, processes or room in a bounded collection.
    #[error("resources: {reason}")]
    Resources {
        /// What was lacking.
        reason: String,
    },
    /// Something that the plugin needs does not answer now but may soon.
    #[error("{service} is unavailable: {reason}")]
    Unavailable {
        /// What does not answer.
        service: String,
        /// What happened.
        reason: String,
    },
    /// A failure that fits nowhere else.
    #[error("{reason}")]
    Internal {
        /// What happened.
        reason: String,
    },
}

impl PluginError {
    /// Makes [`PluginError::Parameters`].
    pub fn parameters(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Parameters { path: path.into(), reason: bounded(reason) }
    }

    /// Makes [`PluginError::Model`].
    pub fn model(model: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Model { model: model.into(), reason: bounded(reason) }
    }

    /// Makes [`PluginError::Input`].
    pub fn input(input: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Input { input: input.into(), reason: bounded(reason) }
    }

    /// Makes [`PluginError::Resources`].
    pub fn resources(reason: impl Into<String>) -> Self {
        Self::Resources { reason: bounded(reason) }
    }

    /// Makes [`PluginError::Unavailable`].
    pub fn unavailable(service: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Unavailable { service: service.into(), reason: bounded(reason) }
    }

    /// Makes [`PluginError::Internal`].
    pub fn internal(reason: impl Into<String>) -> Self {
        Self::Internal { reason: bounded(reason) }
    }

    /// Returns whose fault it is.
    pub fn class(&self) -> FailureClass {
        match self {
            Self::Parameters { .. } => FailureClass::Document,
            Self::Model { .. } => FailureClass::Model,
            Self::Input { .. } | Self::InputValue { .. } => FailureClass::Input,
            Self::Resources { .. } | Self::Unavailable { .. } => FailureClass::Resources,
            Self::Internal { .. } => FailureClass::Internal,
        }
    }

    /// Tells whether the same call may succeed if it is made again a little later.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable { .. })
    }
}

/// Cuts a text from outside to [`MAX_REASON`] bytes.
fn bounded(reason: impl Into<String>) -> String {
    let mut reason = reason.into();
    if reason.len() > MAX_REASON {
        let end = (0..=MAX_REASON).rev().find(|end| reason.is_char_boundary(*end)).unwrap_or(0);
        reason.truncate(end);
    }
    reason
}
