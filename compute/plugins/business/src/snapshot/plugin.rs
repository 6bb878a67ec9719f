//! The plugin `SNAPSHOT` and its instances.

use super::{
    render::{draw, render},
    SnapshotParameters,
};
use crate::{
    detections::{read, Detection},
    picture::Pictures,
    stateful::{self, Logic},
    values::{body, number, time_or_null, times_if_any},
};
use neurite_core::{BoxFuture, Business, Context, Input, Outbox, ParameterFault, PayloadKind, Plugin, PluginError};
use serde::{Deserialize, Serialize};
use serde_json::{json, Value};

/// Opens takers of pictures.
#[derive(Debug, Clone, Copy)]
pub struct Snapshot;

impl Plugin for Snapshot {
    type Instance = Box<dyn Business>;
    type Parameters = SnapshotParameters;
    const SIGNATURE: &'static str = "SNAPSHOT";
    const EXAMPLE: &'static str = include_str!("../../../../../examples/snapshot.json");
    const TAKES_MODEL: bool = true;

    fn check(&self, parameters: &SnapshotParameters) -> Vec<ParameterFault> {
        parameters.faults()
    }

    fn open<'a>(&'a self, parameters: SnapshotParameters, _: &'a Context) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        stateful::open(Ok(Taker { parameters, taken: Taken::default() }))
    }
}

/// What was taken. Its JSON form is the state in checkpoints.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
struct Taken {
    rows: u64,
    snapshots: u64,
    /// The row of the last picture, 0 for none.
    last: u64,
}

/// An instance.
struct Taker {
    parameters: SnapshotParameters,
    taken: Taken,
}

impl Taker {
    /// Tells whether the row that was counted last is to be taken.
    fn is_wanted(&self, value: Option<f64>, detections: &[Detection]) -> bool {
        let parameters = &self.parameters;
        let due = parameters.every_rows.is_some_and(|every| self.taken.rows.is_multiple_of(u64::from(every)));
        let met = parameters.when.zip(value).is_some_and(|(when, value)| when.holds(value));
        let seen = parameters.min_detections.is_some_and(|least| detections.len() >= least as usize);
        let rested = self.taken.last == 0 || self.taken.rows - self.taken.last >= u64::from(parameters.pause_rows);
        (due || met || seen) && rested
    }

    fn payload(&self, pictures: &Pictures<'_>, row: usize, detections: &[Detection], time: Option<i64>) -> Result<Value, PluginError> {
        let mut canvas = pictures.picture(row);
        let mut told = Vec::new();
        if let Some(parameters) = &self.parameters.detections {
            draw(&mut canvas, detections, parameters);
            told.extend(detections.iter().map(|detection| {
                let label = parameters.label(detection.class);
                json!({ "CLASS": label, "SCORE": number(detection.score.into()), "BOX": detection.edges.map(number) })
            }));
        }
        let rendered = render(canvas, self.parameters.quality)?;
        Ok(json!({
            "ROW": self.taken.rows,
            "TIME": time_or_null(time),
            "WIDTH": rendered.width,
            "HEIGHT": rendered.height,
            "QUALITY": rendered.quality,
            "TYPE": "image/jpeg",
            "IMAGE": rendered.text,
            "DETECTIONS": told,
        }))
    }
}

impl Logic for Taker {
    type State = Taken;

    fn process(&mut self, input: Input<'_>, outbox: &mut Outbox) -> Result<(), PluginError> {
        let pictures = Pictures::read(input, &self.parameters.picture)?;
        let values = self.parameters.value.as_ref().map(|name| name.read(input)).transpose()?;
        let detections = self.parameters.detections.as_ref().map(|parameters| read(input, parameters)).transpose()?;
        let times = times_if_any(input);
        for row in 0..input.batch.rows() {
            self.taken.rows += 1;
            let seen = detections.as_ref().map_or(&[][..], |detections| &detections[row][..]);
            if !self.is_wanted(values.as_ref().map(|values| values[row]), seen) {
                continue;
            }
            let payload = self.payload(&pictures, row, seen, times.map(|times| times[row]))?;
            outbox.push(PayloadKind::Data, body(payload))?;
            self.taken.snapshots += 1;
            self.taken.last = self.taken.rows;
        }
        Ok(())
    }

    fn state(&self) -> &Taken {
        &self.taken
    }

    fn accepts(&self, state: &Taken) -> bool {
        state.last <= state.rows && state.snapshots <= state.rows
    }

    fn set_state(&mut self, state: Taken) {
        self.taken = state;
    }

    fn finish(&mut self, _: &mut Outbox) -> Result<Option<Value>, PluginError> {
        Ok(Some(json!({ "ROWS": self.taken.rows, "SNAPSHOTS": self.taken.snapshots })))
    }
}
