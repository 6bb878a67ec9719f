//! The plugin `DETECTION_REPORT` and its instances.

use super::DetectionReportParameters;
use crate::{
    detections::{read, Detection, MAX_CLASSES},
    stateful::{self, Logic},
    values::{body, time_or_null, times_if_any},
};
use neurite_core::{BoxFuture, Business, Context, Input, Outbox, PayloadKind, Plugin, PluginError};
use serde::{Deserialize, Serialize};
use serde_json::{json, Map, Value};
use std::collections::BTreeMap;

/// Opens reports.
#[derive(Debug, Clone, Copy)]
pub struct DetectionReport;

impl Plugin for DetectionReport {
    type Instance = Box<dyn Business>;
    type Parameters = DetectionReportParameters;
    const SIGNATURE: &'static str = "DETECTION_REPORT";
    const EXAMPLE: &'static str = include_str!("../../../../../examples/detection_report.json");
    const TAKES_MODEL: bool = true;

    fn open<'a>(&'a self, parameters: DetectionReportParameters, _: &'a Context) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        stateful::open(Ok(Report { parameters, tally: Tally::default() }))
    }
}

/// Things by class.
type Counts = BTreeMap<u16, u64>;

/// What was counted. Its JSON form is the state in checkpoints.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
struct Tally {
    rows: u64,
    most: u64,
    detections: Counts,
    /// The counts that were told last.
    told: Counts,
    /// Counts that differ from them, and the rows for which they have stayed.
    new: Counts,
    stayed: u32,
}

impl Tally {
    /// Takes in the counts of the next row; tells whether they are to be told.
    fn step(&mut self, parameters: &DetectionReportParameters, counts: Counts) -> bool {
        self.rows += 1;
        self.most = self.most.max(counts.values().sum());
        for (class, count) in &counts {
            *self.detections.entry(*class).or_default() += count;
        }
        self.stayed = match (counts == self.told, counts == self.new) {
            (true, _) => 0,
            (false, true) => self.stayed + 1,
            (false, false) => 1,
        };
        self.new = counts;
        let due = parameters.every_rows.is_some_and(|every| self.rows.is_multiple_of(u64::from(every)));
        self.stayed >= parameters.confirm_rows || due
    }

    /// Takes the newest counts as told; returns those that were told before.
    fn tell(&mut self) -> Counts {
        self.stayed = 0;
        std::mem::replace(&mut self.told, self.new.clone())
    }
}

/// An instance.
struct Report {
    parameters: DetectionReportParameters,
    tally: Tally,
}

fn count(detections: &[Detection]) -> Counts {
    let mut counts = Counts::new();
    for detection in detections {
        *counts.entry(detection.class).or_default() += 1;
    }
    counts
}

impl Report {
    fn named(&self, counts: &Counts) -> Value {
        let mut named = Map::new();
        for (class, count) in counts {
            // Classes may share a name.
            let entry = named.entry(self.parameters.detections.label(*class)).or_insert(json!(0));
            *entry = json!(entry.as_u64().unwrap_or(0) + count);
        }
        Value::Object(named)
    }
}

impl Logic for Report {
    type State = Tally;

    fn process(&mut self, input: Input<'_>, outbox: &mut Outbox) -> Result<(), PluginError> {
        let times = times_if_any(input);
        for (at, detections) in read(input, &self.parameters.detections)?.iter().enumerate() {
            if !self.tally.step(&self.parameters, count(detections)) {
                continue;
            }
            let before = self.tally.tell();
            let payload = json!({
                "ROW": self.tally.rows,
                "TIME": time_or_null(times.map(|times| times[at])),
                "TOTAL": detections.len(),
                "COUNTS": self.named(&self.tally.told),
                "BEFORE": self.named(&before),
            });
            outbox.push(PayloadKind::Data, body(payload))?;
        }
        Ok(())
    }

    fn state(&self) -> &Tally {
        &self.tally
    }

    fn accepts(&self, state: &Tally) -> bool {
        [&state.detections, &state.told, &state.new].iter().all(|counts| counts.keys().all(|class| *class < MAX_CLASSES))
    }

    fn set_state(&mut self, state: Tally) {
        self.tally = state;
    }

    fn finish(&mut self, _: &mut Outbox) -> Result<Option<Value>, PluginError> {
        Ok(Some(json!({
            "ROWS": self.tally.rows,
            "DETECTIONS": self.tally.detections.values().sum::<u64>(),
            "MOST": self.tally.most,
            "CLASSES": self.named(&self.tally.detections),
        })))
    }
}
