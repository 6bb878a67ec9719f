//! Times on the wire: `YYYY-MM-DD hh:mm:ss.ffffff` with an offset beside it, as Python's `strftime` writes them.
//!
//! The proleptic Gregorian calendar, years 1970 to 9999. Leap seconds do not exist.
// All operands are bounded: years to 9999, days to 3 million, milliseconds to 2.6e14.
#![allow(clippy::arithmetic_side_effects)]

/// Milliseconds since 1970-01-01 00:00:00 UTC.
pub type UnixMillis = u64;

const DAY: u64 = 86_400_000;
/// 9999-12-31 23:59:59.999.
const LAST: UnixMillis = 253_402_300_799_999;

/// Writes a time as the wire does, in UTC with microseconds; what is later than the year 9999 is written as its end.
pub fn format(at: UnixMillis) -> String {
    let at = at.min(LAST);
    let (year, month, day) = civil(at / DAY);
    let rest = at % DAY;
    let (hour, minute) = (rest / 3_600_000, rest / 60_000 % 60);
    let (second, milli) = (rest / 1000 % 60, rest % 1000);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}.{milli:03}000")
}

/// Reads a time of the wire; `offset` is the `EE_TIMEZONE` of the message, UTC if absent.
pub fn parse(text: &str, offset: Option<&str>) -> Option<UnixMillis> {
    let (date, clock) = text.split_once([' ', 'T'])?;
    let mut date = date.splitn(3, '-').map(|part| number(part, 4));
    let (year, month, day) = (date.next()??, date.next()??, date.next()??);
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let mut clock = clock.splitn(3, ':').map(|part| number(part, 2));
    let (hour, minute, second) = (clock.next()??, clock.next()??, clock.next()??);
    let known_day = (1970..=9999).contains(&year) && (1..=12).contains(&month) && (1..=days_of(year, month)).contains(&day);
    if !known_day || hour > 23 || minute > 59 || second > 59 || fraction.len() > 9 {
        return None;
    }
    let digits = fraction.len();
    let fraction = number(fraction, 9)?;
    let milli = fraction * 1000 / 10_u64.pow(u32::try_from(digits).ok()?);
    let local = days(year, month, day) * DAY + hour * 3_600_000 + minute * 60_000 + second * 1000 + milli;
    let offset = offset.map_or(Some(0), parse_offset)?;
    u64::try_from(i64::try_from(local).ok()? - offset).ok()
}

/// Reads `UTC+3`, `UTC-3`, `UTC+05:30` or `UTC+0530` into milliseconds east of Greenwich.
fn parse_offset(text: &str) -> Option<i64> {
    let rest = text.strip_prefix("UTC")?;
    if rest.is_empty() {
        return Some(0);
    }
    let (sign, rest) = match rest.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, rest.strip_prefix('+')?),
    };
    let (hours, minutes) = match (rest.split_once(':'), rest.len()) {
        (Some((hours, minutes)), _) => (hours, minutes),
        (None, 4) => rest.split_at_checked(2)?,
        (None, _) => (rest, "0"),
    };
    let (hours, minutes) = (number(hours, 2)?, number(minutes, 2)?);
    if hours > 14 || minutes > 59 {
        return None;
    }
    i64::try_from(hours * 3_600_000 + minutes * 60_000).ok().map(|offset| sign * offset)
}

fn number(text: &str, longest: usize) -> Option<u64> {
    if text.is_empty() || text.len() > longest || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

fn is_leap(year: u64) -> bool {
    (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400)
}

fn days_of(year: u64, month: u64) -> u64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Returns the days from 1970-01-01 to a date, which is valid.
fn days(year: u64, month: u64, day: u64) -> u64 {
    let before = year - 1;
    let years = before * 365 + before / 4 - before / 100 + before / 400;
    let months: u64 = (1..month).map(|earlier| days_of(year, earlier)).sum();
    years + months + day - 1 - 719_162
}

/// Returns year, month and day of a number of days since 1970-01-01.
fn civil(since: u64) -> (u64, u64, u64) {
    // The estimate is never too late, and at most a few years too early.
    let mut year = 1970 + since / 366;
    while days(year + 1, 1, 1) <= since {
        year += 1;
    }
    let mut month = 1;
    while month < 12 && days(year, month + 1, 1) <= since {
        month += 1;
    }
    (year, month, since - days(year, month, 1) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_times_are_written_and_read() {
        for (at, text) in [
            (0, "1970-01-01 00:00:00.000000"),
            (951_782_400_000, "2000-02-29 00:00:00.000000"),
            (1_767_225_599_999, "2025-12-31 23:59:59.999000"),
            (4_107_542_400_000, "2100-03-01 00:00:00.000000"),
            (LAST, "9999-12-31 23:59:59.999000"),
        ] {
            assert_eq!(format(at), text);
            assert_eq!(parse(text, None), Some(at));
        }
        assert_eq!(format(u64::MAX), format(LAST));
    }

    #[test]
    fn offsets_move_the_time() {
        let noon = parse("2026-05-01 12:00:00", None).unwrap();
        for (offset, hour) in [("UTC", 12), ("UTC+0", 12), ("UTC+3", 9), ("UTC-3", 15), ("UTC+03:00", 9), ("UTC-0300", 15)] {
            let moved = parse("2026-05-01 12:00:00", Some(offset)).unwrap();
            assert_eq!(moved, noon - 12 * 3_600_000 + hour * 3_600_000, "{offset}");
        }
        for wrong in ["", "utc", "UTC3", "UTC+", "UTC+x", "UTC+99", "UTC+1:99", "Europe/Bucharest", "UTC+é1"] {
            assert_eq!(parse("2026-05-01 12:00:00", Some(wrong)), None, "{wrong}");
        }
    }

    #[test]
    fn malformed_times_are_refused() {
        for wrong in [
            "",
            "2026-05-01",
            "2026-13-01 00:00:00",
            "2026-02-29 00:00:00",
            "2026-05-01 24:00:00",
            "2026-05-01 00:60:00",
            "2026-05-01 00:00:00.",
            "2026-05-01 00:00:00.0000000000",
            "-026-05-01 00:00:00",
            "1969-12-31 23:59:59",
            "99999-05-01 00:00:00",
        ] {
            assert_eq!(parse(wrong, None), None, "{wrong}");
        }
        assert_eq!(parse("1970-01-01 00:00:00", Some("UTC+1")), None);
    }

    proptest! {
        #[test]
        fn written_times_are_read_back(at in 0..=LAST) {
            prop_assert_eq!(parse(&format(at), Some("UTC+0")), Some(at));
        }
    }
}
