//! Points, polygons and lines of the plane.

/// A point: to the right and down.
pub(super) type Point = [f64; 2];

/// Tells whether a point is in a polygon, by how often a ray from it to the right meets the edges.
pub(super) fn contains(polygon: &[Point], [x, y]: Point) -> bool {
    let mut inside = false;
    for (at, one) in polygon.iter().enumerate() {
        let other = polygon[(at + 1) % polygon.len()];
        if (one[1] > y) != (other[1] > y) && x < one[0] + (y - one[1]) / (other[1] - one[1]) * (other[0] - one[0]) {
            inside = !inside;
        }
    }
    inside
}

/// Which way a line was crossed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// From the left of the line to its right.
    Forward,
    /// From its right to its left.
    Backward,
}

/// Tells on which side of the line from `one` to `other` a point is: positive to the right, in a plane whose second axis goes down.
fn side(one: Point, other: Point, point: Point) -> f64 {
    (other[0] - one[0]) * (point[1] - one[1]) - (other[1] - one[1]) * (point[0] - one[0])
}

/// Tells whether and how a step crosses a line. A point on a line counts to its right, so that two steps that meet on it cross it once.
pub(super) fn crossing(line: [Point; 2], step: [Point; 2]) -> Option<Direction> {
    let right = |line: [Point; 2], point: Point| side(line[0], line[1], point) >= 0.0;
    let (before, after) = (right(line, step[0]), right(line, step[1]));
    let between = right(step, line[0]) != right(step, line[1]);
    match (before, after) {
        (false, true) if between => Some(Direction::Forward),
        (true, false) if between => Some(Direction::Backward),
        _ => None,
    }
}
