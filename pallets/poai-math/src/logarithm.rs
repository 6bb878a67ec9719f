//! The natural logarithm.
//!
//! `ln(2^k·m) = k·ln 2 + ln m` with `m` in [1, 2), and `ln m = 2·atanh s` with `s = (m − 1)/(m + 1)` in [0, 1/3), by its series.
//! Every step rounds down and all coefficients are positive, so that the value grows with `m` and never exceeds `ln 2`.

use crate::fixed::{mul, polynomial, to_decimal, DECIMAL, FRACTION, LN_2, ONE, SUM_FRACTION};
use sp_arithmetic::{FixedI128, FixedU128};

/// Terms of the series; what is left out is below 10⁻²⁰.
const TERMS: usize = 20;
const COEFFICIENTS: [u64; TERMS] = inverse_odd_numbers();
/// `ln 10^18`, as it is computed here: so `ln 1` is 0.
const LN_DECIMAL: u128 = ln_of_integer(DECIMAL as u128, DECIMAL.ilog2());

// The compiler evaluates this, and would refuse an overflow or an index out of bounds.
#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
const fn inverse_odd_numbers() -> [u64; TERMS] {
    let mut coefficients = [ONE; TERMS];
    let mut n = 1;
    while n < TERMS {
        coefficients[n] = ONE / (2 * n as u64 + 1);
        n += 1;
    }
    coefficients
}

/// Returns the natural logarithm of `x`, or nothing for zero.
///
/// The error is at most 10⁻¹² of the result, or of 1 where the result is smaller than 1; `ln 1` is 0, and `ln` never decreases.
pub fn ln(x: FixedU128) -> Option<FixedI128> {
    let inner = x.into_inner();
    let sum = ln_of_integer(inner, inner.checked_ilog2()?);
    let magnitude = to_decimal(sum.abs_diff(LN_DECIMAL));
    Some(FixedI128::from_inner(if sum < LN_DECIMAL { magnitude.saturating_neg() } else { magnitude }))
}

/// Returns the logarithm of a whole number, which has so many binary digits after the first, with the digits of a sum.
const fn ln_of_integer(integer: u128, octave: u32) -> u128 {
    // Neither shift reaches 128, as an octave is below that.
    let mantissa = integer.wrapping_shr(octave.saturating_sub(FRACTION)).wrapping_shl(FRACTION.saturating_sub(octave));
    // At most 127·ln 2 + ln 2, far below 2¹²⁸/2¹²⁰.
    LN_2.saturating_mul(octave as u128).saturating_add((ln_mantissa(mantissa as u64) as u128) << (SUM_FRACTION - FRACTION))
}

/// Returns the logarithm of a number in [1, 2).
const fn ln_mantissa(mantissa: u64) -> u64 {
    let (numerator, denominator) = (mantissa.saturating_sub(ONE), mantissa.saturating_add(ONE));
    // The denominator is at least 2, and the quotient below 1/3.
    let Some(quotient) = ((numerator as u128) << FRACTION).checked_div(denominator as u128) else { return 0 };
    let s = quotient as u64;
    mul(s, polynomial(&COEFFICIENTS, mul(s, s))).saturating_mul(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_at_one_and_nothing_at_zero() {
        assert_eq!(ln(FixedU128::from_u32(1)), Some(FixedI128::from_u32(0)));
        assert_eq!(ln(FixedU128::from_inner(0)), None);
    }

    #[test]
    fn ends_of_the_range() {
        assert_eq!(ln(FixedU128::from_inner(1)), Some(FixedI128::from_inner(-41_446_531_673_892_822_312)));
        assert_eq!(ln(FixedU128::from_inner(u128::MAX)), Some(FixedI128::from_inner(47_276_307_437_780_177_293)));
    }

    #[test]
    fn never_decreases_where_the_octaves_meet() {
        for octave in 7..128u32 {
            let meeting = 1u128.checked_shl(octave).unwrap();
            let mut last = ln(FixedU128::from_inner(meeting - 41));
            for inner in meeting - 40..=meeting + 40 {
                let value = ln(FixedU128::from_inner(inner));
                assert!(value >= last, "{inner}");
                last = value;
            }
        }
    }
}
