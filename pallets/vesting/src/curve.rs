//! How much of an amount is vested when: exact, by whole numbers alone.
//!
//! A curve has a weight for each of its years. What a year releases is its weight among all weights, evenly over the year; nothing
//! is vested before the cliff, and at the cliff everything is that the years before it brought.
//!
//! # Two curves
//! * [`EVEN`], four years of equal weight: a quarter is vested at the cliff, the rest evenly over three more years. This is what
//!   "unlock over 4 years with an initial 1-year cliff" means wherever shares are promised to people.
//! * [`DECREASING`], seven years, the first of them without a release; each year after the second releases two thirds of the one
//!   before. "The network rewards decrease over time", so the cliff must not bring what a first year would have: that would be the
//!   largest of all releases in one epoch, paid to whoever happens to be there. Two thirds halve the rewards in 1.7 years and leave
//!   a twentieth for the last year, so that the pool comes to live on what jobs pay step by step; as powers of two and three their
//!   weights are whole, 243 to 32.

use neurite_primitives::{Balance, Moment};
use sp_arithmetic::{helpers_128bit::multiply_by_rational_with_rounding, Rounding};

/// A year in milliseconds: 365.25 days.
pub const YEAR: Moment = 31_557_600_000;

/// How an amount is released over years.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Curve {
    /// Time in milliseconds before which nothing is vested.
    pub cliff: Moment,
    /// The weight of each year.
    pub years: &'static [u16],
}

/// Evenly over four years, the first quarter at the end of the first year.
pub const EVEN: Curve = Curve { cliff: YEAR, years: &[1, 1, 1, 1] };
/// Nothing in the first of seven years, then each year two thirds of the one before.
pub const DECREASING: Curve = Curve { cliff: YEAR, years: &[0, 243, 162, 108, 72, 48, 32] };

impl Curve {
    /// Returns what of an amount is vested when `elapsed` milliseconds have passed, rounded down; all of it at the end.
    pub fn vested(&self, amount: Balance, elapsed: Moment) -> Balance {
        if elapsed < self.cliff {
            return 0;
        }
        let (mut vested, mut all, mut rest): (u128, u128, Moment) = (0, 0, elapsed);
        for weight in self.years {
            let weight = u128::from(*weight);
            vested = vested.saturating_add(weight.saturating_mul(rest.min(YEAR).into()));
            all = all.saturating_add(weight.saturating_mul(YEAR.into()));
            rest = rest.saturating_sub(YEAR);
        }
        // `all` is not zero and the product has 256 bits, so that there always is a result.
        multiply_by_rational_with_rounding(amount, vested, all, Rounding::Down).unwrap_or_default()
    }

    /// Returns the time in milliseconds after which everything is vested.
    pub fn length(&self) -> Moment {
        self.years.iter().fold(0, |length: Moment, _| length.saturating_add(YEAR))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DAY: Moment = 86_400_000;
    const CURVES: [Curve; 2] = [EVEN, DECREASING];

    #[test]
    fn nothing_is_vested_before_the_cliff_and_everything_at_the_end() {
        for (curve, years) in [(EVEN, 4), (DECREASING, 7)] {
            assert_eq!(curve.length(), years * YEAR);
            for amount in [0, 1, 7, 2_000_000_000_000_000_000_000, u128::MAX] {
                assert_eq!(curve.vested(amount, 0), 0);
                assert_eq!(curve.vested(amount, YEAR - 1), 0);
                assert_eq!(curve.vested(amount, years * YEAR), amount);
                assert_eq!(curve.vested(amount, Moment::MAX), amount);
                assert!(amount == 0 || curve.vested(amount, years * YEAR - 1) < amount, "the last millisecond counts");
            }
        }
    }

    #[test]
    fn people_have_a_quarter_at_the_cliff_and_the_rest_evenly() {
        assert_eq!(EVEN.vested(4_000, YEAR), 1_000);
        assert_eq!(EVEN.vested(4_000, YEAR + YEAR / 2), 1_500);
        assert_eq!(EVEN.vested(4_000, 3 * YEAR), 3_000);
    }

    #[test]
    fn rewards_have_no_lump_and_decrease_by_a_third_each_year() {
        let sum = 665;
        let of_year = |year: Moment| DECREASING.vested(sum, (year + 1) * YEAR) - DECREASING.vested(sum, year * YEAR);
        assert_eq!((0..7).map(of_year).collect::<Vec<_>>(), [0, 243, 162, 108, 72, 48, 32]);
        for year in 2..7 {
            assert_eq!(3 * of_year(year), 2 * of_year(year - 1));
        }
    }

    #[test]
    fn what_a_day_releases_never_grows() {
        let amount = 2_000_000_000 * 1_000_000_000_000;
        let of_day = |day: Moment| DECREASING.vested(amount, (day + 1) * DAY) - DECREASING.vested(amount, day * DAY);
        let first = YEAR.div_ceil(DAY);
        for day in first..DECREASING.length() / DAY {
            assert!(of_day(day) <= of_day(day - 1) + 1 || day == first, "day {day}");
        }
    }

    proptest! {
        #[test]
        fn more_time_never_means_less(amount in any::<u128>(), first in 0..8 * YEAR, second in 0..8 * YEAR) {
            for curve in CURVES {
                let (early, late) = (curve.vested(amount, first.min(second)), curve.vested(amount, first.max(second)));
                prop_assert!(early <= late && late <= amount);
            }
        }

        #[test]
        fn parts_vest_no_faster_than_the_whole(one in 0..u128::MAX / 2, other in 0..u128::MAX / 2, elapsed in 0..8 * YEAR) {
            for curve in CURVES {
                let parts = curve.vested(one, elapsed) + curve.vested(other, elapsed);
                let whole = curve.vested(one + other, elapsed);
                prop_assert!(parts <= whole && whole <= parts + 1, "rounding costs a unit at most");
            }
        }
    }
}
