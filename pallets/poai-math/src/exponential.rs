//! The exponential function.
//!
//! `e^x = 2^k·e^r` with `k = ⌊x/ln 2⌋` and `r` in [0, ln 2), by the Taylor series. Its coefficients are positive and every step
//! rounds down, so that the value of the series grows with `r` and never exceeds 2: with the next `k` it goes on from there.

use crate::fixed::{from_decimal, polynomial, DECIMAL, FRACTION, ONE};
use sp_arithmetic::{FixedI128, FixedU128};

/// The largest magnitude of an exponent: [`exp`] clamps to [−8, 8].
pub const EXPONENT_LIMIT: FixedI128 = FixedI128::from_u32(8);

/// Terms of the series; what is left out is below 10⁻²⁰.
const TERMS: usize = 19;
const COEFFICIENTS: [u64; TERMS] = inverse_factorials();
/// `ln 2` with 18 decimals, rounded down.
const LN_2_DECIMAL: u64 = 693_147_180_559_945_309;

// The compiler evaluates this, and would refuse an overflow or an index out of bounds.
#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
const fn inverse_factorials() -> [u64; TERMS] {
    // With two digits more than the coefficients have, which are cut off at the end.
    let mut inverse = (ONE as u128) << FRACTION;
    let mut coefficients = [ONE; TERMS];
    let mut n = 1;
    while n < TERMS {
        inverse /= n as u128;
        coefficients[n] = (inverse >> FRACTION) as u64;
        n += 1;
    }
    coefficients
}

/// Returns `e^x`, with `x` clamped to [−8, 8].
///
/// The relative error is at most 10⁻¹², `exp(0)` is 1, and `exp` never decreases.
pub fn exp(x: FixedI128) -> FixedU128 {
    let inner = x.into_inner().clamp(-LIMIT, LIMIT);
    // At most 8·10¹⁸.
    let magnitude = u64::try_from(inner.unsigned_abs()).unwrap_or(u64::MAX);
    let (doublings, rest) = reduce(magnitude, inner < 0);
    let power = polynomial(&COEFFICIENTS, from_decimal(rest));
    // The product is below 2¹²³; of the digits after the point those stay that the doublings move before it.
    let decimal = u128::from(power).wrapping_mul(DECIMAL.into());
    let digits = i64::from(FRACTION).saturating_sub(doublings);
    FixedU128::from_inner(u32::try_from(digits).ok().and_then(|digits| decimal.checked_shr(digits)).unwrap_or_default())
}

const LIMIT: i128 = EXPONENT_LIMIT.into_inner();

/// Splits `±magnitude`, at most 8, into `k·ln 2 + r` with `r` in [0, ln 2), all with 18 decimals.
fn reduce(magnitude: u64, negative: bool) -> (i64, u64) {
    let (quotient, rest) = (magnitude / LN_2_DECIMAL, magnitude % LN_2_DECIMAL);
    // The quotient is at most 11.
    let quotient = i64::try_from(quotient).unwrap_or(i64::MAX);
    match (negative, rest) {
        (false, rest) => (quotient, rest),
        (true, 0) => (quotient.saturating_neg(), 0),
        (true, rest) => (quotient.saturating_neg().saturating_sub(1), LN_2_DECIMAL.saturating_sub(rest)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_zero() {
        assert_eq!(exp(FixedI128::from_u32(0)), FixedU128::from_u32(1));
    }

    #[test]
    fn exponents_are_clamped() {
        let (min, max) = (FixedI128::from_inner(i128::MIN), FixedI128::from_inner(i128::MAX));
        assert_eq!(exp(min), exp(FixedI128::from_inner(-LIMIT)));
        assert_eq!(exp(max), exp(FixedI128::from_inner(LIMIT)));
        assert!(exp(min) > FixedU128::from_inner(0));
    }

    #[test]
    fn never_decreases_where_the_octaves_meet() {
        for k in -11i128..=11 {
            let meeting = k * 693_147_180_559_945_309;
            let mut last = FixedU128::from_inner(0);
            for offset in -40i128..=40 {
                let value = exp(FixedI128::from_inner(meeting + offset));
                assert!(value >= last, "k = {k}, offset = {offset}");
                last = value;
            }
        }
    }
}
