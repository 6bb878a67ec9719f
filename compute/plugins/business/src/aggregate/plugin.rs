//! The plugin `AGGREGATE` and its instances.

use super::{windows::Windows, AggregateParameters};
use crate::{
    stateful::{self, Logic},
    values::{body, times, times_if_any},
};
use neurite_core::{BoxFuture, Business, Context, Input, Outbox, ParameterFault, PayloadKind, Plugin, PluginError};
use serde_json::{json, Value};

/// Opens aggregations.
#[derive(Debug, Clone, Copy)]
pub struct Aggregate;

impl Plugin for Aggregate {
    type Instance = Box<dyn Business>;
    type Parameters = AggregateParameters;
    const SIGNATURE: &'static str = "AGGREGATE";
    const EXAMPLE: &'static str = include_str!("../../../../../examples/aggregate.json");
    const TAKES_MODEL: bool = true;

    fn check(&self, parameters: &AggregateParameters) -> Vec<ParameterFault> {
        parameters.faults()
    }

    fn open<'a>(&'a self, parameters: AggregateParameters, _: &'a Context) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        stateful::open(Ok(Aggregation { parameters, windows: Windows::default() }))
    }
}

/// An instance.
struct Aggregation {
    parameters: AggregateParameters,
    windows: Windows,
}

impl Logic for Aggregation {
    type State = Windows;

    fn process(&mut self, input: Input<'_>, outbox: &mut Outbox) -> Result<(), PluginError> {
        let columns: Vec<Vec<f64>> = self.parameters.values.iter().map(|name| name.read(input)).collect::<Result<_, _>>()?;
        let times = if self.parameters.window_seconds.is_some() { Some(times(input)?) } else { times_if_any(input) };
        for row in 0..input.batch.rows() {
            let values = columns.iter().map(|column| column[row]);
            for window in self.windows.add(&self.parameters, times.map(|times| times[row]), values) {
                outbox.push(PayloadKind::Data, body(window))?;
            }
        }
        Ok(())
    }

    fn state(&self) -> &Windows {
        &self.windows
    }

    fn accepts(&self, state: &Windows) -> bool {
        state.fits(&self.parameters)
    }

    fn set_state(&mut self, state: Windows) {
        self.windows = state;
    }

    fn finish(&mut self, outbox: &mut Outbox) -> Result<Option<Value>, PluginError> {
        if let Some(window) = self.windows.end(&self.parameters) {
            outbox.push(PayloadKind::Data, body(window))?;
        }
        let [rows, windows, late] = self.windows.counts();
        Ok(Some(json!({ "ROWS": rows, "WINDOWS": windows, "LATE": late })))
    }
}
