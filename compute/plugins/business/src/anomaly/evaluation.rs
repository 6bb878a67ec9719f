//! How good the scores are, in bounded memory.

use crate::{stateful::Exact, values::fixed};
use serde::{Deserialize, Serialize};
use serde_json::{json, Value};

/// Bins of the histogram of scores.
pub(super) const BINS: usize = 2048;

/// Counts of scored rows. Its JSON form is part of states.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub(super) struct Evaluation {
    scored: u64,
    found: u64,
    sum: Exact,
    largest: Exact,
    /// Rows with a label: true anomalies that were found.
    hits: u64,
    labelled: u64,
    /// Scores of normal rows and of true anomalies; empty without labels.
    normal: Vec<u64>,
    anomalous: Vec<u64>,
}

impl Evaluation {
    /// Tells whether the histograms have the right size.
    pub(super) fn is_consistent(&self) -> bool {
        [&self.normal, &self.anomalous].iter().all(|bins| bins.is_empty() || bins.len() == BINS)
    }

    /// Counts a row; `label` tells whether it truly is an anomaly.
    pub(super) fn add(&mut self, score: f64, threshold: f64, label: Option<bool>) {
        let found = score > threshold;
        self.scored += 1;
        self.found += u64::from(found);
        self.sum.0 += score;
        self.largest.0 = self.largest.0.max(score);
        let Some(anomaly) = label else { return };
        self.labelled += u64::from(anomaly);
        self.hits += u64::from(anomaly && found);
        let bins = if anomaly { &mut self.anomalous } else { &mut self.normal };
        bins.resize(BINS, 0);
        bins[bin(score, threshold)] += 1;
    }

    /// Returns the part of the result that tells of scores.
    pub(super) fn result(&self) -> Value {
        let mut result = json!({
            "SCORED": self.scored,
            "ANOMALIES": self.found,
            "MEAN_SCORE": fixed(self.sum.0 / self.scored as f64),
            "LARGEST_SCORE": fixed(self.largest.0),
        });
        if !self.normal.is_empty() || !self.anomalous.is_empty() {
            let (hits, found, true_ones) = (self.hits as f64, self.found as f64, self.labelled as f64);
            result["LABELLED"] = json!({
                "ANOMALIES": self.labelled,
                "FOUND": self.hits,
                "PRECISION": fixed(hits / found),
                "RECALL": fixed(hits / true_ones),
                "F1": fixed(2.0 * hits / (found + true_ones)),
                "AUC": fixed(self.area()),
            });
        }
        result
    }

    /// Returns the area under the ROC curve: how often an anomaly scores above a normal row, ties counted half; NaN if one kind is missing.
    fn area(&self) -> f64 {
        let count = |bins: &[u64]| bins.iter().sum::<u64>() as f64;
        let (mut below, mut wins) = (0.0, 0.0);
        for (normal, anomalous) in self.normal.iter().zip(&self.anomalous) {
            wins += *anomalous as f64 * (below + *normal as f64 / 2.0);
            below += *normal as f64;
        }
        wins / (count(&self.normal) * count(&self.anomalous))
    }
}

/// Returns the bin of a score: half of them lie below the threshold, and none is out of range.
fn bin(score: f64, threshold: f64) -> usize {
    let share = score / (score + threshold.max(f64::MIN_POSITIVE));
    ((share * BINS as f64) as usize).min(BINS - 1)
}
