//! The natural logarithm.
//!
//! `ln(2^k·m) = k·ln 2 + ln m` with `m` in [1, 2), and `ln m = 2·atanh s` with `s = (m − 1)/(m + 1)` in [0, 1/3), by its series.
//! Every step rounds down and all coefficients are positive, so that the value grows with `m` and never exceeds `ln 2`.

use crate::fixed::{mul, polynomial, DECIMAL, FRACTION, LN_2, LN_DECIMAL, ONE};
use sp_arithmetic::{helpers_128bit::multiply_by_rational_with_rounding, FixedI128, FixedU128, Rounding};

/// Terms of the series; what is left out is below 10⁻³⁴.
const TERMS: usize = 36;
const COEFFICIENTS: [u128; TERMS] = inverse_odd_numbers();

// The compiler evaluates this, and would refuse an overflow or an index out of bounds.
#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
const fn inverse_odd_numbers() -> [u128; TERMS] {
    let mut coefficients = [ONE; TERMS];
    let mut n = 1;
    while n < TERMS {
        coefficients[n] = ONE / (2 * n as u128 + 1);
        n += 1;
    }
    coefficients
}

/// Returns the natural logarithm of `x`, or nothing for zero.
///
/// The error is at most 10⁻¹² of the result, or of 1 where the result is smaller than 1; `ln 1` is 0, and `ln` never decreases.
pub fn ln(x: FixedU128) -> Option<FixedI128> {
    let inner = x.into_inner();
    let octave = inner.checked_ilog2()?;
    // Neither shift reaches 128, as an octave is below that.
    let mantissa = inner.wrapping_shr(octave.saturating_sub(FRACTION)).wrapping_shl(FRACTION.saturating_sub(octave));
    // At most 127·ln 2 + ln 2, far below 2¹²⁸/2¹²⁰.
    let scaled = LN_2.saturating_mul(octave.into()).saturating_add(ln_mantissa(mantissa));
    let magnitude = to_decimal(scaled.abs_diff(LN_DECIMAL));
    let value = if scaled < LN_DECIMAL { magnitude.saturating_neg() } else { magnitude };
    Some(FixedI128::from_inner(value))
}

/// Returns the logarithm of a number in [1, 2).
fn ln_mantissa(mantissa: u128) -> u128 {
    let (numerator, denominator) = (mantissa.saturating_sub(ONE), mantissa.saturating_add(ONE));
    // The quotient is below 1/3, so that it always fits.
    let s = multiply_by_rational_with_rounding(numerator, ONE, denominator, Rounding::Down).unwrap_or_default();
    mul(s, polynomial(&COEFFICIENTS, mul(s, s))).saturating_mul(2)
}

/// Converts to 18 decimals, rounding half up.
fn to_decimal(value: u128) -> i128 {
    let halves = mul(value, DECIMAL << 1);
    i128::try_from(halves.saturating_add(1) >> 1).unwrap_or(i128::MAX)
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
