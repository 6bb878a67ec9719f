//! The plugin `ZONE_COUNT` and its instances.

use super::{places::Places, ZoneCountParameters};
use crate::{
    detections::read,
    stateful::{self, Logic},
    values::{body, time_or_null, times_if_any},
};
use neurite_core::{BoxFuture, Business, Context, Field, Input, Outbox, ParameterFault, PayloadKind, Plugin, PluginError};
use serde_json::{json, Value};

/// Opens counters.
#[derive(Debug, Clone, Copy)]
pub struct ZoneCount;

impl Plugin for ZoneCount {
    type Instance = Box<dyn Business>;
    type Parameters = ZoneCountParameters;
    const SIGNATURE: &'static str = "ZONE_COUNT";
    const EXAMPLE: &'static str = include_str!("../../../../../examples/zone_count.json");
    const TAKES_MODEL: bool = true;

    fn check(&self, parameters: &ZoneCountParameters) -> Vec<ParameterFault> {
        parameters.faults()
    }

    fn open<'a>(&'a self, parameters: ZoneCountParameters, _: &'a Context) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        let places = Places::new(&parameters);
        stateful::open(Ok(Counter { parameters, places }))
    }
}

/// An instance.
struct Counter {
    parameters: ZoneCountParameters,
    places: Places,
}

impl Counter {
    /// Returns width and height of the pictures.
    fn size(&self, input: Input<'_>) -> Result<[f64; 2], PluginError> {
        if let Some([width, height]) = self.parameters.size {
            return Ok([width.into(), height.into()]);
        }
        match input.batch.field(Field::IMAGE).map(|tensor| &tensor.shape[..]) {
            Some([_, height, width, _]) if *height > 0 && *width > 0 => Ok([*width as f64, *height as f64]),
            _ => Err(PluginError::input(Field::IMAGE, "the rows have no pictures and the document no SIZE: shares of what is unknown")),
        }
    }
}

impl Logic for Counter {
    type State = Places;

    fn process(&mut self, input: Input<'_>, outbox: &mut Outbox) -> Result<(), PluginError> {
        let size = self.size(input)?;
        let times = times_if_any(input);
        for (at, detections) in read(input, &self.parameters.detections)?.iter().enumerate() {
            let time = times.map(|times| times[at]);
            let step = self.places.tracks.step(&self.parameters.tracking, time, detections);
            for mut event in self.places.count(&self.parameters, size, &step) {
                event.what["TRACK"] = json!(event.track);
                event.what["CLASS"] = json!(self.parameters.detections.label(event.class));
                event.what["ROW"] = json!(self.places.tracks.rows);
                event.what["TIME"] = time_or_null(time);
                outbox.push(PayloadKind::Data, body(event.what))?;
            }
        }
        Ok(())
    }

    fn state(&self) -> &Places {
        &self.places
    }

    fn accepts(&self, state: &Places) -> bool {
        state.fits(&self.parameters)
    }

    fn set_state(&mut self, state: Places) {
        self.places = state;
    }

    fn finish(&mut self, _: &mut Outbox) -> Result<Option<Value>, PluginError> {
        Ok(Some(self.places.result(&self.parameters)))
    }
}
