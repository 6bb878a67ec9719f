//! Amounts as people write them: decimal NEU.

use super::TOKEN_DECIMALS;
use neurite_runtime::Balance;
use serde::Deserialize;
use std::{fmt, str::FromStr};

/// One NEU in units of 10⁻¹² NEU.
const NEU: Balance = Balance::pow(10, TOKEN_DECIMALS);

/// An amount, written as a decimal string of NEU such as `"1000000"` or `"0.001"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Amount(
    /// In units of 10⁻¹² NEU.
    pub(super) Balance,
);

/// Why a text is no amount.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no amount: write NEU as digits with at most {TOKEN_DECIMALS} after the point, such as \"0.001\", below 2^128 units")]
pub(super) struct AmountError {
    text: String,
}

impl FromStr for Amount {
    type Err = AmountError;

    fn from_str(text: &str) -> Result<Self, AmountError> {
        parse(text).map(Self).ok_or_else(|| AmountError { text: text.to_owned() })
    }
}

impl TryFrom<String> for Amount {
    type Error = AmountError;

    fn try_from(text: String) -> Result<Self, AmountError> {
        text.parse()
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.0 / NEU, self.0 % NEU);
        match part {
            0 => write!(formatter, "{whole}"),
            _ => {
                let digits = format!("{part:012}");
                write!(formatter, "{whole}.{}", digits.trim_end_matches('0'))
            }
        }
    }
}

/// Reads digits, or digits with a point between; nothing else.
fn parse(text: &str) -> Option<Balance> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let missing = TOKEN_DECIMALS.checked_sub(u32::try_from(part.len()).ok()?)?;
    let part = digits(part)?.checked_mul(Balance::pow(10, missing))?;
    digits(whole)?.checked_mul(NEU)?.checked_add(part)
}

fn digits(text: &str) -> Option<Balance> {
    // `parse` alone would take a sign.
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_amounts_are_exact() {
        for (text, units) in [
            ("0", 0),
            ("1", NEU),
            ("1.0", NEU),
            ("0.001", NEU / 1_000),
            ("0.000000000001", 1),
            ("1000000000.5", 1_000_000_000 * NEU + NEU / 2),
            ("340282366920938463463374607.431768211455", Balance::MAX),
        ] {
            assert_eq!(text.parse(), Ok(Amount(units)), "{text}");
        }
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        let too_much = "340282366920938463463374607.431768211456";
        for text in ["", ".", "1.", ".5", "-1", "+1", "1e3", "1_000", "1,5", " 1", "1 NEU", "0.0000000000001", "1.2.3", "٣", too_much] {
            assert_eq!(text.parse::<Amount>(), Err(AmountError { text: text.to_owned() }), "{text}");
        }
    }

    #[test]
    fn amounts_read_as_they_are_written() {
        for text in ["0", "12", "0.001", "1.000000000001", "5.5"] {
            assert_eq!(text.parse::<Amount>().expect("it is an amount").to_string(), text);
        }
    }
}
