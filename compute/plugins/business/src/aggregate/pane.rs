//! A part of a window, and windows of several parts.

use super::{
    moments::Moments,
    sample::{quantiles, Sample, MAX_SAMPLE},
    AggregateParameters, Statistic,
};
use crate::values::number;
use serde::{Deserialize, Serialize};
use serde_json::{json, Map, Value};

/// The rows of one step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub(super) struct Pane {
    /// Which step it is.
    pub(super) number: i64,
    pub(super) rows: u64,
    /// The first row, counted from 1, and its time.
    pub(super) first: (u64, Option<i64>),
    /// The last row and its time.
    pub(super) last: (u64, Option<i64>),
    moments: Vec<Moments>,
    /// Empty unless quantiles are wanted.
    samples: Vec<Sample>,
}

/// Returns how many numbers a pane keeps of a value.
fn capacity(parameters: &AggregateParameters) -> usize {
    MAX_SAMPLE / usize::from(parameters.steps.max(1))
}

fn sampled(parameters: &AggregateParameters) -> usize {
    if parameters.quantiles.is_empty() {
        0
    } else {
        parameters.values.len()
    }
}

impl Pane {
    /// Makes the pane that begins with a row.
    pub(super) fn new(parameters: &AggregateParameters, number: i64, row: u64, time: Option<i64>) -> Self {
        let moments = vec![Moments::none(); parameters.values.len()];
        let samples = vec![Sample::empty(); sampled(parameters)];
        Self { number, rows: 0, first: (row, time), last: (row, time), moments, samples }
    }

    /// Tells whether instances of these parameters can have this pane.
    pub(super) fn fits(&self, parameters: &AggregateParameters) -> bool {
        let counted = self.moments.len() == parameters.values.len() && self.samples.len() == sampled(parameters);
        counted && self.samples.iter().all(|sample| sample.fits(capacity(parameters)))
    }

    /// Adds a row, one number for each value.
    pub(super) fn add(&mut self, parameters: &AggregateParameters, row: u64, time: Option<i64>, values: impl Iterator<Item = f64>) {
        self.rows += 1;
        self.last = (row, time);
        for (at, value) in values.enumerate().filter(|(_, value)| !value.is_nan()) {
            self.moments[at].add(value);
            if let Some(sample) = self.samples.get_mut(at) {
                sample.add(value, capacity(parameters));
            }
        }
    }
}

/// Returns the statistics of each value over some panes.
pub(super) fn statistics(parameters: &AggregateParameters, panes: &[&Pane]) -> Value {
    let of_value = |(at, name): (usize, &crate::values::ValueName)| {
        let mut merged = Moments::none();
        panes.iter().for_each(|pane| merged.merge(&pane.moments[at]));
        let mut told: Map<String, Value> = parameters.statistics.iter().map(|statistic| tell(*statistic, &merged)).collect();
        if !parameters.quantiles.is_empty() {
            let numbers = quantiles(panes.iter().map(|pane| &pane.samples[at]), &parameters.quantiles);
            let named = parameters.quantiles.iter().zip(numbers).map(|(share, value)| (share.to_string(), number(value)));
            told.insert("QUANTILES".into(), Value::Object(named.collect()));
        }
        (name.as_str().to_owned(), Value::Object(told))
    };
    Value::Object(parameters.values.iter().enumerate().map(of_value).collect())
}

fn tell(statistic: Statistic, moments: &Moments) -> (String, Value) {
    let (name, value) = match statistic {
        Statistic::Count => ("COUNT", json!(moments.count)),
        Statistic::Mean => ("MEAN", number(moments.mean())),
        Statistic::Min => ("MIN", number(moments.min.0)),
        Statistic::Max => ("MAX", number(moments.max.0)),
        Statistic::Std => ("STD", number(moments.deviation())),
        Statistic::First => ("FIRST", number(moments.first.0)),
        Statistic::Last => ("LAST", number(moments.last.0)),
    };
    (name.to_owned(), value)
}
