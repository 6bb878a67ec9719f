//! The division of a reservation among nodes.

use crate::rational::mul_div;

/// Returns `⌊reserved·index/total⌋` with a 256-bit product; zero if `total` is.
///
/// An index above the total counts as the total, so that no share exceeds the reservation. If the indices sum to the total,
/// the shares sum to the reservation less a rest smaller than the number of shares.
pub fn share(reserved: u128, index: u128, total: u128) -> u128 {
    mul_div(reserved, index.min(total), total).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_rounded_down() {
        assert_eq!(share(100, 1, 3), 33);
        assert_eq!(share(100, 3, 3), 100);
        assert_eq!(share(u128::MAX, u128::MAX - 1, u128::MAX), u128::MAX - 1);
    }

    #[test]
    fn nothing_of_nothing() {
        assert_eq!(share(100, 1, 0), 0);
        assert_eq!(share(0, 1, 2), 0);
        assert_eq!(share(100, 0, 2), 0);
    }

    #[test]
    fn no_share_exceeds_the_reservation() {
        assert_eq!(share(100, 5, 3), 100);
    }
}
