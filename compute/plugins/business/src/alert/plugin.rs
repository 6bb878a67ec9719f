//! The plugin `ALERT` and its instances.

use super::{
    status::{Event, Status},
    AlertParameters,
};
use crate::{
    stateful::{self, Logic},
    values::{body, number, time_or_null, times, times_if_any},
};
use neurite_core::{BoxFuture, Business, Context, Input, Outbox, ParameterFault, PayloadKind, Plugin, PluginError};
use serde_json::{json, Value};

/// Opens alerts.
#[derive(Debug, Clone, Copy)]
pub struct Alert;

impl Plugin for Alert {
    type Instance = Box<dyn Business>;
    type Parameters = AlertParameters;
    const SIGNATURE: &'static str = "ALERT";
    const EXAMPLE: &'static str = include_str!("../../../../../examples/alert.json");
    const TAKES_MODEL: bool = true;

    fn check(&self, parameters: &AlertParameters) -> Vec<ParameterFault> {
        parameters.faults()
    }

    fn open<'a>(&'a self, parameters: AlertParameters, _: &'a Context) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        stateful::open(Ok(Watch { parameters, status: Status::default() }))
    }
}

/// An instance.
struct Watch {
    parameters: AlertParameters,
    status: Status,
}

impl Watch {
    fn payload(&self, event: Event, time: Option<i64>, value: f64) -> Value {
        let [row, ..] = self.status.counts();
        let mut payload = json!({
            "VALUE_OF": self.parameters.value.as_str(),
            "VALUE": number(value),
            "ROW": row,
            "TIME": time_or_null(time),
        });
        let since = match event {
            Event::Raise { since, suppressed } => {
                payload["EVENT"] = json!("RAISE");
                payload["SUPPRESSED"] = json!(suppressed);
                since
            }
            Event::Clear(alarm) => {
                payload["EVENT"] = json!("CLEAR");
                payload["LOWEST"] = number(alarm.lowest.0);
                payload["HIGHEST"] = number(alarm.highest.0);
                alarm.since
            }
        };
        payload["SINCE_ROW"] = json!(since.row);
        payload["SINCE"] = time_or_null(since.time);
        if let Some(text) = &self.parameters.text {
            payload["TEXT"] = json!(text);
        }
        payload
    }
}

impl Logic for Watch {
    type State = Status;

    fn process(&mut self, input: Input<'_>, outbox: &mut Outbox) -> Result<(), PluginError> {
        let values = self.parameters.value.read(input)?;
        let times = if self.parameters.needs_times() { Some(times(input)?) } else { times_if_any(input) };
        for (at, value) in values.into_iter().enumerate() {
            let time = times.map(|times| times[at]);
            if let Some(event) = self.status.step(&self.parameters, time, value) {
                outbox.push(PayloadKind::Data, body(self.payload(event, time, value)))?;
            }
        }
        Ok(())
    }

    fn state(&self) -> &Status {
        &self.status
    }

    fn accepts(&self, state: &Status) -> bool {
        state.fits(&self.parameters)
    }

    fn set_state(&mut self, state: Status) {
        self.status = state;
    }

    fn finish(&mut self, _: &mut Outbox) -> Result<Option<Value>, PluginError> {
        let [rows, raised, cleared, suppressed] = self.status.counts();
        Ok(Some(json!({ "ROWS": rows, "RAISED": raised, "CLEARED": cleared, "SUPPRESSED": suppressed })))
    }
}
