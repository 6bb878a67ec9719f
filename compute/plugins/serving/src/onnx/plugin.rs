//! The plugin `onnx` and its instances.

use super::config::OnnxParameters;
use neurite_core::{Batch, BoxFuture, Context, Field, Plugin, PluginError, Serving, Tensor, TensorData};
use neurite_serving::{BackendKind, ModelDescription, ModelHandle, ModelSpec, ServingError, ServingManager};
use std::{io::ErrorKind, sync::Arc};

/// Opens models through the engine's serving manager.
pub struct Onnx {
    manager: ServingManager,
}

impl Onnx {
    /// Makes the plugin for a manager.
    pub fn new(manager: ServingManager) -> Self {
        Self { manager }
    }
}

impl Plugin for Onnx {
    type Instance = Arc<dyn Serving>;
    type Parameters = OnnxParameters;
    const SIGNATURE: &'static str = "onnx";

    fn open<'a>(&'a self, parameters: OnnxParameters, context: &'a Context) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        Box::pin(async move {
            let name = parameters.path.to_string();
            let path = context.models.resolve(&parameters.path).map_err(|error| match error.kind() {
                ErrorKind::NotFound | ErrorKind::PermissionDenied | ErrorKind::NotADirectory => {
                    PluginError::model(&name, error.to_string())
                }
                _ => PluginError::resources(format!("model {name}: {error}")),
            })?;
            let blake3 = parameters.blake3.as_deref().map(digest).transpose()?;
            let threads = parameters.threads.map(usize::from);
            let spec = ModelSpec { path, blake3, backend: BackendKind::Onnx, threads };
            let handle = self.manager.model(spec).await.map_err(|error| failure(&name, &error))?;
            let description = handle.describe();
            Ok(Arc::new(OnnxModel { name, handle, description }) as Self::Instance)
        })
    }
}

/// An instance.
struct OnnxModel {
    name: String,
    handle: ModelHandle,
    description: ModelDescription,
}

impl OnnxModel {
    /// Picks the fields that the model takes, in the order of its inputs.
    fn inputs(&self, batch: &Batch) -> Result<Vec<neurite_serving::Tensor>, PluginError> {
        let alone = self.description.inputs.len() == 1;
        let pick = |name: &str| {
            let field = batch.field(name).or_else(|| batch.field(Field::FEATURES).filter(|_| alone));
            field
                .and_then(to_serving)
                .ok_or_else(|| PluginError::model(&self.name, format!("the input has no field {name:?} of numbers for the model")))
        };
        self.description.inputs.iter().map(|input| pick(&input.name)).collect()
    }
}

impl Serving for OnnxModel {
    fn infer<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Result<Vec<Field>, PluginError>> {
        Box::pin(async move {
            let outputs = self.handle.infer(self.inputs(batch)?).await.map_err(|error| failure(&self.name, &error))?;
            let named = self.description.outputs.iter().zip(outputs);
            Ok(named.map(|(output, tensor)| Field::new(output.name.clone(), from_serving(tensor))).collect())
        })
    }
}

fn digest(text: &str) -> Result<[u8; 32], PluginError> {
    let mut digest = [0; 32];
    hex::decode_to_slice(text, &mut digest).map_err(|error| PluginError::parameters("/BLAKE3", error.to_string()))?;
    Ok(digest)
}

/// Returns the tensor as models take it; `None` for elements that none takes.
fn to_serving(tensor: &Tensor) -> Option<neurite_serving::Tensor> {
    match &tensor.data {
        TensorData::F32(values) => Some(neurite_serving::Tensor::f32(tensor.shape.clone(), values.clone())),
        TensorData::I64(values) => Some(neurite_serving::Tensor::i64(tensor.shape.clone(), values.clone())),
        TensorData::F64(_) | TensorData::U8(_) | TensorData::Text(_) => None,
    }
}

fn from_serving(tensor: neurite_serving::Tensor) -> Tensor {
    let data = match tensor.data {
        neurite_serving::TensorData::F32(values) => TensorData::F32(values),
        neurite_serving::TensorData::I64(values) => TensorData::I64(values),
    };
    Tensor { shape: tensor.shape, data }
}

/// Says whose fault a serving error is: what the model or its data are is the sender's, what processes do is the node's.
fn failure(model: &str, error: &ServingError) -> PluginError {
    match error {
        ServingError::ModelInvalid { reason, .. } | ServingError::InvalidInput { reason } | ServingError::InferenceFailed { reason } => {
            PluginError::model(model, reason)
        }
        ServingError::TooLarge { .. } => PluginError::model(model, error.to_string()),
        transient if transient.is_transient() => PluginError::unavailable(format!("model {model}"), transient.to_string()),
        ServingError::BackendUnavailable { .. } | ServingError::Spawn { .. } => PluginError::resources(error.to_string()),
        other => PluginError::internal(other.to_string()),
    }
}
