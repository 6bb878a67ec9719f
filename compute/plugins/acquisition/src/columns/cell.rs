//! One value of a row, whatever it was read from.

use super::{parse_time, Missing, TimeUnit, MAX_TIME_MS, MIN_TIME_MS};
use chrono::DateTime;
use std::borrow::Cow;

/// The whole numbers that a 64-bit float holds without gaps end here.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// One value of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// No value.
    Null,
    /// A truth value; as a number 0 or 1.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A number; NaN stands for no value.
    Float(f64),
    /// A time that the source knows as such, in Unix milliseconds.
    Time(i64),
    /// A text; where a number is wanted, it is read as one, and an empty one is no value.
    Text(Cow<'a, str>),
}

/// What is wrong with a value.
pub(super) type Reason = &'static str;

/// The reason of a value that is not there.
const IS_MISSING: Reason = "value is missing";
const NO_NUMBER: Reason = "value is no finite number";
const NO_LABEL: Reason = "label is no whole number";
const NO_TIME: Reason = "value is no time of the years 1 to 9999; TIME_UNIT says how times are written";

impl<'a> Cell<'a> {
    /// Makes a cell of a borrowed text.
    pub fn text(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }

    /// Tells whether the value is a number, or a text that reads as one.
    pub fn is_number(&self) -> bool {
        self.number(Missing::Fail).is_ok()
    }

    /// Returns the value as a feature.
    pub(super) fn feature(&self, missing: Missing) -> Result<f32, Reason> {
        match self {
            Self::Text(text) => match text.trim() {
                "" => missing.stand_in(f32::NAN, IS_MISSING),
                text => text.parse::<f32>().map_err(|_| NO_NUMBER).and_then(|number| checked(number, number.into(), missing)),
            },
            other => other.number(missing).and_then(|number| checked(number as f32, (number as f32).into(), missing)),
        }
    }

    /// Returns the value as a measurement.
    pub(super) fn number(&self, missing: Missing) -> Result<f64, Reason> {
        match self {
            Self::Null => missing.stand_in(f64::NAN, IS_MISSING),
            Self::Bool(value) => Ok(f64::from(u8::from(*value))),
            Self::Integer(value) => Ok(*value as f64),
            Self::Float(value) => checked(*value, *value, missing),
            Self::Time(_) => Err(NO_NUMBER),
            Self::Text(text) => match text.trim() {
                "" => missing.stand_in(f64::NAN, IS_MISSING),
                text => text.parse::<f64>().map_err(|_| NO_NUMBER).and_then(|number| checked(number, number, missing)),
            },
        }
    }

    /// Returns the value as a class.
    pub(super) fn label(&self) -> Result<i64, Reason> {
        match self {
            Self::Bool(value) => Ok(i64::from(*value)),
            Self::Integer(value) => Ok(*value),
            Self::Float(value) if value.fract() == 0.0 && value.abs() <= EXACT => Ok(*value as i64),
            Self::Text(text) => text.trim().parse().map_err(|_| NO_LABEL),
            Self::Null => Err(IS_MISSING),
            Self::Float(_) | Self::Time(_) => Err(NO_LABEL),
        }
    }

    /// Returns the value as Unix milliseconds.
    pub(super) fn time(&self, unit: TimeUnit) -> Result<i64, Reason> {
        let time = match (self, unit) {
            (Self::Null, _) => return Err(IS_MISSING),
            (Self::Time(time), _) => Some(*time),
            (Self::Text(text), _) if text.trim().is_empty() => return Err(IS_MISSING),
            (Self::Text(text), TimeUnit::Iso8601) => parse_time(text.trim()),
            (Self::Text(text), _) => match text.trim().parse::<i64>() {
                Ok(count) => of_integer(count, unit),
                Err(_) => text.trim().parse::<f64>().ok().and_then(|count| of_float(count, unit)),
            },
            (Self::Integer(count), _) => of_integer(*count, unit),
            (Self::Float(count), _) => of_float(*count, unit),
            (Self::Bool(_), _) => None,
        };
        time.filter(|time| (MIN_TIME_MS..=MAX_TIME_MS).contains(time)).ok_or(NO_TIME)
    }

    /// Returns the value as text.
    pub(super) fn into_text(self, missing: Missing) -> Result<String, Reason> {
        match self {
            Self::Null => missing.stand_in(String::new(), IS_MISSING),
            Self::Bool(value) => Ok(value.to_string()),
            Self::Integer(value) => Ok(value.to_string()),
            Self::Float(value) => Ok(value.to_string()),
            Self::Time(value) => Ok(DateTime::from_timestamp_millis(value).map_or_else(|| value.to_string(), |time| time.to_rfc3339())),
            Self::Text(text) => Ok(text.into_owned()),
        }
    }
}

impl Missing {
    /// Returns what stands for a value that is missing, where that is allowed.
    fn stand_in<T>(self, value: T, reason: Reason) -> Result<T, Reason> {
        match self {
            Self::Fail => Err(reason),
            Self::Nan => Ok(value),
        }
    }
}

/// Refuses infinite numbers, and NaN where nothing may be missing; `wide` is the number itself.
fn checked<T>(number: T, wide: f64, missing: Missing) -> Result<T, Reason> {
    match wide {
        wide if wide.is_nan() => missing.stand_in(number, NO_NUMBER),
        wide if wide.is_finite() => Ok(number),
        _ => Err(NO_NUMBER),
    }
}

fn of_integer(count: i64, unit: TimeUnit) -> Option<i64> {
    match unit {
        TimeUnit::Iso8601 => None,
        TimeUnit::S => count.checked_mul(1000),
        TimeUnit::Ms => Some(count),
    }
}

fn of_float(count: f64, unit: TimeUnit) -> Option<i64> {
    let time = match unit {
        TimeUnit::Iso8601 => return None,
        TimeUnit::S => count * 1000.0,
        TimeUnit::Ms => count,
    };
    (time.abs() <= EXACT).then(|| time.round() as i64)
}
