//! Properties that hold for all arguments.

use poai_math::*;
use proptest::prelude::*;
use sp_arithmetic::{FixedI128, FixedU128};

const LIMIT: i128 = 8_000_000_000_000_000_000;

fn exponent() -> impl Strategy<Value = i128> {
    prop_oneof![4 => -LIMIT..=LIMIT, 1 => any::<i128>(), 1 => -1_000i128..1_000]
}

fn magnitude() -> impl Strategy<Value = u128> {
    (1u128..=u128::MAX, 0u32..128).prop_map(|(bits, shift)| (bits >> shift).max(1))
}

fn exp_of(inner: i128) -> FixedU128 {
    exp(FixedI128::from_inner(inner))
}

fn ln_of(inner: u128) -> FixedI128 {
    ln(FixedU128::from_inner(inner)).expect("positive")
}

/// Returns the index of a clean deed that was always there.
fn index_of(score: u64, units: u128, score_ref: u64, units_ref: u128) -> u128 {
    let capacity = capacity(score, score_ref);
    let power = power(capacity, actual(units, units_ref, capacity), FixedI128::from_inner(0));
    index(power, 255, 1, 255, AliveMode::Lifetime)
}

fn sum_of_shares(reserved: u128, indices: &[u128]) -> u128 {
    let total = indices.iter().sum();
    indices.iter().map(|index| share(reserved, *index, total)).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_096))]

    #[test]
    fn exp_never_decreases_between_neighbours(x in exponent()) {
        prop_assert!(exp_of(x) <= exp_of(x.saturating_add(1)));
    }

    #[test]
    fn exp_never_decreases_between_any_two(x in exponent(), y in exponent()) {
        prop_assert_eq!(exp_of(x.min(y)), exp_of(x).min(exp_of(y)));
    }

    #[test]
    fn exp_is_never_zero(x in exponent()) {
        prop_assert!(exp_of(x).into_inner() > 0);
    }

    #[test]
    fn ln_never_decreases_between_neighbours(x in magnitude()) {
        prop_assert!(ln_of(x) <= ln_of(x.saturating_add(1)));
    }

    #[test]
    fn ln_never_decreases_between_any_two(x in magnitude(), y in magnitude()) {
        prop_assert_eq!(ln_of(x.min(y)), ln_of(x).min(ln_of(y)));
    }

    #[test]
    fn ln_undoes_exp(x in -LIMIT..=LIMIT) {
        let error = ln_of(exp_of(x).into_inner()).into_inner().abs_diff(x);
        // exp keeps 18 decimals of a number as small as e^-8: 3·10^-15 of it.
        prop_assert!(error <= 3_100, "{error}");
    }

    #[test]
    fn shares_sum_to_the_reservation_less_a_small_rest(
        reserved in magnitude(),
        indices in prop::collection::vec(0u128..=2_981_000_000_000_000_000_000, 1..300),
    ) {
        prop_assume!(indices.iter().any(|index| *index > 0));
        let paid = sum_of_shares(reserved, &indices);
        let nodes = indices.len() as u128;
        prop_assert!(paid <= reserved && reserved - paid < nodes);
    }

    #[test]
    fn shares_are_exact_with_wide_products(unit in 1u128..=u128::MAX / 1_000, part in 0u128..=1_000, index in 1u128..=u128::MAX / 1_000) {
        prop_assert_eq!(share(unit * 1_000, index * part, index * 1_000), unit * part);
    }

    #[test]
    fn penalties_compose_in_whole_half_lives(inner in 0i128..=100 * LIMIT, epochs in 0u32..40, tens in 0u32..5) {
        let penalty = FixedI128::from_inner(inner);
        let (at_once, in_two) = (decay(penalty, epochs + 10 * tens), decay(decay(penalty, 10 * tens), epochs));
        prop_assert_eq!(at_once, in_two);
        prop_assert!(at_once <= penalty);
    }

    #[test]
    fn actual_is_bounded_grows_with_work_and_shrinks_with_capacity(
        one in any::<u128>(), other in any::<u128>(), units_ref in any::<u128>(), x in any::<i128>(), y in any::<i128>(),
    ) {
        let of = |units, capacity| actual(units, units_ref, FixedI128::from_inner(capacity));
        prop_assert!(of(one.min(other), x) <= of(one.max(other), x));
        prop_assert!(of(one, x.max(y)) <= of(one, x.min(y)));
        prop_assert!((0..=LIMIT / 2).contains(&of(one, x).into_inner()));
    }

    #[test]
    fn work_adds_to_the_index_whatever_does_it(score in 2_000u64..5_000_000, work in 0u128..50_000) {
        // Thousandths of what the machine can do, as units: never more than the clamp allows.
        let (score_ref, units_ref) = (100_000, 1_000_000_000_000_000);
        let units = u128::from(score) * work * units_ref / (1_000 * u128::from(score_ref));
        let expected = u128::from(score) * (1_000 + work) * 10u128.pow(10);
        let error = index_of(score, units, score_ref, units_ref).abs_diff(expected);
        prop_assert!(error <= expected / 10u128.pow(12), "{error} of {expected}");
    }

    #[test]
    fn splitting_a_machine_and_its_work_gains_nothing_above_the_floor(part in 1_840u64..100_000, units in 0u128..1 << 60, parts in 1u64..50) {
        let (score_ref, units_ref) = (100_000, 1_000_000_000_000_000);
        let of_parts = index_of(part, units, score_ref, units_ref) * u128::from(parts);
        let whole = index_of(part * parts, units * u128::from(parts), score_ref, units_ref);
        prop_assert!(of_parts <= whole + whole / 10u128.pow(12), "{of_parts} instead of {whole}");
    }

    #[test]
    fn an_index_is_bounded_and_grows_with_availability(
        x in -LIMIT..=LIMIT, lifetime in any::<u64>(), settled in any::<u32>(), availability in 0u8..255, epoch_only in any::<bool>(),
    ) {
        let mode = if epoch_only { AliveMode::Epoch } else { AliveMode::Lifetime };
        let of = |availability| index(FixedI128::from_inner(x), lifetime, settled, availability, mode);
        prop_assert!(of(availability) <= of(availability + 1));
        prop_assert!(of(255) <= exp_of(x).into_inner());
    }

    #[test]
    fn medians_are_between_a_minority_of_liars(honest in any::<u8>(), lies in prop::collection::vec(any::<u8>(), 1..20)) {
        let mut values: Vec<u8> = lies.iter().copied().chain(std::iter::repeat_n(honest, lies.len() + 1)).collect();
        prop_assert_eq!(lower_median(&mut values), Some(honest));
    }
}
