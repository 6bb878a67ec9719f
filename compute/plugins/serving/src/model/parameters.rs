//! The parameters that all models have.

use crate::processing::{check_postprocess, check_preprocess, yields_boxes, Postprocess, Preprocess};
use neurite_core::{Context, Need, ParameterFault, PluginError, RelativePath};
use neurite_serving::{BackendKind, Batching, DeviceChoice, ModelSpec};
use schemars::JsonSchema;
use serde::Deserialize;
use std::{path::PathBuf, time::Duration};

/// The bytes of a unit of `MEMORY_MB`.
const MEBIBYTE: u64 = 1 << 20;

/// Where a model is executed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum DeviceName {
    /// On a graphics card where the node has one and ONNX Runtime was built for it, otherwise on the processor.
    #[default]
    Auto,
    /// On the processor.
    Cpu,
    /// On a graphics card; where that cannot be, on the processor, and the model's health says why.
    Cuda,
}

/// A model and what is done before and after it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub struct ModelParameters {
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
    /// The most memory of its own that the model's process may have, in MiB; without it, there is no limit. A process that needs more ends
    /// and is started again for the next request.
    #[serde(default)]
    #[schemars(range(min = 16, max = 1048576))]
    pub memory_mb: Option<u32>,
    /// Where the model is executed.
    #[serde(default)]
    pub device: DeviceName,
    /// The most rows of a joint request: batches of several pipelines to the same model may be joined up to so many. Without it, none are
    /// joined. Only for models that answer each row independently of the others.
    #[serde(default)]
    #[schemars(range(min = 2, max = 4096))]
    pub max_batch: Option<u32>,
    /// How long a batch may wait for others to join it, in microseconds; 0 joins only what waits already.
    #[serde(default)]
    #[schemars(range(max = 1000000))]
    pub max_delay_us: u32,
    /// Steps on what the model is fed with, in order.
    #[serde(default)]
    #[schemars(length(max = 16))]
    pub preprocess: Vec<Preprocess>,
    /// How many rows the model looks back: for each row it gets the `features` of the last WINDOW rows, oldest first, as [rows, WINDOW,
    /// columns], or as [rows, WINDOW × columns] if its input has two dimensions. Rows with fewer before them, of the shard or after a gap,
    /// have no answer: NaN, -1 of whole numbers, an empty text. A window has at most 262144 numbers.
    #[serde(default)]
    #[schemars(range(min = 2, max = 65536))]
    pub window: Option<u32>,
    /// Steps on what the model gives, in order.
    #[serde(default)]
    #[schemars(length(max = 16))]
    pub postprocess: Vec<Postprocess>,
}

impl ModelParameters {
    /// Returns what the schema cannot say is wrong; `at` is the JSON pointer to these parameters.
    pub fn check(&self, at: &str) -> Vec<ParameterFault> {
        let mut faults = check_preprocess(&format!("{at}/PREPROCESS"), &self.preprocess);
        faults.extend(check_postprocess(&format!("{at}/POSTPROCESS"), &self.postprocess));
        if self.max_delay_us > 0 && self.max_batch.is_none() {
            faults.push(ParameterFault { path: format!("{at}/MAX_DELAY_US"), message: "needs MAX_BATCH".into() });
        }
        if let Some(reason) = self.window_fault() {
            faults.push(ParameterFault { path: format!("{at}/WINDOW"), message: reason.into() });
        }
        faults
    }

    /// Says why there can be no window, if there is one.
    fn window_fault(&self) -> Option<&'static str> {
        self.window?;
        if self.preprocess.iter().any(|step| !matches!(step, Preprocess::Standardise { .. })) {
            return Some("is for features, not for pictures");
        }
        yields_boxes(&self.postprocess).then_some("cannot stand beside BOXES")
    }

    /// Returns what must be there for the model to be loaded.
    pub(crate) fn need(&self, context: &Context) -> Need {
        Need::File { folder: context.models.clone(), path: self.path.clone(), blake3: self.blake3.clone() }
    }

    /// Returns what the serving manager is asked for.
    pub(crate) fn spec(&self, path: PathBuf, backend: BackendKind) -> Result<ModelSpec, PluginError> {
        Ok(ModelSpec {
            path,
            blake3: self.blake3.as_deref().map(digest).transpose()?,
            backend,
            threads: self.threads.map(usize::from),
            device: match self.device {
                DeviceName::Auto => DeviceChoice::Auto,
                DeviceName::Cpu => DeviceChoice::Cpu,
                DeviceName::Cuda => DeviceChoice::Cuda,
            },
            memory: self.memory_mb.map(|mebibytes| u64::from(mebibytes) * MEBIBYTE),
        })
    }

    /// Returns how requests may be joined with others; `None` if they may not.
    pub(crate) fn batching(&self) -> Option<Batching> {
        let max_rows = self.max_batch? as usize;
        Some(Batching { max_rows, max_delay: Duration::from_micros(self.max_delay_us.into()) })
    }
}

fn digest(text: &str) -> Result<[u8; 32], PluginError> {
    let mut digest = [0; 32];
    hex::decode_to_slice(text, &mut digest).map_err(|error| PluginError::parameters("/BLAKE3", error.to_string()))?;
    Ok(digest)
}
