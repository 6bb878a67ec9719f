//! Tests of `AGGREGATE`: the numbers, the windows, and that batches do not matter.

use super::*;
use crate::testing::{depends_on_rows_only, faults, open, run, Rows};
use neurite_core::FailureClass;
use proptest::prelude::*;
use serde_json::{json, Map, Value};

fn windows(parameters: Value, rows: &Rows) -> Vec<Map<String, Value>> {
    run(&mut *open(&Aggregate, parameters), rows, 4).unwrap().0
}

fn rows_of(windows: &[Map<String, Value>]) -> Vec<(u64, u64, bool)> {
    let number = |window: &Map<String, Value>, key: &str| window[key].as_u64().unwrap();
    windows.iter().map(|window| (number(window, "FROM_ROW"), number(window, "TO_ROW"), window["COMPLETE"] == true)).collect()
}

#[test]
fn a_window_of_rows_has_all_statistics() {
    let parameters = json!({ "VALUES": ["value"], "WINDOW_ROWS": 5, "QUANTILES": [0.0, 0.5, 1.0] });
    let told = windows(parameters, &Rows::of(&[2.0, 4.0, f64::NAN, 9.0, 5.0]));
    assert_eq!(rows_of(&told), [(1, 5, true)]);
    let value = &told[0]["VALUES"]["value"];
    let expected = json!({ "COUNT": 4, "MEAN": 5.0, "MIN": 2.0, "MAX": 9.0, "STD": 6.5f64.sqrt(), "FIRST": 2.0, "LAST": 5.0,
        "QUANTILES": { "0": 2.0, "0.5": 4.0, "1": 9.0 } });
    assert_eq!(value, &expected);
    assert_eq!((told[0]["FROM"].as_i64(), told[0]["TO"].as_i64(), told[0]["ROWS"].as_u64()), (Some(0), Some(4000), Some(5)));
}

#[test]
fn windows_of_rows_overlap_and_the_last_may_be_short() {
    let parameters = json!({ "VALUES": ["value"], "WINDOW_ROWS": 4, "STEPS": 2, "STATISTICS": ["MEAN"] });
    let told = windows(parameters, &Rows::of(&[1.0, 2.0, 3.0, 4.0, 5.0]));
    assert_eq!(rows_of(&told), [(1, 2, false), (1, 4, true), (3, 5, false)]);
    assert_eq!(told[1]["VALUES"], json!({ "value": { "MEAN": 2.5 } }));
}

#[test]
fn windows_of_time_end_when_a_later_row_comes_and_leave_gaps_out() {
    let parameters = json!({ "VALUES": ["value"], "WINDOW_SECONDS": 10, "STEPS": 2, "STATISTICS": ["COUNT"] });
    let rows = Rows::timed(&[1.0, 2.0, 3.0, 4.0], vec![1000, 6000, 40_000, 44_999]);
    let told = windows(parameters, &rows);
    assert_eq!(rows_of(&told), [(1, 1, false), (1, 2, false), (2, 2, true), (3, 4, false)]);
    let bounds: Vec<(i64, i64)> = told.iter().map(|window| (window["FROM"].as_i64().unwrap(), window["TO"].as_i64().unwrap())).collect();
    assert_eq!(bounds, [(-5000, 5000), (0, 10_000), (5000, 15_000), (35_000, 45_000)]);
}

#[test]
fn late_rows_are_counted_where_the_window_is_filled() {
    let parameters = json!({ "VALUES": ["value"], "WINDOW_SECONDS": 1 });
    let (told, result) = run(&mut *open(&Aggregate, parameters), &Rows::timed(&[1.0, 2.0, 3.0], vec![0, 5000, 100]), 1).unwrap();
    assert_eq!(rows_of(&told), [(1, 1, true), (2, 3, false)]);
    assert_eq!(result, Some(json!({ "ROWS": 3, "WINDOWS": 2, "LATE": 1 })));
}

#[test]
fn quantiles_of_more_numbers_than_are_kept_stay_close() {
    let count = 10 * MAX_SAMPLE;
    let values: Vec<f64> = (0..count).map(|row| ((row * 7919) % count) as f64 / count as f64).collect();
    let parameters = json!({ "VALUES": ["value"], "WINDOW_ROWS": count, "QUANTILES": [0.1, 0.5, 0.99] });
    let mut instance = open(&Aggregate, parameters);
    let (told, _) = run(&mut *instance, &Rows::of(&values), 1000).unwrap();
    for (share, found) in told[0]["VALUES"]["value"]["QUANTILES"].as_object().unwrap() {
        let error = (share.parse::<f64>().unwrap() - found.as_f64().unwrap()).abs();
        assert!(error < 0.01, "quantile {share} is off by {error}");
    }
}

#[test]
fn keys_that_contradict_each_other_are_faults() {
    let fault = |parameters: Value| faults(&Aggregate, parameters);
    assert_eq!(fault(json!({ "VALUES": ["a"] })), ["/WINDOW_ROWS"]);
    assert_eq!(fault(json!({ "VALUES": ["a"], "WINDOW_ROWS": 3, "WINDOW_SECONDS": 3 })), ["/WINDOW_ROWS"]);
    assert_eq!(fault(json!({ "VALUES": ["a"], "WINDOW_ROWS": 3, "STEPS": 2 })), ["/STEPS"]);
    assert_eq!(fault(json!({ "VALUES": ["a", "a"], "WINDOW_ROWS": 3 })), ["/VALUES"]);
}

#[test]
fn windows_of_time_need_times() {
    let untimed = Rows { fields: Rows::of(&[9.0]).fields[..1].to_vec(), inference: Vec::new() };
    let error = run(&mut *open(&Aggregate, json!({ "VALUES": ["value"], "WINDOW_SECONDS": 1 })), &untimed, 1).unwrap_err();
    assert_eq!(error.class(), FailureClass::Input);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn merged_moments_are_those_of_all_rows(values in proptest::collection::vec(-1e3..1e3f64, 8..40), steps in 1usize..5) {
        let window = steps * (values.len() / steps);
        let parameters = json!({ "VALUES": ["value"], "WINDOW_ROWS": window, "STEPS": steps });
        let told = windows(parameters, &Rows::of(&values[..window]));
        let value = &told[steps - 1]["VALUES"]["value"];
        let mean = values[..window].iter().sum::<f64>() / window as f64;
        let variance = values[..window].iter().map(|value| (value - mean).powi(2)).sum::<f64>() / window as f64;
        prop_assert!((value["MEAN"].as_f64().unwrap() - mean).abs() < 1e-9);
        prop_assert!((value["STD"].as_f64().unwrap() - variance.sqrt()).abs() < 1e-9);
        prop_assert_eq!(value["COUNT"].as_u64(), Some(window as u64));
    }

    #[test]
    fn batches_and_restarts_do_not_matter(
        values in proptest::collection::vec(prop_oneof![9 => 0.0..10.0f64, 1 => Just(f64::NAN)], 1..40),
        pauses in proptest::collection::vec(-500i64..4000, 40), steps in 1u16..4, by_time in any::<bool>(),
    ) {
        let times = pauses.iter().scan(0, |time, pause| { *time += pause; Some(*time) }).take(values.len()).collect();
        let rows = Rows::timed(&values, times);
        let length = if by_time { "WINDOW_SECONDS" } else { "WINDOW_ROWS" };
        let parameters = json!({ "VALUES": ["value"], length: 6 * steps, "STEPS": steps, "QUANTILES": [0.3] });
        depends_on_rows_only(|| open(&Aggregate, parameters.clone()), &rows, &[1, 7]);
    }
}
