//! All things that are followed.

use super::{track::Mark, Track, TrackingParameters, MAX_TRACKS};
use crate::detections::Detection;
use serde::{Deserialize, Serialize};

/// The tracks after some rows. Its JSON form is part of states.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub(crate) struct Tracks {
    pub(crate) rows: u64,
    /// Detections that found no room.
    pub(crate) left_out: u64,
    begun: u64,
    tracks: Vec<Track>,
}

/// What a row did to the tracks that count.
#[derive(Debug, PartialEq, Default)]
pub(crate) struct Step {
    /// Those that count from this row on.
    pub(crate) started: Vec<Track>,
    /// Those that were followed further, each with where it was before.
    pub(crate) moved: Vec<(Track, [f64; 4])>,
    /// Those that were not detected for too long.
    pub(crate) ended: Vec<Track>,
}

impl Tracks {
    /// Tells whether the bound is kept.
    pub(crate) fn fits(&self) -> bool {
        self.tracks.len() <= MAX_TRACKS
    }

    /// Returns the tracks that count.
    pub(crate) fn counting<'a>(&'a self, parameters: &'a TrackingParameters) -> impl Iterator<Item = &'a Track> + 'a {
        self.tracks.iter().filter(move |track| track.rows >= parameters.min_rows)
    }

    /// Takes in the detections of the next row.
    pub(crate) fn step(&mut self, parameters: &TrackingParameters, time: Option<i64>, detections: &[Detection]) -> Step {
        self.rows += 1;
        let mark = Mark { row: self.rows, time };
        let mut step = Step::default();
        let mut free = vec![true; detections.len()];
        for (track, detection) in self.pairs(parameters, detections) {
            free[detection] = false;
            let track = &mut self.tracks[track];
            let before = track.edges();
            track.follow(&detections[detection], mark);
            match track.rows {
                rows if rows == parameters.min_rows => step.started.push(track.clone()),
                rows if rows > parameters.min_rows => step.moved.push((track.clone(), before)),
                _ => {}
            }
        }
        self.drop_lost(parameters, &mut step);
        for detection in detections.iter().zip(free).filter_map(|(detection, free)| free.then_some(detection)) {
            self.begin(parameters, detection, mark, &mut step);
        }
        step.started.sort_by_key(|track| track.id);
        step.moved.sort_by_key(|(track, _)| track.id);
        step
    }

    /// Pairs tracks with detections, by their places, best overlap first; equals in order.
    fn pairs(&self, parameters: &TrackingParameters, detections: &[Detection]) -> Vec<(usize, usize)> {
        let mut overlaps = Vec::new();
        for (track_at, track) in self.tracks.iter().enumerate() {
            let predicted = track.predicted(self.rows);
            for (at, detection) in detections.iter().enumerate().filter(|(_, detection)| detection.class == track.class) {
                let overlap = predicted.overlap(detection);
                if overlap >= parameters.min_overlap {
                    overlaps.push((overlap, track_at, at));
                }
            }
        }
        overlaps.sort_by(|one, other| other.0.total_cmp(&one.0).then_with(|| (one.1, one.2).cmp(&(other.1, other.2))));
        let (mut lonely, mut free) = (vec![true; self.tracks.len()], vec![true; detections.len()]);
        overlaps.retain(|(_, track, detection)| {
            let pair = lonely[*track] && free[*detection];
            if pair {
                (lonely[*track], free[*detection]) = (false, false);
            }
            pair
        });
        overlaps.into_iter().map(|(_, track, detection)| (track, detection)).collect()
    }

    fn drop_lost(&mut self, parameters: &TrackingParameters, step: &mut Step) {
        let row = self.rows;
        let lost = |track: &Track| row - track.last.row > u64::from(parameters.max_missed);
        step.ended.extend(self.tracks.iter().filter(|track| lost(track) && track.rows >= parameters.min_rows).cloned());
        self.tracks.retain(|track| !lost(track));
    }

    fn begin(&mut self, parameters: &TrackingParameters, detection: &Detection, mark: Mark, step: &mut Step) {
        if self.tracks.len() >= MAX_TRACKS {
            self.left_out += 1;
            return;
        }
        self.begun += 1;
        let track = Track::new(self.begun, detection, mark);
        if parameters.min_rows <= 1 {
            step.started.push(track.clone());
        }
        self.tracks.push(track);
    }
}
