//! Unsigned numbers with 120 binary digits after the point, held in a `u128`.
//!
//! Every operation rounds down. A composition of such operations on non-negative numbers is monotone in each of its arguments,
//! which is why [`crate::exp`] and [`crate::ln`] never decrease.

/// Binary digits after the point.
pub(crate) const FRACTION: u32 = 120;
/// The number one.
pub(crate) const ONE: u128 = 1 << FRACTION;
/// `ln 2`, rounded down.
pub(crate) const LN_2: u128 = 921_350_637_599_661_305_226_344_307_672_478_454;
/// `ln 10^18`, rounded down.
pub(crate) const LN_DECIMAL: u128 = 55_091_890_229_124_590_634_750_362_065_086_143_195;
/// One in the 18 decimals of `FixedU128` and `FixedI128`.
pub(crate) const DECIMAL: u128 = 1_000_000_000_000_000_000;

const LIMB: u32 = 64;
const LIMB_MASK: u128 = (1 << LIMB) - 1;

/// Returns the product rounded down; both factors are below 2¹²⁶ and the product below 2¹²⁸.
pub(crate) fn mul(a: u128, b: u128) -> u128 {
    let (a_high, a_low) = (a >> LIMB, a & LIMB_MASK);
    let (b_high, b_low) = (b >> LIMB, b & LIMB_MASK);
    // The limbs are below 2⁶⁴, so that no product of two wraps; the high ones are below 2⁶², so that the sum does not.
    let low = a_low.wrapping_mul(b_low) >> LIMB;
    let middle = a_low.wrapping_mul(b_high).wrapping_add(a_high.wrapping_mul(b_low)).wrapping_add(low);
    let high = a_high.wrapping_mul(b_high);
    (high << (2 * LIMB - FRACTION)).wrapping_add(middle >> (FRACTION - LIMB))
}

/// Returns a polynomial's value by Horner's rule, coefficients in ascending order, rounding down at each step.
pub(crate) fn polynomial(coefficients: &[u128], x: u128) -> u128 {
    coefficients.iter().rev().fold(0, |value, coefficient| mul(value, x).saturating_add(*coefficient))
}

/// Converts a decimal number with 18 decimals, at most 127, rounding down.
pub(crate) fn from_decimal(decimal: u128) -> u128 {
    // Long division by limbs: integer part, then twice 64 binary digits. A remainder is below 2⁶⁰, so that no shift loses bits.
    let (integer, rest) = div_rem(decimal);
    let (first, rest) = div_rem(rest << LIMB);
    let (second, _) = div_rem(rest << LIMB);
    (integer << FRACTION) | (first << (FRACTION - LIMB)) | (second >> (2 * LIMB - FRACTION))
}

fn div_rem(numerator: u128) -> (u128, u128) {
    (numerator / DECIMAL, numerator % DECIMAL)
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
        assert_eq!(mul(48 * ONE, DECIMAL), 48 * DECIMAL);
    }

    #[test]
    fn decimals_are_converted_exactly_or_rounded_down() {
        assert_eq!(from_decimal(0), 0);
        assert_eq!(from_decimal(DECIMAL), ONE);
        assert_eq!(from_decimal(8 * DECIMAL), 8 * ONE);
        assert_eq!(from_decimal(DECIMAL / 2), ONE / 2);
        assert_eq!(from_decimal(1), ONE / DECIMAL);
        assert_eq!(from_decimal(DECIMAL - 1), ONE - ONE / DECIMAL - 1);
    }

    #[test]
    fn polynomials_start_with_the_constant() {
        assert_eq!(polynomial(&[ONE, ONE, ONE], 0), ONE);
        assert_eq!(polynomial(&[ONE, ONE, ONE], 2 * ONE), 7 * ONE);
        assert_eq!(polynomial(&[], ONE), 0);
    }
}
