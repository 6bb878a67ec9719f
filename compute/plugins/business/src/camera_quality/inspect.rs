//! What is measured of a picture.

use super::{CameraQualityParameters, Fault};
use crate::picture::{Canvas, Grey};
use serde::{Deserialize, Serialize};

/// The longest side of the pictures whose edges are compared.
const SIDE: usize = 64;
/// From this agreement on, nobody looks for a better one elsewhere: that spares the search for nearly all pictures.
const GOOD: f64 = 0.8;
/// How far edges are looked for, as a share of the width.
const REACH: f64 = 0.25;

/// What was seen of the camera before. Its JSON form is part of states.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub(super) struct Memory {
    reference: Option<Reference>,
    /// Digest of the last picture in hexadecimal digits, and how often it came in a row.
    last: String,
    times: u64,
}

/// The edges of the first good picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
struct Reference {
    width: usize,
    /// Strengths in hexadecimal digits.
    edges: String,
}

/// A measure of a picture that says whether a fault is there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Finding {
    pub(super) fault: Fault,
    pub(super) measure: f64,
    pub(super) limit: f64,
    pub(super) bad: bool,
}

impl Reference {
    fn new(edges: &Grey) -> Self {
        Self { width: edges.width, edges: hex::encode(&edges.values) }
    }

    /// Returns the edges; none if they are no picture.
    fn edges(&self) -> Option<Grey> {
        let values = hex::decode(&self.edges).ok()?;
        let height = values.len().checked_div(self.width)?;
        (height * self.width == values.len() && height <= SIDE).then_some(Grey { width: self.width, height, values })
    }
}

impl Memory {
    /// Tells whether this can have been remembered.
    pub(super) fn is_consistent(&self) -> bool {
        self.last.len() <= 64 && self.reference.as_ref().is_none_or(|reference| reference.edges().is_some())
    }

    /// Inspects the next picture. What cannot be judged is left out.
    pub(super) fn inspect(&mut self, parameters: &CameraQualityParameters, picture: &Canvas) -> Vec<Finding> {
        let grey = picture.grey();
        let below = |fault: Fault, measure: f64, limit: f64| Finding { fault, measure, limit, bad: measure < limit };
        let mut findings = vec![
            below(Fault::Dark, grey.brightness(), parameters.min_brightness),
            below(Fault::Covered, grey.entropy(), parameters.min_entropy),
        ];
        if !findings.iter().any(|finding| finding.bad) {
            findings.push(below(Fault::Blurred, grey.sharpness(), parameters.min_sharpness));
        }
        if !findings.iter().any(|finding| finding.bad) {
            findings.extend(self.movement(parameters, &grey.shrunk(SIDE).edges()));
        }
        findings.push(self.repetition(parameters, picture));
        findings.retain(|finding| parameters.faults.contains(&finding.fault));
        findings
    }

    /// Compares edges with those of the first good picture; these become the reference if there is none of their size.
    fn movement(&mut self, parameters: &CameraQualityParameters, edges: &Grey) -> Option<Finding> {
        let reference = self.reference.as_ref().and_then(Reference::edges);
        let Some(reference) = reference.filter(|reference| (reference.width, reference.height) == (edges.width, edges.height)) else {
            self.reference = Some(Reference::new(edges));
            return None;
        };
        let (shift, agreement) = best_shift(&reference, edges);
        let measure = if agreement < parameters.min_agreement { 1.0 } else { shift };
        Some(Finding { fault: Fault::Moved, measure, limit: parameters.max_shift, bad: measure > parameters.max_shift })
    }

    fn repetition(&mut self, parameters: &CameraQualityParameters, picture: &Canvas) -> Finding {
        let digest = blake3::hash(&picture.bytes).to_hex().to_string();
        self.times = if digest == self.last { self.times.saturating_add(1) } else { 1 };
        self.last = digest;
        let (measure, limit) = (self.times as f64, f64::from(parameters.frozen_rows));
        Finding { fault: Fault::Frozen, measure, limit, bad: measure >= limit }
    }
}

/// Returns how far the edges went, as a share of the width, and how well they agree there. No shift wins over an equally good one.
fn best_shift(reference: &Grey, edges: &Grey) -> (f64, f64) {
    let reach = (edges.width as f64 * REACH) as i64;
    let mut best = ((0, 0), reference.agreement(edges, (0, 0)));
    if best.1 >= GOOD {
        return (0.0, best.1);
    }
    for down in -reach..=reach {
        for right in -reach..=reach {
            let agreement = reference.agreement(edges, (right, down));
            if agreement > best.1 {
                best = ((right, down), agreement);
            }
        }
    }
    let ((right, down), agreement) = best;
    ((right as f64).hypot(down as f64) / edges.width as f64, agreement)
}
