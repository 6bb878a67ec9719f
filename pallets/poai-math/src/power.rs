//! The terms of a node's power score, and its power index.

use crate::{exp, ln, rational::mul_div, EXPONENT_LIMIT};
use sp_arithmetic::{traits::Saturating, FixedI128, FixedPointNumber, FixedU128};

/// The largest magnitude of `capacity` and `actual`.
pub const TERM_LIMIT: FixedI128 = FixedI128::from_u32(4);
/// Availability for all of an epoch.
pub const FULL_AVAILABILITY: u8 = u8::MAX;

/// Settled epochs in which a penalty halves.
const HALF_LIFE: u32 = 10;
/// `2^(−n/10)` with 18 decimals, rounded down, for n from 0 to 9.
const DECAY: [u64; 10] = [
    1_000_000_000_000_000_000,
    933_032_991_536_807_415,
    870_550_563_296_124_139,
    812_252_396_356_235_522,
    757_858_283_255_199_041,
    707_106_781_186_547_524,
    659_753_955_386_447_129,
    615_572_206_672_458_142,
    574_349_177_498_517_503,
    535_886_731_268_146_582,
];

/// How a node's past counts in its index (Equation 2).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum AliveMode {
    /// Life-time availability times the epoch's own.
    #[default]
    Lifetime,
    /// Only the epoch's own availability.
    Epoch,
}

/// Returns `ln(score/score_ref)`, clamped to [−4, 4]; the least for a score of zero.
///
/// A reference of zero counts as one.
pub fn capacity(score: u64, score_ref: u64) -> FixedI128 {
    let lowest = TERM_LIMIT.saturating_mul(FixedI128::saturating_from_integer(-1));
    let ratio = mul_div(score.into(), FixedU128::DIV, score_ref.max(1).into()).unwrap_or(u128::MAX);
    ln(FixedU128::from_inner(ratio)).map_or(lowest, |term| term.clamp(lowest, TERM_LIMIT))
}

/// Returns `ln(1 + (units/units_ref)/e^capacity)`, clamped to [0, 4].
///
/// Units count in relation to what the machine can do, so that work adds to the index whatever machine does it: without a penalty
/// and within the clamps `e^(capacity + actual) = e^capacity + units/units_ref`. A reference of zero counts as one.
pub fn actual(units: u128, units_ref: u128, capacity: FixedI128) -> FixedI128 {
    if units == 0 {
        return FixedI128::from_u32(0);
    }
    let inverse = exp(FixedI128::from_u32(0).saturating_sub(capacity));
    // One product, rounded down once. A quotient beyond 128 bits is far beyond the clamp.
    let ratio = mul_div(units, inverse.into_inner(), units_ref.max(1)).unwrap_or(u128::MAX);
    let sum = FixedU128::from_inner(ratio).saturating_add(FixedU128::from_u32(1));
    ln(sum).unwrap_or_default().clamp(FixedI128::from_u32(0), TERM_LIMIT)
}

/// Returns `capacity + actual − penalty`, clamped to [−8, 8].
pub fn power(capacity: FixedI128, actual: FixedI128, penalty: FixedI128) -> FixedI128 {
    let lowest = EXPONENT_LIMIT.saturating_mul(FixedI128::saturating_from_integer(-1));
    capacity.saturating_add(actual).saturating_sub(penalty).clamp(lowest, EXPONENT_LIMIT)
}

/// Returns what is left of a penalty after a number of settled epochs: `penalty·2^(−epochs/10)`, rounded down.
///
/// It is smooth, `decay(p, 0)` is `p`, and every ten epochs halve it exactly (up to the last decimal). A penalty below zero
/// counts as zero.
pub fn decay(penalty: FixedI128, epochs: u32) -> FixedI128 {
    let inner = u128::try_from(penalty.into_inner()).unwrap_or_default();
    let (halvings, rest) = (epochs / HALF_LIFE, epochs % HALF_LIFE);
    let halved = inner.checked_shr(halvings).unwrap_or_default();
    // The remainder of a division by ten is always found.
    let factor = usize::try_from(rest).ok().and_then(|rest| DECAY.get(rest)).copied().unwrap_or_default();
    let decimal: u128 = FixedU128::DIV;
    let left = mul_div(halved, factor.into(), decimal).unwrap_or_default();
    FixedI128::from_inner(i128::try_from(left).unwrap_or(i128::MAX))
}

