//! Availability from covered time, and the median of what oracles reported.

use crate::power::FULL_AVAILABILITY;

/// Returns `min(255, 255·covered/epoch)` rounded half up; zero for an epoch without length.
///
/// Both times are in milliseconds.
pub fn availability(covered: u64, epoch: u64) -> u8 {
    let doubled = u128::from(epoch).saturating_mul(2);
    u128::from(covered)
        .saturating_mul(u128::from(FULL_AVAILABILITY))
        .saturating_mul(2)
        .saturating_add(epoch.into())
        .checked_div(doubled)
        .map_or(0, |value| u8::try_from(value).unwrap_or(FULL_AVAILABILITY))
}

/// Returns the lower median, or nothing of nothing; sorts the values.
///
/// Of an even number of values it is the smaller of the two in the middle.
pub fn lower_median<T: Ord + Copy>(values: &mut [T]) -> Option<T> {
    values.sort_unstable();
    values.get(values.len().saturating_sub(1) / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn availability_is_rounded_half_up() {
        assert_eq!(availability(0, 60_000), 0);
        assert_eq!(availability(60_000, 60_000), 255);
        assert_eq!(availability(30_000, 60_000), 128);
        assert_eq!(availability(1, 510), 1);
        assert_eq!(availability(1, 511), 0);
        assert_eq!(availability(u64::MAX, 60_000), 255);
        assert_eq!(availability(u64::MAX, u64::MAX), 255);
        assert_eq!(availability(5, 0), 0);
    }

    #[test]
    fn the_median_is_the_lower_one() {
        assert_eq!(lower_median::<u8>(&mut []), None);
        assert_eq!(lower_median(&mut [7]), Some(7));
        assert_eq!(lower_median(&mut [9, 3]), Some(3));
        assert_eq!(lower_median(&mut [9, 3, 5]), Some(5));
        assert_eq!(lower_median(&mut [255, 0, 255, 255]), Some(255));
        assert_eq!(lower_median(&mut [0, 0, 255, 255]), Some(0));
    }
}
