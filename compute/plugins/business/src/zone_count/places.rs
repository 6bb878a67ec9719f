//! Who is where, and who crossed what.

use super::{
    geometry::{contains, crossing, Direction, Point},
    Anchor, ZoneCountParameters,
};
use crate::tracking::{Step, Track, Tracks, MAX_TRACKS};
use serde::{Deserialize, Serialize};
use serde_json::{json, Map, Value};
use std::collections::BTreeSet;

/// Counts of a zone.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
struct Visits {
    entered: u64,
    left: u64,
    most: usize,
    /// The numbers of the tracks inside.
    inside: BTreeSet<u64>,
}

/// Counts of a line.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
struct Crossings {
    forward: u64,
    backward: u64,
}

/// All counts. Its JSON form is the state in checkpoints.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub(super) struct Places {
    pub(super) tracks: Tracks,
    counted: u64,
    zones: Vec<Visits>,
    lines: Vec<Crossings>,
}

/// Something that is told, and of which track.
pub(super) struct Event {
    pub(super) track: u64,
    pub(super) class: u16,
    pub(super) what: Value,
}

impl Places {
    /// Makes counts of nothing.
    pub(super) fn new(parameters: &ZoneCountParameters) -> Self {
        let zones = vec![Visits::default(); parameters.zones.len()];
        let lines = vec![Crossings::default(); parameters.lines.len()];
        Self { tracks: Tracks::default(), counted: 0, zones, lines }
    }

    /// Tells whether instances of these parameters can have these counts.
    pub(super) fn fits(&self, parameters: &ZoneCountParameters) -> bool {
        let sized = self.zones.len() == parameters.zones.len() && self.lines.len() == parameters.lines.len();
        sized && self.tracks.fits() && self.zones.iter().all(|zone| zone.inside.len() <= MAX_TRACKS)
    }

    /// Counts what a row did to the tracks; `size` is the picture's width and height.
    pub(super) fn count(&mut self, parameters: &ZoneCountParameters, size: Point, step: &Step) -> Vec<Event> {
        let mut events = Vec::new();
        for track in &step.ended {
            self.leave_all(parameters, track, &mut events);
        }
        for track in &step.started {
            self.counted += 1;
            self.visit(parameters, track, stand(parameters.anchor, track.edges(), size), &mut events);
        }
        for (track, before) in &step.moved {
            let way = [stand(parameters.anchor, *before, size), stand(parameters.anchor, track.edges(), size)];
            self.visit(parameters, track, way[1], &mut events);
            self.cross(parameters, track, way, &mut events);
        }
        events
    }

    fn leave_all(&mut self, parameters: &ZoneCountParameters, track: &Track, events: &mut Vec<Event>) {
        for (zone, visits) in parameters.zones.iter().zip(&mut self.zones) {
            if visits.inside.remove(&track.id) {
                visits.left += 1;
                events.push(Event::new(track, json!({ "EVENT": "LEAVE", "ZONE": zone.name, "INSIDE": visits.inside.len() })));
            }
        }
    }

    fn visit(&mut self, parameters: &ZoneCountParameters, track: &Track, place: Point, events: &mut Vec<Event>) {
        for (zone, visits) in parameters.zones.iter().zip(&mut self.zones) {
            let event = match (contains(&zone.polygon, place), visits.inside.contains(&track.id)) {
                (true, false) => {
                    visits.inside.insert(track.id);
                    visits.entered += 1;
                    visits.most = visits.most.max(visits.inside.len());
                    "ENTER"
                }
                (false, true) => {
                    visits.inside.remove(&track.id);
                    visits.left += 1;
                    "LEAVE"
                }
                _ => continue,
            };
            events.push(Event::new(track, json!({ "EVENT": event, "ZONE": zone.name, "INSIDE": visits.inside.len() })));
        }
    }

    fn cross(&mut self, parameters: &ZoneCountParameters, track: &Track, way: [Point; 2], events: &mut Vec<Event>) {
        for (line, crossings) in parameters.lines.iter().zip(&mut self.lines) {
            let Some(direction) = crossing([line.from, line.to], way) else { continue };
            let name = match direction {
                Direction::Forward => {
                    crossings.forward += 1;
                    "FORWARD"
                }
                Direction::Backward => {
                    crossings.backward += 1;
                    "BACKWARD"
                }
            };
            let Crossings { forward, backward } = *crossings;
            let what = json!({ "EVENT": "CROSS", "LINE": line.name, "DIRECTION": name, "FORWARD": forward, "BACKWARD": backward });
            events.push(Event::new(track, what));
        }
    }

    /// Returns the result after the last row.
    pub(super) fn result(&self, parameters: &ZoneCountParameters) -> Value {
        let zone = |visits: &Visits| {
            let Visits { entered, left, most, inside } = visits;
            json!({ "ENTERED": entered, "LEFT": left, "INSIDE": inside.len(), "MOST_INSIDE": most })
        };
        let line = |crossings: &Crossings| json!({ "FORWARD": crossings.forward, "BACKWARD": crossings.backward });
        let zones: Map<_, _> = parameters.zones.iter().zip(&self.zones).map(|(place, counts)| (place.name.clone(), zone(counts))).collect();
        let lines: Map<_, _> = parameters.lines.iter().zip(&self.lines).map(|(place, counts)| (place.name.clone(), line(counts))).collect();
        json!({ "ROWS": self.tracks.rows, "TRACKS": self.counted, "LEFT_OUT": self.tracks.left_out, "ZONES": zones, "LINES": lines })
    }
}

impl Event {
    fn new(track: &Track, what: Value) -> Self {
        Self { track: track.id, class: track.class, what }
    }
}

/// Returns where a thing stands, in shares of the picture.
fn stand(anchor: Anchor, [left, top, right, bottom]: [f64; 4], [width, height]: Point) -> Point {
    let down = match anchor {
        Anchor::Feet => bottom,
        Anchor::Centre => (top + bottom) / 2.0,
    };
    [(left + right) / 2.0 / width, down / height]
}
