//! Parameters of `onnx`.

use neurite_core::RelativePath;
use schemars::JsonSchema;
use serde::Deserialize;

/// Runs a model in ONNX format with ONNX Runtime, in a process of its own.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub struct OnnxParameters {
    /// Path of the model below the engine's model folder.
    pub path: RelativePath,
    /// Digest that the model must have: blake3, 64 hexadecimal digits in lower case.
    #[serde(default)]
    #[schemars(regex(pattern = r"^[0-9a-f]{64}$"))]
    pub blake3: Option<String>,
    /// Threads for one inference; without it, as many as the engine is configured for.
    #[serde(default)]
    #[schemars(range(min = 1, max = 64))]
    pub threads: Option<u16>,
}
