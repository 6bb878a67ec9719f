//! Learns from the first rows and judges the others.

use super::{
    evaluation::Evaluation,
    gaussian::{Gaussian, Score},
    threshold::Training,
};
use crate::{
    stateful::Exact,
    values::{body, number, time_or_null, times_if_any, Matrix},
};
use neurite_core::{Field, Input, Outbox, PayloadKind, PluginError, Tensor};
use serde::{Deserialize, Serialize};
use serde_json::{json, Value};

/// The most numbers that are kept of the training rows.
const MAX_TRAINING_NUMBERS: usize = 131_072;

/// Where a detector stands. Its JSON form is the state in checkpoints.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub(crate) struct Progress {
    rows: u64,
    missing: u64,
    /// Vectors to learn from; empty once learnt.
    training: Vec<Exact>,
    learnt: Option<Learnt>,
    evaluation: Evaluation,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
struct Learnt {
    normal: Gaussian,
    threshold: Exact,
}

/// The vectors of a batch.
pub(crate) struct Vectors {
    /// What is judged, row after row.
    pub(crate) judged: Vec<f64>,
    /// What people are shown: as many numbers, with the names of the columns.
    pub(crate) shown: Matrix,
}

/// Learns and judges.
pub(crate) struct Detector {
    training: Training,
    /// How many columns an anomaly tells of.
    told: usize,
    pub(crate) progress: Progress,
}

impl Detector {
    /// Makes a detector that has seen nothing.
    pub(crate) fn new(training: Training, told: usize) -> Self {
        Self { training, told, progress: Progress::default() }
    }

    /// Tells whether a detector of these parameters can stand there.
    pub(crate) fn accepts(&self, progress: &Progress) -> bool {
        let learnt = progress.learnt.as_ref().is_none_or(|learnt| learnt.normal.is_consistent() && progress.training.is_empty());
        learnt && progress.training.len() <= MAX_TRAINING_NUMBERS && progress.evaluation.is_consistent()
    }

    /// Takes in the rows of a batch.
    pub(crate) fn process(&mut self, input: Input<'_>, vectors: &Vectors, outbox: &mut Outbox) -> Result<(), PluginError> {
        let width = vectors.shown.columns.len();
        self.check_width(width)?;
        let labels = input.batch.field(Field::LABEL).and_then(Tensor::as_i64);
        let times = times_if_any(input);
        for (at, (vector, shown)) in vectors.judged.chunks_exact(width).zip(vectors.shown.rows()).enumerate() {
            self.progress.rows += 1;
            if !vector.iter().all(|number| number.is_finite()) {
                self.progress.missing += 1;
                continue;
            }
            let Some((score, threshold)) = self.learn_or_score(vector) else { continue };
            self.progress.evaluation.add(score.total, threshold, labels.map(|labels| labels[at] != 0));
            if score.total > threshold {
                let time = time_or_null(times.map(|times| times[at]));
                let payload = json!({
                    "ROW": self.progress.rows,
                    "TIME": time,
                    "SCORE": number(score.total),
                    "THRESHOLD": number(threshold),
                    "COLUMNS": self.columns(&score, shown, &vectors.shown.columns),
                });
                outbox.push(PayloadKind::Data, body(payload))?;
            }
        }
        Ok(())
    }

    /// Returns the result after the last row.
    pub(crate) fn result(&self) -> Value {
        let mut result = self.progress.evaluation.result();
        let learnt = self.progress.learnt.as_ref();
        result["ROWS"] = json!(self.progress.rows);
        result["MISSING"] = json!(self.progress.missing);
        result["TRAINED"] = json!(learnt.is_some());
        result["THRESHOLD"] = crate::values::fixed(learnt.map_or(f64::NAN, |learnt| learnt.threshold.0));
        result
    }

    fn check_width(&self, width: usize) -> Result<(), PluginError> {
        let needed = self.training.rows.saturating_mul(width);
        if width == 0 || needed > MAX_TRAINING_NUMBERS {
            let reason =
                format!("{} rows of {width} columns to learn from; {MAX_TRAINING_NUMBERS} numbers are possible", self.training.rows);
            return Err(PluginError::input(Field::FEATURES, reason));
        }
        let learnt = self.progress.learnt.as_ref().map(|learnt| learnt.normal.width());
        if learnt.is_some_and(|learnt| learnt != width) || !self.progress.training.len().is_multiple_of(width) {
            return Err(PluginError::input(Field::FEATURES, format!("rows have {width} columns, others than before")));
        }
        Ok(())
    }

    /// Returns score and threshold; `None` while the detector learns.
    fn learn_or_score(&mut self, vector: &[f64]) -> Option<(Score, f64)> {
        if let Some(learnt) = &self.progress.learnt {
            return Some((learnt.normal.score(vector), learnt.threshold.0));
        }
        let training = &mut self.progress.training;
        training.extend(vector.iter().copied().map(Exact));
        if training.len() / vector.len() >= self.training.rows {
            let normal = Gaussian::fit(training, vector.len());
            let score = |row: &[Exact]| normal.score(&row.iter().map(|number| number.0).collect::<Vec<f64>>()).total;
            let scores = training.chunks_exact(vector.len()).map(score).collect();
            let threshold = Exact(self.training.limit.threshold(scores, vector.len()));
            self.progress.learnt = Some(Learnt { normal, threshold });
            training.clear();
        }
        None
    }

    /// Lists the columns with the largest parts in a score.
    fn columns(&self, score: &Score, shown: &[f64], names: &[String]) -> Value {
        let mut order: Vec<usize> = (0..names.len()).collect();
        order.sort_by(|one, other| score.parts[*other].total_cmp(&score.parts[*one]));
        let column =
            |at: &usize| json!({ "NAME": names[*at], "VALUE": number(shown[*at]), "SHARE": number(score.parts[*at] / score.total) });
        order.iter().take(self.told).map(column).collect()
    }
}
