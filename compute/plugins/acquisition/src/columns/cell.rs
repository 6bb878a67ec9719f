//! One value of a row, whatever it was read from.

use super::{parse_time, TimeUnit, MAX_TIME_MS, MIN_TIME_MS};
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
pub(super) const IS_MISSING: Reason = "value is missing";
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
        matches!(self.number(), Ok(Some(_)))
    }

    /// Returns the value as a feature; `None` if there is none.
    pub(super) fn feature(&self) -> Result<Option<f32>, Reason> {
        match self {
            Self::Text(text) => match text.trim() {
                "" => Ok(None),
                text => text.parse::<f32>().map_err(|_| NO_NUMBER).and_then(|number| present(number, number.is_nan(), number.is_finite())),
            },
            other => match other.number()? {
                Some(number) if !(number as f32).is_finite() => Err(NO_NUMBER),
                number => Ok(number.map(|number| number as f32)),
            },
        }
    }

    /// Returns the value as a measurement; `None` if there is none.
    pub(super) fn number(&self) -> Result<Option<f64>, Reason> {
        match self {
            Self::Null => Ok(None),
            Self::Bool(value) => Ok(Some(f64::from(u8::from(*value)))),
            Self::Integer(value) => Ok(Some(*value as f64)),
            Self::Float(value) => present(*value, value.is_nan(), value.is_finite()),
            Self::Time(_) => Err(NO_NUMBER),
            Self::Text(text) => match text.trim() {
                "" => Ok(None),
                text => text.parse::<f64>().map_err(|_| NO_NUMBER).and_then(|number| present(number, number.is_nan(), number.is_finite())),
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

    /// Returns the value as text; `None` if there is none.
    pub(super) fn into_text(self) -> Option<String> {
        match self {
            Self::Null => None,
            Self::Bool(value) => Some(value.to_string()),
            Self::Integer(value) => Some(value.to_string()),
            Self::Float(value) => Some(value.to_string()),
            Self::Time(value) => Some(DateTime::from_timestamp_millis(value).map_or_else(|| value.to_string(), |time| time.to_rfc3339())),
            Self::Text(text) => Some(text.into_owned()),
        }
    }
}

/// NaN stands for no value; infinite numbers are refused.
fn present<T>(number: T, is_nan: bool, is_finite: bool) -> Result<Option<T>, Reason> {
    match (is_nan, is_finite) {
        (true, _) => Ok(None),
        (_, true) => Ok(Some(number)),
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
