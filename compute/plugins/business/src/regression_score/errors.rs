//! Sums of errors in whole units of the last decimal.

use serde::{Deserialize, Serialize};

/// The largest number that is compared, in whole units: differences and their squares over 2^48 rows stay within an `i128`.
const LARGEST: f64 = 9e15;

/// Rounds a number to whole units of `10^-decimals`, half away from zero; `None` if it is not finite or too large.
pub(super) fn quantised(value: f64, decimals: u8) -> Option<i64> {
    let scaled = (value * 10f64.powi(decimals.into())).round();
    (scaled.abs() <= LARGEST).then_some(scaled as i64)
}

/// The errors of one method after some rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub(super) struct Errors {
    #[serde(with = "as_text")]
    sum: i128,
    #[serde(with = "as_text")]
    absolute: u128,
    #[serde(with = "as_text")]
    squared: u128,
}

/// JSON numbers end at 64 bits.
mod as_text {
    use serde::{de::Error, Deserialize, Deserializer, Serializer};
    use std::{fmt::Display, str::FromStr};

    pub(super) fn serialize<T: Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub(super) fn deserialize<'de, T: FromStr, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(|_| D::Error::custom("is no whole number"))
    }
}

impl Errors {
    /// Takes in the answer to a row.
    pub(super) fn add(&mut self, answer: i64, truth: i64) {
        let error = i128::from(answer) - i128::from(truth);
        self.sum += error;
        self.absolute += error.unsigned_abs();
        self.squared = self.squared.saturating_add(error.unsigned_abs() * error.unsigned_abs());
    }

    /// Returns the mean error over `rows` rows.
    pub(super) fn bias(&self, rows: u64, decimals: u8) -> String {
        let magnitude = mean(self.sum.unsigned_abs(), rows, decimals);
        if self.sum < 0 && magnitude.bytes().any(|byte| matches!(byte, b'1'..=b'9')) {
            format!("-{magnitude}")
        } else {
            magnitude
        }
    }

    /// Returns the mean absolute error.
    pub(super) fn mae(&self, rows: u64, decimals: u8) -> String {
        mean(self.absolute, rows, decimals)
    }

    /// Returns the root of the mean squared error, rounded down.
    pub(super) fn rmse(&self, rows: u64, decimals: u8) -> String {
        written(self.squared.checked_div(rows.into()).unwrap_or(0).isqrt(), decimals)
    }
}

/// Writes `sum / rows` in units of the last decimal, rounded half up; zero without rows.
fn mean(sum: u128, rows: u64, decimals: u8) -> String {
    let rows = u128::from(rows);
    written((sum.saturating_mul(2) + rows).checked_div(rows * 2).unwrap_or(0), decimals)
}

/// Writes a number of whole units with its decimal point.
fn written(units: u128, decimals: u8) -> String {
    if decimals == 0 {
        return units.to_string();
    }
    let one = 10u128.pow(decimals.into());
    format!("{}.{:0width$}", units / one, units % one, width = usize::from(decimals))
}
