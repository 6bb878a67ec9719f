//! Unsigned numbers with 62 binary digits after the point, held in a `u64`, and sums of logarithms with 120 in a `u128`.
//!
//! Every operation rounds down. A composition of such operations on non-negative numbers is monotone in each of its arguments,
//! which is why [`crate::exp`] and [`crate::ln`] never decrease. Factors of 64 bits make a product one multiplication, which is
//! what settling an epoch spends its time on.

/// Binary digits after the point.
pub(crate) const FRACTION: u32 = 62;
/// The number one.
pub(crate) const ONE: u64 = 1 << FRACTION;
/// One in the 18 decimals of `FixedU128` and `FixedI128`.
pub(crate) const DECIMAL: u64 = 1_000_000_000_000_000_000;

/// Binary digits after the point of a sum of logarithms.
pub(crate) const SUM_FRACTION: u32 = 120;
/// `ln 2` in those, rounded down.
pub(crate) const LN_2: u128 = 921_350_637_599_661_305_226_344_307_672_478_454;

const LIMB: u32 = 64;
const LIMB_MASK: u128 = (1 << LIMB) - 1;
/// `2⁶²/10¹⁸ − 4` with 64 binary digits, rounded down.
const BEYOND_FOUR: u64 = (((ONE - 4 * DECIMAL) as u128) << LIMB).wrapping_div(DECIMAL as u128) as u64;

/// Returns the product rounded down, which must be below 4.
pub(crate) const fn mul(a: u64, b: u64) -> u64 {
    ((a as u128).wrapping_mul(b as u128) >> FRACTION) as u64
}

/// Returns a polynomial's value by Horner's rule, coefficients in ascending order, rounding down at each step; all of it must be below 4.
// The index is below the length.
#[allow(clippy::indexing_slicing)]
pub(crate) const fn polynomial(coefficients: &[u64], x: u64) -> u64 {
    let (mut value, mut left) = (0, coefficients.len());
    while let Some(next) = left.checked_sub(1) {
        left = next;
        value = mul(value, x).saturating_add(coefficients[left]);
    }
    value
}

/// Converts a decimal number below 1 with 18 decimals, rounding down twice.
pub(crate) const fn from_decimal(decimal: u64) -> u64 {
    // 2⁶²/10¹⁸ is a little more than 4.
    let beyond_four = (decimal as u128).wrapping_mul(BEYOND_FOUR as u128) >> LIMB;
    decimal.wrapping_mul(4).wrapping_add(beyond_four as u64)
}

/// Converts a sum of logarithms to 18 decimals, rounding half up.
pub(crate) const fn to_decimal(sum: u128) -> i128 {
    let doubled = (DECIMAL as u128) << 1;
    // The limbs are below 2⁶⁴ and the factor is below 2⁶¹, so that nothing wraps.
    let low = (sum & LIMB_MASK).wrapping_mul(doubled) >> LIMB;
    let halves = (sum >> LIMB).wrapping_mul(doubled).wrapping_add(low) >> (SUM_FRACTION - LIMB);
    (halves.wrapping_add(1) >> 1) as i128
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_are_rounded_down() {
        assert_eq!(mul(ONE, ONE), ONE);
        assert_eq!(mul(3 * ONE, ONE / 2), ONE + ONE / 2);
        assert_eq!(mul(ONE - 1, ONE - 1), ONE - 2);
        assert_eq!(mul(1, ONE - 1), 0);
    }

    #[test]
    fn decimals_are_converted_to_the_last_digit_but_one() {
        for decimal in [0, 1, 2, 3, DECIMAL / 3, DECIMAL / 2, DECIMAL - 1] {
            let exact = (u128::from(decimal) << FRACTION) / u128::from(DECIMAL);
            assert!(exact.abs_diff(from_decimal(decimal).into()) <= 1, "{decimal}");
        }
        assert_eq!(from_decimal(0), 0);
    }

    #[test]
    fn sums_are_converted_to_the_nearest_decimal() {
        assert_eq!(to_decimal(0), 0);
        assert_eq!(to_decimal(1 << SUM_FRACTION), 1_000_000_000_000_000_000);
        assert_eq!(to_decimal(LN_2), 693_147_180_559_945_309);
        assert_eq!(to_decimal(LN_2 * 127), 88_029_691_931_113_054_296);
    }

    #[test]
    fn polynomials_start_with_the_constant() {
        assert_eq!(polynomial(&[ONE, ONE, ONE], 0), ONE);
        assert_eq!(polynomial(&[ONE, ONE, ONE], ONE), 3 * ONE);
        assert_eq!(polynomial(&[], ONE), 0);
    }
}
