//! The one form in which benchmarks tell their figures: a table for people, JSON for programs.
//!
//! A **row** is a figure, alone or beside that of a **peer**. Figures of both are taken in turns within one run and compared round by round, for
//! what else the machine does then weighs on both; the median of the rounds counts.
#![warn(missing_docs)]

use serde::Serialize;
use std::{fmt, fs, io, path::Path};

/// The figures of a suite.
#[derive(Debug, Serialize)]
pub struct Report {
    /// The suite.
    pub suite: &'static str,
    /// What it ran on.
    pub machine: String,
    /// The figures.
    pub rows: Vec<Row>,
}

/// A figure.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Row {
    /// What was measured.
    pub case: String,
    /// On what.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<String>,
    /// Rows in a batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch: Option<usize>,
    /// The figure, rounded to three places.
    pub value: f64,
    /// Its unit.
    pub unit: &'static str,
    /// The same of what it is compared with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peer_value: Option<f64>,
    /// How much better it is than its peer; over 1 is better.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ratio: Option<f64>,
    /// The lowest and the highest ratio of the rounds: how far the ratio is to be trusted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ratio_range: Option<[f64; 2]>,
    /// What is to be reached, as people read it.
    #[serde(skip)]
    pub goal: &'static str,
}

impl Row {
    /// Makes a figure that is compared with nothing.
    pub fn new(case: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self { case: case.into(), value: rounded(value), unit, ..Self::default() }
    }

    /// Makes the figure of two sides that took turns, one value of each per round, where more is better.
    pub fn of_rates(case: impl Into<String>, unit: &'static str, ours: Vec<f64>, theirs: Vec<f64>) -> Self {
        let ratios = by_round(&ours, &theirs, |ours, theirs| ours / theirs);
        Self::beside(case, unit, ours, theirs, ratios)
    }

    /// Makes the figure of two sides that took turns, one value of each per round, where less is better.
    pub fn of_times(case: impl Into<String>, unit: &'static str, ours: Vec<f64>, theirs: Vec<f64>) -> Self {
        let ratios = by_round(&ours, &theirs, |ours, theirs| theirs / ours);
        Self::beside(case, unit, ours, theirs, ratios)
    }

    fn beside(case: impl Into<String>, unit: &'static str, ours: Vec<f64>, theirs: Vec<f64>, ratios: Vec<f64>) -> Self {
        let range = [f64::min, f64::max].map(|further| rounded(ratios.iter().copied().fold(f64::NAN, further)));
        let (peer_value, ratio) = (Some(rounded(median(theirs))), Some(rounded(median(ratios))));
        Self { peer_value, ratio, ratio_range: Some(range), ..Self::new(case, median(ours), unit) }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = |value: Option<f64>| value.map_or_else(String::new, |value| format!("{value:.3}"));
        let batch = self.batch.map_or_else(String::new, |batch| batch.to_string());
        let input = self.input.as_deref().unwrap_or_default();
        let (value, peer, ratio) = (number(Some(self.value)), number(self.peer_value), number(self.ratio));
        let range = self.ratio_range.map_or_else(String::new, |[low, high]| format!("{low:.2} to {high:.2}"));
        write!(formatter, "{:<20}{input:<26}{batch:>6}{value:>14}{peer:>14}{ratio:>8}{range:>16}  ", self.case)?;
        write!(formatter, "{:<14}{}", self.unit, self.goal)
    }
}

/// A table, a line for each figure.
impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{}: {}", self.suite, self.machine)?;
        let [case, input, batch, value, peer] = ["case", "input", "batch", "value", "peer"];
        write!(formatter, "{case:<20}{input:<26}{batch:>6}{value:>14}{peer:>14}{:>8}{:>16}  {:<14}goal", "ratio", "rounds", "unit")?;
        self.rows.iter().try_for_each(|row| write!(formatter, "\n{row}"))
    }
}

impl Report {
    /// Writes the figures as JSON.
    ///
    /// # Errors
    /// What the system says if the file cannot be written.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        fs::write(path, serde_json::to_string_pretty(self)? + "\n")
    }
}

/// Compares both sides round by round.
pub fn by_round(ours: &[f64], theirs: &[f64], compare: impl Fn(f64, f64) -> f64) -> Vec<f64> {
    ours.iter().zip(theirs).map(|(ours, theirs)| compare(*ours, *theirs)).collect()
}

/// Returns the median, the upper one of two; not a number if there are none.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Returns what this machine is.
pub fn machine() -> String {
    let processors = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = processors.lines().find_map(|line| line.strip_prefix("model name")).and_then(|line| line.split_once(": "));
    let count = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{}, {count} processors", model.map_or("unknown processor", |(_, name)| name))
}

/// Rounds to what can be told apart.
fn rounded(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn ratios_are_taken_within_a_round() {
        // The machine was half as fast in the second round and four times in the third: for both sides.
        let (ours, theirs) = (vec![100.0, 50.0, 400.0], vec![50.0, 25.0, 200.0]);
        let rates = Row::of_rates("broker", "messages/s", ours.clone(), theirs.clone());
        assert_eq!((rates.value, rates.peer_value, rates.ratio), (100.0, Some(50.0), Some(2.0)));
        assert_eq!(rates.ratio_range, Some([2.0, 2.0]));
        assert_eq!(Row::of_times("latency", "us", ours, theirs).ratio, Some(0.5));
    }

    #[test]
    fn the_range_tells_how_far_rounds_differ() {
        let row = Row::of_rates("broker", "messages/s", vec![10.0, 30.0, 20.0], vec![10.0, 10.0, 10.0]);
        assert_eq!((row.ratio, row.ratio_range), (Some(2.0), Some([1.0, 3.0])));
        assert!(row.to_string().contains("1.00 to 3.00"), "{row}");
    }

    #[test]
    fn the_form_is_that_of_every_suite() {
        let row = Row { input: Some("large".into()), batch: Some(32), ..Row::of_rates("pipeline", "rows/s", vec![1.0004], vec![2.0]) };
        let report = Report { suite: "engine", machine: "a machine".into(), rows: vec![row, Row::new("start", 0.25, "s")] };
        let pipeline = json!({
            "case": "pipeline", "input": "large", "batch": 32, "value": 1.0, "unit": "rows/s", "peer_value": 2.0, "ratio": 0.5,
            "ratio_range": [0.5, 0.5]
        });
        let start = json!({ "case": "start", "value": 0.25, "unit": "s" });
        let expected = json!({ "suite": "engine", "machine": "a machine", "rows": [pipeline, start] });
        assert_eq!(serde_json::to_value(&report).unwrap(), expected);
    }

    #[test]
    fn nothing_measured_is_no_number() {
        assert!(median(Vec::new()).is_nan());
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
    }
}
