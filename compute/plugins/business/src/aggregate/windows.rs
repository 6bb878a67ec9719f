//! How rows become windows.

use super::{
    pane::{statistics, Pane},
    AggregateParameters,
};
use crate::values::time_or_null;
use serde::{Deserialize, Serialize};
use serde_json::{json, Value};
use std::collections::VecDeque;

/// The panes of the window that is filled. Its JSON form is the state in checkpoints.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub(super) struct Windows {
    rows: u64,
    windows: u64,
    late: u64,
    /// Where the first row was: its number from 0, or its time.
    origin: Option<i64>,
    /// The last step whose window was told.
    told: Option<i64>,
    panes: VecDeque<Pane>,
}

impl Windows {
    /// Returns rows, windows and late rows.
    pub(super) fn counts(&self) -> [u64; 3] {
        [self.rows, self.windows, self.late]
    }

    /// Tells whether instances of these parameters can have this state.
    pub(super) fn fits(&self, parameters: &AggregateParameters) -> bool {
        self.panes.len() <= usize::from(parameters.steps) && self.panes.iter().all(|pane| pane.fits(parameters))
    }

    /// Takes in a row; returns the windows that it ends.
    pub(super) fn add(&mut self, parameters: &AggregateParameters, time: Option<i64>, values: impl Iterator<Item = f64>) -> Vec<Value> {
        let by_rows = parameters.window_rows.is_some();
        let position = if by_rows { self.rows as i64 } else { time.unwrap_or(0) };
        let step = parameters.step();
        let mut number = position.div_euclid(step);
        self.origin.get_or_insert(position);
        let mut ended = Vec::new();
        if let Some(last) = self.panes.back().map(|pane| pane.number) {
            if number < last {
                self.late += 1;
                number = last;
            }
            // After so many steps, nothing of the last pane is in a window.
            let gone = last.saturating_add(parameters.steps.into());
            ended.extend((last..number.min(gone)).filter_map(|ending| self.tell(parameters, ending)));
        }
        self.rows += 1;
        if self.panes.back().is_none_or(|pane| pane.number != number) {
            self.panes.push_back(Pane::new(parameters, number, self.rows, time));
        }
        let oldest = number.saturating_sub(parameters.steps.into());
        self.panes.retain(|pane| pane.number > oldest);
        if let Some(pane) = self.panes.back_mut() {
            pane.add(parameters, self.rows, time, values);
        }
        if by_rows && self.rows as i64 % step == 0 {
            ended.extend(self.tell(parameters, number));
        }
        ended
    }

    /// Returns the window that the last row left open.
    pub(super) fn end(&mut self, parameters: &AggregateParameters) -> Option<Value> {
        let last = self.panes.back()?.number;
        let mut window = self.tell(parameters, last)?;
        window["COMPLETE"] = json!(false);
        Some(window)
    }

    /// Returns the window that ends with a step, once.
    fn tell(&mut self, parameters: &AggregateParameters, ending: i64) -> Option<Value> {
        let steps = i64::from(parameters.steps);
        let before = ending.saturating_sub(steps);
        let panes: Vec<&Pane> = self.panes.iter().filter(|pane| pane.number > before && pane.number <= ending).collect();
        let (first, last) = (panes.first()?, panes.last()?);
        if self.told.is_some_and(|told| told >= ending) {
            return None;
        }
        let bound = |step: i64| step.saturating_add(1).saturating_mul(parameters.step());
        let by_rows = parameters.window_rows.is_some();
        let (from, to) = if by_rows { (first.first.1, last.last.1) } else { (Some(bound(before)), Some(bound(ending))) };
        let window = json!({
            "FROM_ROW": first.first.0,
            "TO_ROW": last.last.0,
            "FROM": time_or_null(from),
            "TO": time_or_null(to),
            "ROWS": panes.iter().map(|pane| pane.rows).sum::<u64>(),
            "COMPLETE": self.origin.is_some_and(|origin| origin <= bound(before)),
            "VALUES": statistics(parameters, &panes),
        });
        self.windows += 1;
        self.told = Some(ending);
        Some(window)
    }
}
