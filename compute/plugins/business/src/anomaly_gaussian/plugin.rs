//! The plugin `ANOMALY_GAUSSIAN` and its instances.

use super::AnomalyGaussianParameters;
use crate::{
    anomaly::{Detector, Progress, Vectors},
    stateful::{self, Logic},
    values::Matrix,
};
use neurite_core::{BoxFuture, Business, Context, Input, Outbox, ParameterFault, Plugin, PluginError};
use serde_json::Value;

/// Opens detectors.
#[derive(Debug, Clone, Copy)]
pub struct AnomalyGaussian;

impl Plugin for AnomalyGaussian {
    type Instance = Box<dyn Business>;
    type Parameters = AnomalyGaussianParameters;
    const SIGNATURE: &'static str = "ANOMALY_GAUSSIAN";
    const EXAMPLE: &'static str = include_str!("../../../../../examples/anomaly_gaussian.json");
    const TAKES_MODEL: bool = true;

    fn check(&self, parameters: &AnomalyGaussianParameters) -> Vec<ParameterFault> {
        let doubled = parameters.score.is_some() && parameters.chi_square.is_some();
        let fault = ParameterFault { path: "/CHI_SQUARE".into(), message: "and SCORE exclude each other".into() };
        doubled.then_some(fault).into_iter().collect()
    }

    fn open<'a>(&'a self, parameters: AnomalyGaussianParameters, _: &'a Context) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        let detector = Detector::new(parameters.training(), parameters.told_columns.into());
        stateful::open(Ok(Instance { parameters, detector }))
    }
}

/// An instance.
struct Instance {
    parameters: AnomalyGaussianParameters,
    detector: Detector,
}

impl Logic for Instance {
    type State = Progress;

    fn process(&mut self, input: Input<'_>, outbox: &mut Outbox) -> Result<(), PluginError> {
        let shown = Matrix::read(input, &self.parameters.field, self.parameters.columns.as_deref())?;
        let vectors = Vectors { judged: shown.values.clone(), shown };
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