/// Returns the power index with 18 decimals: `exp(P)·τ·a/255` with `τ = lifetime/(255·settled)`, or `exp(P)·a/255`, by `mode`.
///
/// `lifetime` is the sum of a node's availabilities over its life, `settled` the number of settled epochs, both including this
/// one; `τ` never exceeds 1 and is 0 if nothing was settled. Rounded down once, at the end.
pub fn index(power: FixedI128, lifetime: u64, settled: u32, availability: u8, mode: AliveMode) -> u128 {
    let full = u64::from(FULL_AVAILABILITY);
    let (numerator, denominator) = match mode {
        AliveMode::Epoch => (u128::from(availability), u128::from(full)),
        AliveMode::Lifetime => {
            let longest = u64::from(settled).saturating_mul(full);
            let numerator = u128::from(lifetime.min(longest)).saturating_mul(availability.into());
            (numerator, u128::from(longest).saturating_mul(full.into()))
        }
    };
    mul_div(exp(power).into_inner(), numerator, denominator).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixed(numerator: i128, denominator: i128) -> FixedI128 {
        FixedI128::saturating_from_rational(numerator, denominator)
    }

    #[test]
    fn capacity_is_zero_at_the_reference_and_clamped() {
        assert_eq!(capacity(1_000, 1_000), fixed(0, 1));
        assert_eq!(capacity(0, 1_000), fixed(-4, 1));
        assert_eq!(capacity(1, u64::MAX), fixed(-4, 1));
        assert_eq!(capacity(u64::MAX, 1), fixed(4, 1));
        assert_eq!(capacity(7, 0), capacity(7, 1));
        assert_eq!(capacity(2_000, 1_000).into_inner(), 693_147_180_559_945_309);
    }

    #[test]
    fn actual_is_zero_without_work_and_clamped() {
        let zero = fixed(0, 1);
        assert_eq!(actual(0, 10, zero), zero);
        assert_eq!(actual(10, 10, zero).into_inner(), 693_147_180_559_945_309);
        assert_eq!(actual(u128::MAX, 1, zero), fixed(4, 1));
        assert_eq!(actual(u128::MAX, 1, fixed(4, 1)), fixed(4, 1));
        assert_eq!(actual(u128::MAX, u128::MAX, zero).into_inner(), 693_147_180_559_945_309);
        assert_eq!(actual(5, 0, zero), actual(5, 1, zero));
        assert_eq!(actual(0, 0, fixed(-4, 1)), zero);
    }

    /// Returns the capacity, the work and the index of a clean deed that was always there.
    fn bits(score: u64, units: u128) -> (i128, i128, u128) {
        let capacity = capacity(score, 1_000);
        let actual = actual(units, 1_000_000_000_000, capacity);
        let index = index(power(capacity, actual, fixed(0, 1)), 255, 1, FULL_AVAILABILITY, AliveMode::Lifetime);
        (capacity.into_inner(), actual.into_inner(), index)
    }

    #[test]
    fn work_adds_to_the_index_bit_by_bit() {
        let golden = [
            (1_000, 4, (0, 1_609_437_912_434_100_375, 5_000_000_000_000_000_005)),
            (3_000, 4, (1_098_612_288_668_109_691, 847_297_860_387_203_613, 6_999_999_999_999_999_995)),
            (250, 2, (-1_386_294_361_119_890_619, 2_197_224_577_336_219_383, 2_250_000_000_000_000_000)),
            (20_000, 100, (2_995_732_273_553_990_994, 1_791_759_469_228_054_984, 119_999_999_999_999_998_320)),
        ];
        for (score, work, expected) in golden {
            assert_eq!(bits(score, work * 1_000_000_000_000), expected, "{score} {work}");
        }
    }

    #[test]
    fn work_counts_up_to_e_to_the_fourth_times_what_the_machine_can_do() {
        let most = |score: u64, units: u128| bits(score, units).2;
        assert_eq!(most(1_000, 60_000_000_000_000), most(1_000, u128::MAX));
        assert!(most(1_000, 53_000_000_000_000) < most(1_000, u128::MAX));
        assert!(most(2_000, 60_000_000_000_000) < most(2_000, u128::MAX));
    }

    #[test]
    fn power_is_the_clamped_sum() {
        assert_eq!(power(fixed(1, 2), fixed(1, 4), fixed(2, 1)), fixed(-5, 4));
        assert_eq!(power(fixed(4, 1), fixed(4, 1), fixed(0, 1)), fixed(8, 1));
        assert_eq!(power(fixed(4, 1), fixed(5, 1), fixed(0, 1)), fixed(8, 1));
        assert_eq!(power(fixed(0, 1), fixed(0, 1), FixedI128::from_inner(i128::MAX)), fixed(-8, 1));
    }

    #[test]
    fn penalties_halve_every_ten_epochs() {
        assert_eq!(decay(fixed(2, 1), 0), fixed(2, 1));
        assert_eq!(decay(fixed(2, 1), 10), fixed(1, 1));
        assert_eq!(decay(fixed(2, 1), 30), fixed(1, 4));
        assert_eq!(decay(fixed(2, 1), 5).into_inner(), 1_414_213_562_373_095_048);
        assert_eq!(decay(fixed(2, 1), u32::MAX), fixed(0, 1));
        assert_eq!(decay(fixed(-2, 1), 3), fixed(0, 1));
        for epochs in 0..700 {
            assert!(decay(fixed(3, 1), epochs) >= decay(fixed(3, 1), epochs + 1));
        }
    }

    #[test]
    fn the_index_is_linear_in_measured_capability() {
        let of = |score| index(power(capacity(score, 1_000), fixed(0, 1), fixed(0, 1)), 255, 1, 255, AliveMode::Lifetime);
        let (one, three) = (of(1_000), of(3_000));
        assert_eq!(one, 1_000_000_000_000_000_000);
        assert!(three.abs_diff(3 * one) <= 3_000_000);
    }

    #[test]
    fn the_index_counts_the_past_and_the_present() {
        let zero = fixed(0, 1);
        assert_eq!(index(zero, 255, 2, 255, AliveMode::Lifetime), 500_000_000_000_000_000);
        assert_eq!(index(zero, 255, 2, 255, AliveMode::Epoch), 1_000_000_000_000_000_000);
        assert_eq!(index(zero, 255, 1, 51, AliveMode::Lifetime), 200_000_000_000_000_000);
        assert_eq!(index(zero, 255, 1, 0, AliveMode::Lifetime), 0);
        assert_eq!(index(zero, 255, 0, 255, AliveMode::Lifetime), 0);
        assert_eq!(index(zero, u64::MAX, u32::MAX, 255, AliveMode::Lifetime), 1_000_000_000_000_000_000);
    }
}
