//! Parameters of `tract`.

use crate::model::ModelParameters;
use schemars::JsonSchema;
use serde::Deserialize;

/// Runs a model in ONNX format with tract, which is part of the engine, in a process of its own: on one thread of the processor.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct TractParameters(pub ModelParameters);
