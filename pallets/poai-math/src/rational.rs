//! A product divided.

use sp_arithmetic::{helpers_128bit::multiply_by_rational_with_rounding, Rounding};

/// Returns `⌊a·b/c⌋`, or nothing if `c` is zero or the result has more than 128 bits.
///
/// The product has 128 bits where that suffices, which is much cheaper than 256.
pub(crate) fn mul_div(a: u128, b: u128, c: u128) -> Option<u128> {
    match a.checked_mul(b) {
        Some(product) => product.checked_div(c),
        None => multiply_by_rational_with_rounding(a, b, c, Rounding::Down),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounded_down_whether_wide_or_not() {
        assert_eq!(mul_div(7, 3, 2), Some(10));
        assert_eq!(mul_div(u128::MAX, 3, 4), Some(u128::MAX / 4 * 3 + 2));
        assert_eq!(mul_div(u128::MAX, u128::MAX, u128::MAX), Some(u128::MAX));
    }

    #[test]
    fn nothing_where_there_is_no_result() {
        assert_eq!(mul_div(1, 1, 0), None);
        assert_eq!(mul_div(u128::MAX, 2, 0), None);
        assert_eq!(mul_div(u128::MAX, 2, 1), None);
    }
}
