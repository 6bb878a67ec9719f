//! The plugin `MASK_VIDEO` and its instances.

use super::{
    files::{Files, Spool},
    mask::{mask, mask_whole},
    state::{memory, reach, Finished, Segment, State, Tally},
    MaskVideoParameters,
};
use crate::{
    detections::{read, Detection},
    picture::{Canvas, Pictures},
    stateful::{self, Logic},
    tracking::TrackingParameters,
    values::{body, time_or_null, times_if_any},
};
use neurite_core::{BoxFuture, Business, Context, Field, Input, Outbox, PayloadKind, Plugin, PluginError};
use serde_json::{json, Value};
use std::collections::BTreeMap;

/// Opens writers of masked videos.
#[derive(Debug, Clone, Copy)]
pub struct MaskVideo;

impl Plugin for MaskVideo {
    type Instance = Box<dyn Business>;
    type Parameters = MaskVideoParameters;
    const SIGNATURE: &'static str = "MASK_VIDEO";
    const EXAMPLE: &'static str = include_str!("../../../../../examples/mask_video.json");
    const TAKES_MODEL: bool = true;

    fn open<'a>(&'a self, parameters: MaskVideoParameters, context: &'a Context) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        let files = Files::new(context, parameters.codec, parameters.frames_per_second);
        let memory = memory(&parameters);
        stateful::open(Ok(Masker { parameters, memory, files, state: State::default(), spool: None }))
    }
}

/// An instance.
struct Masker {
    parameters: MaskVideoParameters,
    memory: TrackingParameters,
    files: Files,
    state: State,
    /// The pictures of the state's segment, once one was written by this instance.
    spool: Option<Spool>,
}

impl Masker {
    /// Takes in a row; without detections, all of its picture is masked.
    fn step(&mut self, mut canvas: Canvas, time: Option<i64>, seen: Option<&[Detection]>, outbox: &mut Outbox) -> Result<(), PluginError> {
        let expected = self.expected();
        self.state.tracks.step(&self.memory, time, seen.unwrap_or_default());
        let mut tally = Tally { rows: 1, ..Tally::default() };
        match seen {
            Some(detections) => self.mask(&mut canvas, detections, &expected, &mut tally),
            None => {
                mask_whole(&mut canvas);
                tally.whole = 1;
            }
        }
        self.write(&canvas, time, tally, outbox)?;
        // The more there are, the fewer are told.
        if tally.whole > 0 && self.state.tally.whole.is_power_of_two() {
            let fault = format!("pictures without the field {} are masked whole", self.parameters.detections.field);
            let told = json!({ "FAULT": fault, "ROW": self.state.tally.rows, "WHOLE": self.state.tally.whole });
            outbox.push(PayloadKind::Notification, body(told))?;
        }
        Ok(())
    }

    /// Returns where each thing that is remembered can be in the next row, by its number.
    fn expected(&self) -> BTreeMap<u64, [f64; 4]> {
        if self.parameters.hold_frames == 0 {
            return BTreeMap::new();
        }
        let row = self.state.tracks.rows + 1;
        self.state.tracks.counting(&self.memory).map(|track| (track.id, reach(track, row))).collect()
    }

    /// Masks what was detected in the row that the tracks took in last, and where things were expected that are not yet forgotten.
    fn mask(&self, canvas: &mut Canvas, detections: &[Detection], expected: &BTreeMap<u64, [f64; 4]>, tally: &mut Tally) {
        for detection in detections {
            tally.boxes += u64::from(mask(canvas, detection.edges, &self.parameters));
        }
        let tracks = &self.state.tracks;
        for track in tracks.counting(&self.memory) {
            let Some(edges) = expected.get(&track.id) else { continue };
            let is_within = mask(canvas, *edges, &self.parameters);
            tally.held += u64::from(is_within && track.last.row < tracks.rows);
        }
    }

