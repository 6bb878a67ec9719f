//! The plugin `FORECAST_MODEL` and its instances.

use super::{
    progress::{Progress, Row},
    ForecastModelParameters,
};
use crate::{
    stateful::{self, Logic},
    values::{body, times_if_any, Matrix},
};
use neurite_core::{BoxFuture, Business, Context, Field, Input, Outbox, PayloadKind, Plugin, PluginError};
use serde_json::Value;

/// Opens forecasts that have a model.
#[derive(Debug, Clone, Copy)]
pub struct ForecastModel;

impl Plugin for ForecastModel {
    type Instance = Box<dyn Business>;
    type Parameters = ForecastModelParameters;
    const SIGNATURE: &'static str = "FORECAST_MODEL";
    const EXAMPLE: &'static str = include_str!("../../../../../examples/forecast_model.json");
    const NEEDS_MODEL: bool = true;

    fn open<'a>(&'a self, parameters: ForecastModelParameters, _: &'a Context) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        stateful::open(Ok(Forecaster { parameters, progress: Progress::default() }))
    }
}

/// An instance.
struct Forecaster {
    parameters: ForecastModelParameters,
    progress: Progress,
}

impl Forecaster {
    /// Reads what the model expects after each row.
    fn expected(&self, input: Input<'_>) -> Result<Matrix, PluginError> {
        let output = &self.parameters.output;
        if Field::find(input.inference, output).is_none() {
            let names: Vec<&str> = input.inference.iter().map(|field| field.name.as_str()).collect();
            return Err(PluginError::model(output, format!("there is no such output; there are {}", names.join(", "))));
        }
        let expected = Matrix::read(input, output, None)?;
        let (width, horizon) = (expected.columns.len(), self.parameters.horizon);
        if width < usize::from(horizon) {
            return Err(PluginError::model(output, format!("gives {width} numbers a row, HORIZON is {horizon}")));
        }
        Ok(expected)
    }
}

impl Logic for Forecaster {
    type State = Progress;

    fn process(&mut self, input: Input<'_>, outbox: &mut Outbox) -> Result<(), PluginError> {
        let times = times_if_any(input);
        let values = self.parameters.value.read(input)?;
        let expected = self.expected(input)?;
        let horizon = usize::from(self.parameters.horizon);
        for (at, (value, expected)) in values.into_iter().zip(expected.rows()).enumerate() {
            let row = Row { time: times.map(|times| times[at]), value, expected: &expected[..horizon] };
            if let Some(forecast) = self.progress.step(&self.parameters, row) {
                outbox.push(PayloadKind::Data, body(forecast))?;
            }
        }
        Ok(())
    }

    fn state(&self) -> &Progress {
        &self.progress
    }

    fn accepts(&self, state: &Progress) -> bool {
        state.fits(&self.parameters)
    }

    fn set_state(&mut self, state: Progress) {
        self.progress = state;
    }

    fn finish(&mut self, _: &mut Outbox) -> Result<Option<Value>, PluginError> {
        Ok(Some(self.progress.result()))
    }
}
