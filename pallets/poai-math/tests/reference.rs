//! Compares `exp`, `ln` and indices with tables of 50 digits, which `make_tables.py` writes.

use poai_math::{actual, capacity, exp, index, ln, power, AliveMode, FULL_AVAILABILITY};
use sp_arithmetic::{FixedI128, FixedU128};

/// Decimals that the comparison uses of the tables' 50 digits.
const DECIMALS: usize = 30;
/// 10¹²: the inverse of the allowed error.
const INVERSE_ERROR: u128 = 1_000_000_000_000;
/// One, and the factor from 18 to 30 decimals.
const ONE: u128 = 10u128.pow(DECIMALS as u32);
const FACTOR: u128 = 10u128.pow(DECIMALS as u32 - 18);

/// Returns the sign and the magnitude of a decimal number with the given number of decimals, cutting off what follows.
fn parse(text: &str, decimals: usize) -> (bool, u128) {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
    let (integer, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let fraction: String = fraction.chars().chain(std::iter::repeat('0')).take(decimals).collect();
    (negative, format!("{integer}{fraction}").parse().expect("the tables hold numbers"))
}

fn signed((negative, magnitude): (bool, u128)) -> i128 {
    let magnitude = i128::try_from(magnitude).expect("fits");
    if negative {
        -magnitude
    } else {
        magnitude
    }
}

fn table(text: &'static str) -> Vec<(&'static str, &'static str)> {
    text.lines().map(|line| line.split_once(' ').expect("two columns")).collect()
}

#[test]
fn exp_agrees_to_twelve_digits() {
    let table = table(include_str!("exp_table.txt"));
    assert!(table.len() >= 1_000);
    assert_eq!(table.first().map(|row| row.0), Some("-8"));
    assert_eq!(table.last().map(|row| row.0), Some("8"));
    for (argument, image) in table {
        let value = exp(FixedI128::from_inner(signed(parse(argument, 18)))).into_inner() * FACTOR;
        let (_, expected) = parse(image, DECIMALS);
        assert!(value.abs_diff(expected) * INVERSE_ERROR <= expected, "exp({argument}) = {value} instead of {expected}");
    }
}

#[test]
fn ln_agrees_to_twelve_digits() {
    let table = table(include_str!("ln_table.txt"));
    assert!(table.len() >= 1_000);
    for (argument, image) in table {
        let (_, inner) = parse(argument, 18);
        let value = ln(FixedU128::from_inner(inner)).expect("positive").into_inner();
        let (negative, expected) = parse(image, DECIMALS);
        assert!(value == 0 || (value < 0) == negative, "sign of ln({argument})");
        let error = (value.unsigned_abs() * FACTOR).abs_diff(expected);
        assert!(error * INVERSE_ERROR <= expected.max(ONE), "ln({argument}) = {value} instead of {image}");
    }
}

#[test]
fn logarithms_keep_all_decimals_but_the_last() {
    for (argument, image) in table(include_str!("ln_table.txt")) {
        let (_, inner) = parse(argument, 18);
        let value = ln(FixedU128::from_inner(inner)).expect("positive").into_inner();
        assert!(value.abs_diff(signed(parse(image, 18))) <= 5, "ln({argument}) = {value} instead of {image}");
    }
}

#[test]
fn indices_agree_to_twelve_digits() {
    let (score_ref, units_ref) = (100_000, 1_000_000_000_000_000);
    let table = table(include_str!("index_table.txt"));
    assert!(table.len() >= 300);
    for (score, rest) in table {
        let (units, image) = rest.split_once(' ').expect("three columns");
        let capacity = capacity(score.parse().expect("a score"), score_ref);
        let actual = actual(units.parse().expect("an amount"), units_ref, capacity);
        let power = power(capacity, actual, FixedI128::from_u32(0));
        let value = index(power, FULL_AVAILABILITY.into(), 1, FULL_AVAILABILITY, AliveMode::Lifetime) * FACTOR;
        let (_, expected) = parse(image, DECIMALS);
        assert!(value.abs_diff(expected) * INVERSE_ERROR <= expected, "index({score}, {units}) = {value} instead of {expected}");
    }
}
