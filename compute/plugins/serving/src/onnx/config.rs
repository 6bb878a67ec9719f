//! Parameters of `onnx`.

use crate::model::ModelParameters;
use schemars::JsonSchema;
use serde::Deserialize;

/// Runs a model in ONNX format with ONNX Runtime, or with tract where the node has no library of it, in a process of its own.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct OnnxParameters(pub ModelParameters);