    /// Writes a masked picture into the file that has room for it.
    fn write(&mut self, canvas: &Canvas, time: Option<i64>, tally: Tally, outbox: &mut Outbox) -> Result<(), PluginError> {
        let picture = canvas.jpeg(self.parameters.quality)?;
        let (bytes, most) = (picture.len() as u64, self.parameters.max_bytes());
        if bytes > most {
            return Err(PluginError::parameters("/MAX_FILE_MIB", format!("a single picture takes {bytes} bytes")));
        }
        if self.state.segment.as_ref().is_some_and(|segment| !segment.takes(canvas, bytes, most)) {
            self.finish_segment(outbox)?;
        }
        let row = self.state.tally.rows + 1;
        let segment = self.state.segment.get_or_insert_with(|| Segment::new(row, time, canvas));
        let spool = match &mut self.spool {
            Some(spool) => spool,
            none => none.insert(self.files.open(segment.first_row, segment.bytes)?),
        };
        spool.append(&picture)?;
        segment.add(bytes, time, tally);
        self.state.tally.add(tally);
        Ok(())
    }

    /// Finishes the file that is being written, if there is one, and makes room.
    fn finish_segment(&mut self, outbox: &mut Outbox) -> Result<(), PluginError> {
        let Some(segment) = self.state.segment.take() else { return Ok(()) };
        let Segment { first_row, first_time, last_time, bytes, tally, .. } = segment;
        let spool = match self.spool.take() {
            Some(spool) => spool,
            None => self.files.open(first_row, bytes)?,
        };
        self.files.finish(first_row, spool)?;
        self.state.finished.push_back(Finished { first_row, rows: tally.rows });
        while self.state.finished.len() > self.parameters.max_files as usize {
            let Some(oldest) = self.state.finished.pop_front() else { break };
            self.files.remove(oldest.first_row)?;
            self.state.removed += 1;
        }
        let told = json!({
            "EVENT": "FILE",
            "FILE": self.files.name(first_row),
            "FIRST_ROW": first_row,
            "FIRST_TIME": time_or_null(first_time),
            "LAST_ROW": first_row + tally.rows - 1,
            "LAST_TIME": time_or_null(last_time),
            "BOXES": tally.boxes,
            "HELD": tally.held,
            "WHOLE": tally.whole,
        });
        outbox.push(PayloadKind::Data, body(told))
    }

    fn result(&self) -> Value {
        let State { tracks, tally, finished, removed, .. } = &self.state;
        let described =
            |file: &Finished| json!({ "FILE": self.files.name(file.first_row), "FIRST_ROW": file.first_row, "ROWS": file.rows });
        json!({
            "ROWS": tally.rows,
            "BOXES": tally.boxes,
            "HELD": tally.held,
            "WHOLE": tally.whole,
            "NOT_HELD": tracks.left_out,
            "FILES": finished.iter().map(described).collect::<Vec<_>>(),
            "REMOVED": removed,
        })
    }
}

impl Logic for Masker {
    type State = State;

    fn process(&mut self, input: Input<'_>, outbox: &mut Outbox) -> Result<(), PluginError> {
        let pictures = Pictures::read(input, &self.parameters.picture)?;
        let name = self.parameters.detections.field.as_str();
        let is_seen = Field::find(input.inference, name).or_else(|| input.batch.field(name)).is_some();
        let detections = is_seen.then(|| read(input, &self.parameters.detections)).transpose()?;
        let times = times_if_any(input);
        for row in 0..input.batch.rows() {
            let time = times.and_then(|times| times.get(row).copied());
            let seen = detections.as_ref().and_then(|rows| rows.get(row)).map(Vec::as_slice);
            self.step(pictures.picture(row), time, seen, outbox)?;
        }
        Ok(())
    }

    fn state(&self) -> &State {
        &self.state
    }

    fn make_durable(&self) -> Result<(), PluginError> {
        Ok(self.spool.as_ref().map_or(Ok(()), Spool::sync)?)
    }

    fn accepts(&self, state: &State) -> bool {
        state.is_consistent(&self.parameters)
    }

    fn set_state(&mut self, state: State) {
        self.state = state;
        self.spool = None;
    }

    fn finish(&mut self, outbox: &mut Outbox) -> Result<Option<Value>, PluginError> {
        self.finish_segment(outbox)?;
        Ok(Some(self.result()))
    }
}
