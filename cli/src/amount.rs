//! Amounts of NEU as people write them.

use neurite_primitives::Balance;
use std::{fmt, str::FromStr};

/// Digits after the point.
pub const DECIMALS: usize = 12;
/// One NEU in the chain's unit.
pub const NEU: Balance = 1_000_000_000_000;

/// An amount, read and shown in NEU and held in units of 10⁻¹² NEU.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Amount(pub Balance);

impl fmt::Display for Amount {
    /// Shows as few decimals as say everything.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / NEU, self.0 % NEU);
        if rest == 0 {
            return write!(f, "{whole} NEU");
        }
        let digits = format!("{rest:0DECIMALS$}");
        write!(f, "{whole}.{} NEU", digits.trim_end_matches('0'))
    }
}

impl FromStr for Amount {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if text.trim_matches('.').is_empty() || !all_digits(whole) || !all_digits(rest) {
            return Err(format!("`{text}` is no amount: write NEU as 12 or 0.5"));
        }
        if rest.len() > DECIMALS {
            return Err(format!("`{text}` has more than {DECIMALS} decimals"));
        }
        let too_large = || format!("`{text}` is more than there can be");
        let whole: Balance = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| too_large())? };
        let rest: Balance = format!("{rest:0<DECIMALS$}").parse().map_err(|_| too_large())?;
        whole.checked_mul(NEU).and_then(|units| units.checked_add(rest)).map(Self).ok_or_else(too_large)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_read_back_as_they_show() {
        for (text, units, shown) in [
            ("12", 12 * NEU, "12 NEU"),
            ("0.5", NEU / 2, "0.5 NEU"),
            (".000000000001", 1, "0.000000000001 NEU"),
            ("3.", 3 * NEU, "3 NEU"),
            ("0", 0, "0 NEU"),
        ] {
            let amount: Amount = text.parse().unwrap();
            assert_eq!((amount, amount.to_string().as_str()), (Amount(units), shown), "{text}");
        }
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in ["", ".", "-1", "1e3", "1,5", "0.0000000000001", "999999999999999999999999999999999999999"] {
            assert!(text.parse::<Amount>().is_err(), "{text}");
        }
    }
}
