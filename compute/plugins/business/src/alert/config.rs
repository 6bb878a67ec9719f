//! Parameters of `ALERT`.

use super::WorkingHours;
use crate::values::{Condition, ValueName};
use neurite_core::ParameterFault;
use schemars::JsonSchema;
use serde::Deserialize;

/// The longest window of confirmation in rows.
pub const MAX_WINDOW: u16 = 1024;
/// The most alerts per period that a rate limit may allow.
pub const MAX_ALERTS: u16 = 1024;

/// Raises an alarm when a value stays bad and clears it when the value is good again, with confirmation, hysteresis, working hours and a
/// rate limit.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub struct AlertParameters {
    /// The value to watch: `FIELD` or `FIELD/COLUMN`, of the model's outputs or of the rows.
    pub value: ValueName,
    /// When the value is bad: `{"ABOVE": x}`, `{"BELOW": x}`, `{"OUTSIDE": [low, high]}`, `{"INSIDE": [low, high]}` or `{"EQUALS": x}`.
    pub raise: Condition,
    /// When the value is good again; without it, when it is no longer bad. Of `ABOVE` the opposite is `BELOW`, of `OUTSIDE` it is `INSIDE`.
    #[serde(default)]
    pub clear: Option<Condition>,
    /// Bad rows that raise the alarm.
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = MAX_WINDOW))]
    pub confirm_rows: u16,
    /// The number of last rows among which the bad ones are counted; without it, bad rows must follow each other.
    #[serde(default)]
    #[schemars(range(min = 1, max = MAX_WINDOW))]
    pub window_rows: Option<u16>,
    /// Seconds for which every row must have been bad, by the rows' times; instead of `CONFIRM_ROWS`.
    #[serde(default)]
    #[schemars(range(min = 1, max = 31_536_000))]
    pub confirm_seconds: Option<u32>,
    /// Good rows in a row that clear the alarm.
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = MAX_WINDOW))]
    pub clear_rows: u16,
    /// Seconds after the end of an alarm in which none is raised, by the rows' times.
    #[serde(default)]
    #[schemars(range(min = 1, max = 31_536_000))]
    pub cool_down_seconds: Option<u32>,
    /// The most alarms within `PERIOD_SECONDS`; further ones are silent and counted.
    #[serde(default)]
    #[schemars(range(min = 1, max = MAX_ALERTS))]
    pub max_alerts: Option<u16>,
    /// The period of `MAX_ALERTS` in seconds, by the rows' times.
    #[serde(default)]
    #[schemars(range(min = 1, max = 31_536_000))]
    pub period_seconds: Option<u32>,
    /// When alarms may be raised, such as `[{"DAYS": ["MON", "TUE"], "FROM": "08:00", "TO": "17:30"}]`; without it, always.
    #[serde(default)]
    #[schemars(length(min = 1, max = 16))]
    pub working_hours: Option<Vec<WorkingHours>>,
    /// How far local time is ahead of UTC, in minutes, for `WORKING_HOURS`.
    #[serde(default)]
    #[schemars(range(min = -720, max = 840))]
    pub utc_offset_minutes: i16,
    /// Text for those who read the alarm.
    #[serde(default)]
    #[schemars(length(min = 1, max = 512))]
    pub text: Option<String>,
}

fn one() -> u16 {
    1
}

impl AlertParameters {
    /// Tells whether the rows must have times.
    pub(super) fn needs_times(&self) -> bool {
        let seconds = [self.confirm_seconds, self.cool_down_seconds, self.period_seconds];
        self.working_hours.is_some() || seconds.iter().any(Option::is_some)
    }

    /// Returns what is wrong with keys taken together.
    pub(super) fn faults(&self) -> Vec<ParameterFault> {
        let mut faults = Vec::new();
        let mut fault = |path: &str, message: &str| faults.push(ParameterFault { path: path.into(), message: message.into() });
        if !self.raise.is_ordered() {
            fault("/RAISE", "must have its lower bound first");
        }
        match self.clear {
            Some(clear) if !clear.is_ordered() => fault("/CLEAR", "must have its lower bound first"),
            Some(clear) if !clear.clears(&self.raise) => fault("/CLEAR", "must be the opposite of RAISE and must not overlap it"),
            _ => {}
        }
        if self.window_rows.is_some_and(|window| window < self.confirm_rows) {
            fault("/WINDOW_ROWS", "must not be less than CONFIRM_ROWS");
        }
        if self.confirm_seconds.is_some() && (self.confirm_rows > 1 || self.window_rows.is_some()) {
            fault("/CONFIRM_SECONDS", "stands instead of CONFIRM_ROWS and WINDOW_ROWS");
        }
        if self.max_alerts.is_some() != self.period_seconds.is_some() {
            fault("/PERIOD_SECONDS", "and MAX_ALERTS need each other");
        }
        if self.working_hours.iter().flatten().any(|hours| hours.from >= hours.to) {
            fault("/WORKING_HOURS", "must begin before they end; hours over midnight are two entries");
        }
        faults
    }
}
