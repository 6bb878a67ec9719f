//! Which faults are raised.

use super::{
    inspect::{Finding, Memory},
    CameraQualityParameters, Fault,
};
use crate::values::{number, time_or_null};
use serde::{Deserialize, Serialize};
use serde_json::{json, Map, Value};

/// A row by its number from 1, and its Unix time in milliseconds.
type Mark = (u64, Option<i64>);

/// How a fault stands.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
struct Standing {
    raised: bool,
    /// Rows in a row that say the opposite of `raised`, and the first of them.
    opposed: u32,
    since: Option<Mark>,
    /// How often it was raised, and in how many rows it was seen.
    times: u64,
    rows: u64,
}

/// How the camera stands. Its JSON form is the state in checkpoints.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub(super) struct Status {
    pub(super) rows: u64,
    pub(super) memory: Memory,
    /// In the order of [`Fault::ALL`].
    faults: [Standing; Fault::ALL.len()],
}

impl Standing {
    /// Takes in what a row says; tells since when the standing is another, if it is.
    fn step(&mut self, bad: bool, confirm: u32, mark: Mark) -> Option<Mark> {
        self.rows += u64::from(bad);
        if bad == self.raised {
            self.opposed = 0;
            return None;
        }
        if self.opposed == 0 {
            self.since = Some(mark);
        }
        self.opposed += 1;
        if self.opposed < confirm {
            return None;
        }
        self.opposed = 0;
        self.raised = bad;
        self.times += u64::from(bad);
        self.since.take()
    }
}

impl Status {
    /// Takes in the findings of the row that was counted last; returns the payloads.
    pub(super) fn step(&mut self, parameters: &CameraQualityParameters, time: Option<i64>, findings: &[Finding]) -> Vec<Value> {
        let mut payloads = Vec::new();
        for finding in findings {
            let Some(at) = Fault::ALL.iter().position(|fault| *fault == finding.fault) else { continue };
            let standing = &mut self.faults[at];
            let Some((since_row, since)) = standing.step(finding.bad, parameters.confirm_rows, (self.rows, time)) else { continue };
            payloads.push(json!({
                "EVENT": if standing.raised { "RAISE" } else { "CLEAR" },
                "FAULT": finding.fault.name(),
                "MEASURE": number(finding.measure),
                "LIMIT": number(finding.limit),
                "ROW": self.rows,
                "TIME": time_or_null(time),
                "SINCE_ROW": since_row,
                "SINCE": time_or_null(since),
            }));
        }
        payloads
    }

    /// Returns the result after the last row.
    pub(super) fn result(&self, parameters: &CameraQualityParameters) -> Value {
        let looked_for = Fault::ALL.iter().zip(&self.faults).filter(|(fault, _)| parameters.faults.contains(fault));
        let faults: Map<String, Value> = looked_for
            .map(|(fault, standing)| (fault.name().to_owned(), json!({ "RAISED": standing.times, "ROWS": standing.rows })))
            .collect();
        json!({ "ROWS": self.rows, "FAULTS": faults })
    }
}
