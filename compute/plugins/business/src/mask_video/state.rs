//! What an instance knows after some rows.

use super::MaskVideoParameters;
use crate::{
    picture::Canvas,
    tracking::{Track, TrackingParameters, Tracks},
};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// The least overlap at which a detection is taken for the thing that was there before. Little: a thing that is not recognised stays masked
/// where it was and is masked where it is.
const MIN_OVERLAP: f64 = 0.1;

/// What was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub(super) struct Tally {
    pub(super) rows: u64,
    /// Detections that were masked.
    pub(super) boxes: u64,
    /// Things that were masked without a detection.
    pub(super) held: u64,
    /// Pictures that were masked whole.
    pub(super) whole: u64,
}

/// A file that is being written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub(super) struct Segment {
    pub(super) first_row: u64,
    pub(super) first_time: Option<i64>,
    pub(super) last_time: Option<i64>,
    width: usize,
    height: usize,
    /// What its pictures take so far.
    pub(super) bytes: u64,
    pub(super) tally: Tally,
}

/// A file that was finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub(super) struct Finished {
    pub(super) first_row: u64,
    pub(super) rows: u64,
}

/// The state in checkpoints.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub(super) struct State {
    pub(super) tracks: Tracks,
    pub(super) tally: Tally,
    pub(super) segment: Option<Segment>,
    /// The files that are there, oldest first.
    pub(super) finished: VecDeque<Finished>,
    /// Files that were removed to make room.
    pub(super) removed: u64,
}

impl Tally {
    /// Adds what another counted.
    pub(super) fn add(&mut self, other: Self) {
        self.rows += other.rows;
        self.boxes += other.boxes;
        self.held += other.held;
        self.whole += other.whole;
    }
}

impl Segment {
    /// Begins with a picture that is yet to be written.
    pub(super) fn new(first_row: u64, time: Option<i64>, canvas: &Canvas) -> Self {
        let Canvas { width, height, .. } = *canvas;
        Self { first_row, first_time: time, last_time: time, width, height, bytes: 0, tally: Tally::default() }
    }

    /// Tells whether a picture of so many bytes belongs into this file.
    pub(super) fn takes(&self, canvas: &Canvas, bytes: u64, most: u64) -> bool {
        (self.width, self.height) == (canvas.width, canvas.height) && self.bytes.saturating_add(bytes) <= most
    }

    /// Counts a picture that was written.
    pub(super) fn add(&mut self, bytes: u64, time: Option<i64>, tally: Tally) {
        self.bytes += bytes;
        self.last_time = time;
        self.tally.add(tally);
    }
}

impl State {
    /// Tells whether instances of these parameters can have come to this.
    pub(super) fn is_consistent(&self, parameters: &MaskVideoParameters) -> bool {
        let within = |segment: &Segment| segment.first_row > 0 && (1..=parameters.max_bytes()).contains(&segment.bytes);
        self.tracks.fits() && self.finished.len() <= parameters.max_files as usize && self.segment.as_ref().is_none_or(within)
    }
}

/// Returns how things are remembered: at once, and for as many rows as the document says.
pub(super) fn memory(parameters: &MaskVideoParameters) -> TrackingParameters {
    TrackingParameters { min_overlap: MIN_OVERLAP, max_missed: parameters.hold_frames, min_rows: 1 }
}

/// Returns everywhere a thing can be that was not seen since its last detection: it may have gone on, stopped or turned round.
pub(super) fn reach(track: &Track, row: u64) -> [f64; 4] {
    let [left, top, right, bottom] = track.edges();
    let [gone_left, gone_top, ..] = track.predicted(row).edges;
    let (across, down) = ((gone_left - left).abs(), (gone_top - top).abs());
    [left - across, top - down, right + across, bottom + down]
}
