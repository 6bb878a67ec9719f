//! A thing that is followed.

use crate::{detections::Detection, stateful::Exact};
use serde::{Deserialize, Serialize};

/// A row by its number from 1, and its Unix time in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub(crate) struct Mark {
    pub(crate) row: u64,
    pub(crate) time: Option<i64>,
}

/// A track. Its JSON form is part of states.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub(crate) struct Track {
    /// Its number, from 1 in the order of beginnings.
    pub(crate) id: u64,
    pub(crate) class: u16,
    /// Where it was detected last: left, top, right and bottom.
    edges: [Exact; 4],
    /// Pixels per row to the right and down.
    velocity: [Exact; 2],
    /// How far it went, in pixels.
    pub(crate) distance: Exact,
    pub(crate) first: Mark,
    pub(crate) last: Mark,
    /// Rows in which it was detected.
    pub(crate) rows: u32,
}

impl Track {
    /// Begins with a detection.
    pub(super) fn new(id: u64, detection: &Detection, mark: Mark) -> Self {
        let still = [Exact(0.0); 2];
        let edges = detection.edges.map(Exact);
        Self { id, class: detection.class, edges, velocity: still, distance: Exact(0.0), first: mark, last: mark, rows: 1 }
    }

    /// Returns left, top, right and bottom of the last detection.
    pub(crate) fn edges(&self) -> [f64; 4] {
        self.edges.map(|edge| edge.0)
    }

    /// Returns where it is expected in a row, as a detection.
    pub(crate) fn predicted(&self, row: u64) -> Detection {
        let rows = row.saturating_sub(self.last.row) as f64;
        let [right, down] = self.velocity.map(|speed| speed.0 * rows);
        let [left, top, far, bottom] = self.edges();
        Detection { edges: [left + right, top + down, far + right, bottom + down], score: 1.0, class: self.class }
    }

    /// Goes on with a detection.
    pub(super) fn follow(&mut self, detection: &Detection, mark: Mark) {
        let centre = |edges: [f64; 4]| [(edges[0] + edges[2]) / 2.0, (edges[1] + edges[3]) / 2.0];
        let (before, now) = (centre(self.edges()), centre(detection.edges));
        let rows = mark.row.saturating_sub(self.last.row).max(1) as f64;
        let moved = [now[0] - before[0], now[1] - before[1]];
        for (speed, moved) in self.velocity.iter_mut().zip(moved) {
            // The second detection gives the first velocity; later ones are averaged, for boxes tremble.
            speed.0 = if self.rows == 1 { moved / rows } else { (speed.0 + moved / rows) / 2.0 };
        }
        self.distance.0 += moved[0].hypot(moved[1]);
        self.edges = detection.edges.map(Exact);
        self.last = mark;
        self.rows = self.rows.saturating_add(1);
    }
}
