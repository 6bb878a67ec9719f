//! The plugin `FORWARD` and its instances.

use super::ForwardParameters;
use crate::{
    stateful::{self, Logic},
    values::{body, row_values, time_or_null, times_if_any},
};
use neurite_core::{BoxFuture, Business, Context, Input, Outbox, PayloadKind, Plugin, PluginError};
use serde_json::{json, Value};

/// Opens forwarders.
#[derive(Debug, Clone, Copy)]
pub struct Forward;

impl Plugin for Forward {
    type Instance = Box<dyn Business>;
    type Parameters = ForwardParameters;
    const SIGNATURE: &'static str = "FORWARD";
    const EXAMPLE: &'static str = include_str!("../../../../../examples/forward.json");
    const TAKES_MODEL: bool = true;

    fn open<'a>(&'a self, parameters: ForwardParameters, _: &'a Context) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        stateful::open(Ok(Forwarder { parameters, rows: 0 }))
    }
}

/// An instance; its state is the number of rows.
struct Forwarder {
    parameters: ForwardParameters,
    rows: u64,
}

impl Logic for Forwarder {
    type State = u64;

    fn process(&mut self, input: Input<'_>, outbox: &mut Outbox) -> Result<(), PluginError> {
        let times = times_if_any(input);
        for (at, values) in row_values(input, &self.parameters.values)?.into_iter().enumerate() {
            self.rows += 1;
            if self.rows.is_multiple_of(u64::from(self.parameters.every_rows)) {
                let time = time_or_null(times.map(|times| times[at]));
                outbox.push(PayloadKind::Data, body(json!({ "ROW": self.rows, "TIME": time, "VALUES": values })))?;
            }
        }
        Ok(())
    }

    fn state(&self) -> &u64 {
        &self.rows
    }

    fn accepts(&self, _: &u64) -> bool {
        true
    }

    fn set_state(&mut self, state: u64) {
        self.rows = state;
    }

    fn finish(&mut self, _: &mut Outbox) -> Result<Option<Value>, PluginError> {
        Ok(Some(json!({ "ROWS": self.rows, "FORWARDED": self.rows / u64::from(self.parameters.every_rows) })))
    }
}
