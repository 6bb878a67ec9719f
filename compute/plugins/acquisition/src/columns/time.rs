//! Times as text.

use chrono::{DateTime, NaiveDate, NaiveDateTime};

/// The first moment of the year 1, in Unix milliseconds.
pub const MIN_TIME_MS: i64 = -62_135_596_800_000;
/// The last millisecond of the year 9999, in Unix milliseconds. Times beyond are units mistaken for another.
pub const MAX_TIME_MS: i64 = 253_402_300_799_999;

/// The forms without a zone, which are taken as UTC.
const WITHOUT_ZONE: [&str; 4] = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"];
/// The forms with a zone that RFC 3339 does not know: `+0100` and `+01`.
const WITH_ZONE: [&str; 2] = ["%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%d %H:%M:%S%.f%#z"];

/// Reads an ISO 8601 time as Unix milliseconds; `None` if it is none.
pub fn parse_time(text: &str) -> Option<i64> {
    let zoned = || WITH_ZONE.iter().find_map(|form| DateTime::parse_from_str(text, form).ok());
    if let Some(time) = DateTime::parse_from_rfc3339(text).ok().or_else(zoned) {
        return Some(time.timestamp_millis());
    }
    let plain = || WITHOUT_ZONE.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    let midnight = || NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0);
    plain().or_else(midnight).map(|time| time.and_utc().timestamp_millis())
}
