//! Hours of the week.

use schemars::{json_schema, JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;

const MINUTES_PER_DAY: u16 = 24 * 60;
const MS_PER_MINUTE: i64 = 60_000;
/// The first of January 1970 was a Thursday, the fourth day of the week.
const EPOCH_DAY: i64 = 3;

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Day {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
}

/// A time of day, written `HH:MM`, up to `24:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeOfDay {
    /// Minutes since midnight.
    minutes: u16,
}

impl<'de> Deserialize<'de> for TimeOfDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let number = |part: &str| part.parse::<u16>().ok().filter(|_| part.len() == 2);
        text.split_once(':')
            .and_then(|(hours, minutes)| Some((number(hours)?, number(minutes).filter(|minutes| *minutes < 60)?)))
            .and_then(|(hours, minutes)| hours.checked_mul(60)?.checked_add(minutes))
            .filter(|minutes| *minutes <= MINUTES_PER_DAY)
            .map(|minutes| Self { minutes })
            .ok_or_else(|| serde::de::Error::custom("is no time of day HH:MM"))
    }
}

impl JsonSchema for TimeOfDay {
    fn schema_name() -> Cow<'static, str> {
        "TimeOfDay".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$" })
    }
}

/// Hours of some days of the week.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub struct WorkingHours {
    /// The days.
    #[schemars(length(min = 1, max = 7))]
    pub days: Vec<Day>,
    /// The first minute.
    pub from: TimeOfDay,
    /// The minute after the last.
    pub to: TimeOfDay,
}

impl WorkingHours {
    /// Tells whether a moment is within the hours; the offset is that of the local time from UTC in minutes.
    pub(super) fn contain(&self, unix_ms: i64, offset: i16) -> bool {
        let minutes = unix_ms.div_euclid(MS_PER_MINUTE) + i64::from(offset);
        let day = (minutes.div_euclid(MINUTES_PER_DAY.into()) + EPOCH_DAY).rem_euclid(7);
        let minute = minutes.rem_euclid(MINUTES_PER_DAY.into());
        let wanted = self.days.iter().any(|wanted| *wanted as i64 == day);
        wanted && (i64::from(self.from.minutes)..i64::from(self.to.minutes)).contains(&minute)
    }
}
