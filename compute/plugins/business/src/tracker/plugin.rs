//! The plugin `TRACKER` and its instances.

use super::TrackerParameters;
use crate::{
    detections::{read, Detection, MAX_CLASSES},
    stateful::{self, Logic},
    tracking::{Track, Tracks},
    values::{body, number, time_or_null, times_if_any},
};
use neurite_core::{BoxFuture, Business, Context, Input, Outbox, PayloadKind, Plugin, PluginError};
use serde::{Deserialize, Serialize};
use serde_json::{json, Map, Value};
use std::collections::BTreeMap;

/// Opens trackers.
#[derive(Debug, Clone, Copy)]
pub struct Tracker;

impl Plugin for Tracker {
    type Instance = Box<dyn Business>;
    type Parameters = TrackerParameters;
    const SIGNATURE: &'static str = "TRACKER";
    const EXAMPLE: &'static str = include_str!("../../../../../examples/tracker.json");
    const TAKES_MODEL: bool = true;

    fn open<'a>(&'a self, parameters: TrackerParameters, _: &'a Context) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        stateful::open(Ok(Follower { parameters, state: State::default() }))
    }
}

/// The state in checkpoints.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
struct State {
    tracks: Tracks,
    /// Things that counted, by class.
    classes: BTreeMap<u16, u64>,
    longest: u32,
}

/// An instance.
struct Follower {
    parameters: TrackerParameters,
    state: State,
}

impl Follower {
    fn step(&mut self, time: Option<i64>, detections: &[Detection], outbox: &mut Outbox) -> Result<(), PluginError> {
        let step = self.state.tracks.step(&self.parameters.tracking, time, detections);
        let row = self.state.tracks.rows;
        for track in &step.ended {
            outbox.push(PayloadKind::Data, body(self.end(track)))?;
        }
        for track in &step.started {
            *self.state.classes.entry(track.class).or_default() += 1;
            let mut start = self.describe(track);
            start["EVENT"] = json!("START");
            start["ROW"] = json!(row);
            start["TIME"] = time_or_null(time);
            outbox.push(PayloadKind::Data, body(start))?;
        }
        let longest = step.started.iter().chain(step.moved.iter().map(|(track, _)| track)).map(|track| track.rows).max();
        self.state.longest = self.state.longest.max(longest.unwrap_or(0));
        if self.parameters.every_rows.is_some_and(|every| row.is_multiple_of(u64::from(every))) {
            let tracks: Value = self.state.tracks.counting(&self.parameters.tracking).map(|track| self.describe(track)).collect();
            let positions = json!({ "EVENT": "POSITIONS", "ROW": row, "TIME": time_or_null(time), "TRACKS": tracks });
            outbox.push(PayloadKind::Data, body(positions))?;
        }
        Ok(())
    }

    fn describe(&self, track: &Track) -> Value {
        let label = self.parameters.detections.label(track.class);
        json!({ "TRACK": track.id, "CLASS": label, "BOX": track.edges().map(number) })
    }

    fn end(&self, track: &Track) -> Value {
        let mut end = self.describe(track);
        end["EVENT"] = json!("END");
        end["FIRST_ROW"] = json!(track.first.row);
        end["FIRST_TIME"] = time_or_null(track.first.time);
        end["LAST_ROW"] = json!(track.last.row);
        end["LAST_TIME"] = time_or_null(track.last.time);
        end["DETECTIONS"] = json!(track.rows);
        end["DISTANCE"] = number(track.distance.0);
        end
    }
}

impl Logic for Follower {
    type State = State;

    fn process(&mut self, input: Input<'_>, outbox: &mut Outbox) -> Result<(), PluginError> {
        let times = times_if_any(input);
        for (at, detections) in read(input, &self.parameters.detections)?.iter().enumerate() {
            self.step(times.map(|times| times[at]), detections, outbox)?;
        }
        Ok(())
    }

    fn state(&self) -> &State {
        &self.state
    }

    fn accepts(&self, state: &State) -> bool {
        state.tracks.fits() && state.classes.keys().all(|class| *class < MAX_CLASSES)
    }

    fn set_state(&mut self, state: State) {
        self.state = state;
    }

    fn finish(&mut self, outbox: &mut Outbox) -> Result<Option<Value>, PluginError> {
        for track in self.state.tracks.counting(&self.parameters.tracking) {
            outbox.push(PayloadKind::Data, body(self.end(track)))?;
        }
        let mut classes = Map::new();
        for (class, count) in &self.state.classes {
            let entry = classes.entry(self.parameters.detections.label(*class)).or_insert(json!(0));
            *entry = json!(entry.as_u64().unwrap_or(0) + count);
        }
        Ok(Some(json!({
            "ROWS": self.state.tracks.rows,
            "TRACKS": self.state.classes.values().sum::<u64>(),
            "CLASSES": classes,
            "LONGEST": self.state.longest,
            "LEFT_OUT": self.state.tracks.left_out,
        })))
    }
}
