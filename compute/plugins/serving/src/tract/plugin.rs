//! The plugin `tract`.

use super::config::TractParameters;
use crate::model::{DeviceName, ServedModel};
use neurite_core::{BoxFuture, Context, Need, ParameterFault, Plugin, PluginError, Serving};
use neurite_serving::{BackendKind, ServingManager};
use std::sync::Arc;

/// Opens models through the engine's serving manager.
pub struct Tract {
    manager: ServingManager,
}

impl Tract {
    /// Makes the plugin for a manager.
    pub fn new(manager: ServingManager) -> Self {
        Self { manager }
    }
}

impl Plugin for Tract {
    type Instance = Arc<dyn Serving>;
    type Parameters = TractParameters;
    const SIGNATURE: &'static str = "tract";
    const EXAMPLE: &'static str = include_str!("../../../../../examples/tract.json");

    fn check(&self, parameters: &TractParameters) -> Vec<ParameterFault> {
        let mut faults = parameters.0.check("");
        if parameters.0.device == DeviceName::Cuda {
            faults.push(ParameterFault { path: "/DEVICE".into(), message: "tract runs on the processor only".into() });
        }
        faults
    }

    fn needs(&self, parameters: &TractParameters, context: &Context) -> Result<Vec<Need>, PluginError> {
        Ok(vec![parameters.0.need(context)])
    }

    fn open<'a>(&'a self, parameters: TractParameters, context: &'a Context) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        Box::pin(async move {
            let model = ServedModel::open(&self.manager, BackendKind::Tract, &parameters.0, context).await?;
            Ok(Arc::new(model) as Self::Instance)
        })
    }
}
