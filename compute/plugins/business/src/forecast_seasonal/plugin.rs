//! The plugin `FORECAST_SEASONAL` and its instances.

use super::{progress::Progress, ForecastSeasonalParameters};
use crate::{
    stateful::{self, Logic},
    values::{body, times_if_any},
};
use neurite_core::{BoxFuture, Business, Context, Input, Outbox, PayloadKind, Plugin, PluginError};
use serde_json::Value;

/// Opens forecasts.
#[derive(Debug, Clone, Copy)]
pub struct ForecastSeasonal;

impl Plugin for ForecastSeasonal {
    type Instance = Box<dyn Business>;
    type Parameters = ForecastSeasonalParameters;
    const SIGNATURE: &'static str = "FORECAST_SEASONAL";
    const EXAMPLE: &'static str = include_str!("../../../../../examples/forecast_seasonal.json");
    const TAKES_MODEL: bool = true;

    fn open<'a>(&'a self, parameters: ForecastSeasonalParameters, _: &'a Context) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        stateful::open(Ok(Forecaster { parameters, progress: Progress::default() }))
    }
}

/// An instance.
struct Forecaster {
    parameters: ForecastSeasonalParameters,
    progress: Progress,
}

impl Logic for Forecaster {
    type State = Progress;

    fn process(&mut self, input: Input<'_>, outbox: &mut Outbox) -> Result<(), PluginError> {
        let times = times_if_any(input);
        for (at, value) in self.parameters.value.read(input)?.into_iter().enumerate() {
            if let Some(forecast) = self.progress.step(&self.parameters, times.map(|times| times[at]), value) {
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
