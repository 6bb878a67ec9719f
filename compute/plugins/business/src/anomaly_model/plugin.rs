//! The plugin `ANOMALY_MODEL` and its instances.

use super::AnomalyModelParameters;
use crate::{
    anomaly::{Detector, Progress, Vectors},
    stateful::{self, Logic},
    values::Matrix,
};
use neurite_core::{BoxFuture, Business, Context, Input, Outbox, Plugin, PluginError};
use serde_json::Value;

/// Opens detectors that have a model.
#[derive(Debug, Clone, Copy)]
pub struct AnomalyModel;

impl Plugin for AnomalyModel {
    type Instance = Box<dyn Business>;
    type Parameters = AnomalyModelParameters;
    const SIGNATURE: &'static str = "ANOMALY_MODEL";
    const EXAMPLE: &'static str = include_str!("../../../../../examples/anomaly_model.json");
    const NEEDS_MODEL: bool = true;

    fn open<'a>(&'a self, parameters: AnomalyModelParameters, _: &'a Context) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        let detector = Detector::new(parameters.training(), parameters.told_columns.into());
        stateful::open(Ok(Instance { parameters, detector }))
    }
}

/// An instance.
struct Instance {
    parameters: AnomalyModelParameters,
    detector: Detector,
}

impl Instance {
    /// Returns the chosen columns by number, since those of a model have no names.
    fn positions(&self, input: Input<'_>) -> Result<Option<Vec<String>>, PluginError> {
        let Some(chosen) = &self.parameters.columns else { return Ok(None) };
        let Some(names) = input.batch.columns(&self.parameters.field) else { return Ok(Some(chosen.clone())) };
        let position = |column: &String| {
            let found = names.iter().position(|name| name == column).map(|position| position.to_string());
            found.ok_or_else(|| PluginError::input(&self.parameters.field, format!("has no column {column:?}")))
        };
        chosen.iter().map(position).collect::<Result<_, _>>().map(Some)
    }
}

impl Logic for Instance {
    type State = Progress;

    fn process(&mut self, input: Input<'_>, outbox: &mut Outbox) -> Result<(), PluginError> {
        let shown = Matrix::read(input, &self.parameters.field, self.parameters.columns.as_deref())?;
        let rebuilt = Matrix::read(input, &self.parameters.output, self.positions(input)?.as_deref())?;
        if rebuilt.values.len() != shown.values.len() {
            let reason = format!("{} columns reconstruct {}", rebuilt.columns.len(), shown.columns.len());
            return Err(PluginError::model(&self.parameters.output, reason));
        }
        let judged = shown.values.iter().zip(&rebuilt.values).map(|(value, rebuilt)| value - rebuilt).collect();
        let vectors = Vectors { judged, shown };
        self.detector.process(input, &vectors, outbox)
    }

    fn state(&self) -> &Progress {
        &self.detector.progress
    }

    fn accepts(&self, state: &Progress) -> bool {
        self.detector.accepts(state)
    }

    fn set_state(&mut self, state: Progress) {
        self.detector.progress = state;
    }

    fn finish(&mut self, _: &mut Outbox) -> Result<Option<Value>, PluginError> {
        Ok(Some(self.detector.result()))
    }
}
