//! The form in which the benchmarks of this repository tell their figures, for people and as JSON.

use serde::Serialize;
use std::{fs, io, path::Path};

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
    /// The figure.
    pub value: f64,
    /// Its unit.
    pub unit: &'static str,
    /// The same of what it is compared with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peer_value: Option<f64>,
    /// How much better it is than its peer; over 1 is better.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ratio: Option<f64>,
    /// What is to be reached, as people read it.
    #[serde(skip)]
    pub goal: &'static str,
}

impl Row {
    /// Makes a figure that is compared with nothing.
    pub fn new(case: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self { case: case.into(), value: rounded(value), unit, ..Self::default() }
    }
}

impl Report {
    /// Prints the figures as a table.
    pub fn print(&self) {
        println!("{}: {}", self.suite, self.machine);
        println!("{:<18}{:<26}{:>6}{:>14}{:>14}{:>8}  {:<14}goal", "case", "input", "batch", "value", "peer", "ratio", "unit");
        for row in &self.rows {
            let number = |value: Option<f64>| value.map_or_else(String::new, |value| format!("{value:.3}"));
            let batch = row.batch.map_or_else(String::new, |batch| batch.to_string());
            let input = row.input.as_deref().unwrap_or_default();
            let (value, peer, ratio) = (number(Some(row.value)), number(row.peer_value), number(row.ratio));
            println!("{:<18}{input:<26}{batch:>6}{value:>14}{peer:>14}{ratio:>8}  {:<14}{}", row.case, row.unit, row.goal);
        }
    }

    /// Writes the figures as JSON.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        fs::write(path, serde_json::to_string_pretty(self)? + "\n")
    }
}

/// Rounds to what can be told apart.
pub fn rounded(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}

/// Returns what this machine is.
pub fn machine() -> String {
    let processors = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = processors.lines().find_map(|line| line.strip_prefix("model name")).and_then(|line| line.split_once(": "));
    let count = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{}, {count} processors", model.map_or("unknown processor", |(_, name)| name))
}
