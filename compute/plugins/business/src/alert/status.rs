//! The alarm as a machine: rows go in, events come out.

use super::AlertParameters;
use crate::stateful::Exact;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// A row by its number from 1, and its Unix time in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub(super) struct Mark {
    pub(super) row: u64,
    pub(super) time: Option<i64>,
}

impl Mark {
    /// Returns the milliseconds since an earlier time; none if this row has no time.
    fn since(&self, earlier: i64) -> i64 {
        self.time.map_or(0, |time| time.saturating_sub(earlier))
    }
}

/// An alarm that is raised.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub(super) struct Alarm {
    /// The first row that showed it.
    pub(super) since: Mark,
    pub(super) lowest: Exact,
    pub(super) highest: Exact,
    /// Whether the rate limit keeps it silent.
    silent: bool,
    /// Good rows in a row.
    good: u16,
}

/// What a row did.
#[derive(Debug, PartialEq)]
pub(super) enum Event {
    /// The alarm was raised; so many before it were silent.
    Raise { since: Mark, suppressed: u64 },
    /// It was cleared.
    Clear(Alarm),
}

/// Where the alarm stands. Its JSON form is the state in checkpoints.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub(super) struct Status {
    rows: u64,
    alarm: Option<Alarm>,
    /// Bad rows of the window, or the first bad row of a run that is confirmed by time.
    bad: VecDeque<Mark>,
    /// When the last alarm ended.
    ended: Option<i64>,
    /// When the alarms of the rate limit's period were raised.
    told: VecDeque<i64>,
    /// Silent alarms that no payload has counted yet.
    untold: u64,
    raised: u64,
    cleared: u64,
    suppressed: u64,
}

impl Status {
    /// Returns rows seen, alarms raised, cleared and suppressed.
    pub(super) fn counts(&self) -> [u64; 4] {
        [self.rows, self.raised, self.cleared, self.suppressed]
    }

    /// Tells whether an alert of these parameters can stand here.
    pub(super) fn fits(&self, parameters: &AlertParameters) -> bool {
        let window = parameters.window_rows.unwrap_or(parameters.confirm_rows);
        self.bad.len() <= usize::from(window) && self.told.len() <= usize::from(parameters.max_alerts.unwrap_or(0))
    }

    /// Takes in the value of the next row.
    pub(super) fn step(&mut self, parameters: &AlertParameters, time: Option<i64>, value: f64) -> Option<Event> {
        self.rows += 1;
        let mark = Mark { row: self.rows, time };
        if value.is_nan() {
            return None;
        }
        if self.alarm.is_some() {
            return self.watch_end(parameters, mark, value);
        }
        self.note(parameters, mark, parameters.raise.holds(value));
        let since = self.confirmed_since(parameters, mark)?;
        if !self.may_raise(parameters, mark) {
            return None;
        }
        self.bad.clear();
        let silent = self.is_over_limit(parameters, mark);
        self.alarm = Some(Alarm { since, lowest: Exact(value), highest: Exact(value), silent, good: 0 });
        if silent {
            self.suppressed += 1;
            self.untold += 1;
            return None;
        }
        self.raised += 1;
        Some(Event::Raise { since, suppressed: std::mem::take(&mut self.untold) })
    }

    fn watch_end(&mut self, parameters: &AlertParameters, mark: Mark, value: f64) -> Option<Event> {
        let alarm = self.alarm.as_mut()?;
        let good = parameters.clear.map_or(!parameters.raise.holds(value), |clear| clear.holds(value));
        alarm.lowest = Exact(alarm.lowest.0.min(value));
        alarm.highest = Exact(alarm.highest.0.max(value));
        alarm.good = if good { alarm.good + 1 } else { 0 };
        if alarm.good < parameters.clear_rows {
            return None;
        }
        self.ended = mark.time;
        let alarm = self.alarm.take()?;
        if alarm.silent {
            return None;
        }
        self.cleared += 1;
        Some(Event::Clear(alarm))
    }

    fn note(&mut self, parameters: &AlertParameters, mark: Mark, bad: bool) {
        if parameters.confirm_seconds.is_some() {
            match bad {
                true if self.bad.is_empty() => self.bad.push_back(mark),
                true => {}
                false => self.bad.clear(),
            }
            return;
        }
        let window = u64::from(parameters.window_rows.unwrap_or(parameters.confirm_rows));
        while self.bad.front().is_some_and(|oldest| mark.row - oldest.row >= window) {
            self.bad.pop_front();
        }
        if bad {
            self.bad.push_back(mark);
        }
    }

    /// Returns the first row that shows the alarm, once it is confirmed.
    fn confirmed_since(&self, parameters: &AlertParameters, mark: Mark) -> Option<Mark> {
        let first = *self.bad.front()?;
        let confirmed = match parameters.confirm_seconds {
            Some(seconds) => first.time.is_some_and(|first| mark.since(first) >= i64::from(seconds) * 1000),
            None => self.bad.len() >= usize::from(parameters.confirm_rows),
        };
        confirmed.then_some(first)
    }

    fn may_raise(&self, parameters: &AlertParameters, mark: Mark) -> bool {
        let cooled = match (parameters.cool_down_seconds, self.ended) {
            (Some(seconds), Some(ended)) => mark.since(ended) >= i64::from(seconds) * 1000,
            _ => true,
        };
        let at_work = match (&parameters.working_hours, mark.time) {
            (Some(hours), Some(time)) => hours.iter().any(|hours| hours.contain(time, parameters.utc_offset_minutes)),
            _ => true,
        };
        cooled && at_work
    }

    /// Counts an alarm against the rate limit; tells whether it is one too many.
    fn is_over_limit(&mut self, parameters: &AlertParameters, mark: Mark) -> bool {
        let (Some(most), Some(period), Some(time)) = (parameters.max_alerts, parameters.period_seconds, mark.time) else { return false };
        while self.told.front().is_some_and(|first| mark.since(*first) >= i64::from(period) * 1000) {
            self.told.pop_front();
        }
        let over = self.told.len() >= usize::from(most);
        if !over {
            self.told.push_back(time);
        }
        over
    }
}
