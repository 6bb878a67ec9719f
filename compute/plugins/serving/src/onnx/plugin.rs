//! The plugin `onnx`.

use super::config::OnnxParameters;
use crate::model::ServedModel;
use neurite_core::{BoxFuture, Context, Need, ParameterFault, Plugin, PluginError, Serving};
use neurite_serving::{BackendKind, ServingManager};
use std::sync::Arc;

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
    const EXAMPLE: &'static str = include_str!("../../../../../examples/onnx.json");

    fn check(&self, parameters: &OnnxParameters) -> Vec<ParameterFault> {
        parameters.0.check("")
    }

    fn needs(&self, parameters: &OnnxParameters, context: &Context) -> Result<Vec<Need>, PluginError> {
        Ok(vec![parameters.0.need(context)])
    }

    fn open<'a>(&'a self, parameters: OnnxParameters, context: &'a Context) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        Box::pin(async move {
            let model = ServedModel::open(&self.manager, BackendKind::Onnx, &parameters.0, context).await?;
            Ok(Arc::new(model) as Self::Instance)
        })
    }
}
