//! Tests of `FORECAST_SEASONAL`: what each method expects, how its errors are counted, and that batches do not matter.

use super::*;
use crate::testing::{depends_on_rows_only, open, run, Rows};
use proptest::prelude::*;
use serde_json::{json, Value};

fn points(parameters: Value, values: &[f64]) -> Vec<f64> {
    let (payloads, _) = run(&mut *open(&ForecastSeasonal, parameters), &Rows::of(values), 4).unwrap();
    let steps = payloads.last().expect("a forecast")["STEPS"].as_array().unwrap().clone();
    steps.iter().map(|step| step["POINT"].as_f64().unwrap()).collect()
}

fn parameters(method: &str) -> Value {
    json!({ "VALUE": "value", "METHOD": method, "PERIOD": 2, "HORIZON": 3, "STEP": 6 })
}

#[test]
fn each_method_expects_what_it_says() {
    let rising = [1.0, 10.0, 3.0, 12.0, 5.0, 14.0];
    assert_eq!(points(parameters("SEASONAL_NAIVE"), &rising), [5.0, 14.0, 5.0]);
    assert_eq!(points(parameters("SEASONAL_DRIFT"), &rising), [7.0, 16.0, 9.0]);
    let smoothed = points(parameters("EXPONENTIAL_SMOOTHING"), &rising);
    for (found, expected) in smoothed.iter().zip([7.0, 16.0, 9.0]) {
        assert!((found - expected).abs() < 1e-9, "{smoothed:?}: a line with a season is continued exactly");
    }
}

#[test]
fn a_series_without_a_season_has_period_one() {
    let parameters = json!({ "VALUE": "value", "PERIOD": 1, "HORIZON": 2, "STEP": 5 });
    let found = points(parameters, &[2.0, 4.0, 6.0, 8.0, 10.0]);
    assert!((found[0] - 12.0).abs() < 1e-9 && (found[1] - 14.0).abs() < 1e-9, "{found:?}");
}

#[test]
fn no_forecast_is_made_before_enough_is_known() {
    for (method, first) in [("SEASONAL_NAIVE", 2), ("SEASONAL_DRIFT", 3), ("EXPONENTIAL_SMOOTHING", 4)] {
        let parameters = json!({ "VALUE": "value", "METHOD": method, "PERIOD": 2, "HORIZON": 1 });
        let (payloads, _) = run(&mut *open(&ForecastSeasonal, parameters), &Rows::of(&[1.0; 6]), 6).unwrap();
        assert_eq!(payloads[0]["ROW"], first, "{method}");
    }
}

#[test]
fn errors_are_absolute_and_scaled() {
    let parameters = json!({ "VALUE": "value", "METHOD": "SEASONAL_NAIVE", "PERIOD": 1, "HORIZON": 1 });
    let (_, result) = run(&mut *open(&ForecastSeasonal, parameters), &Rows::of(&[1.0, 2.0, 4.0, f64::NAN, 5.0]), 2).unwrap();
    let result = result.unwrap();
    assert_eq!((&result["MISSING"], &result["FORECASTS"]), (&json!(1), &json!(5)));
    // Errors of 1, 2 and, over the missing value, 1; the changes are these and a zero.
    assert_eq!((&result["MAE"], &result["MASE"]), (&json!("1.333333"), &json!("1.333333")));
    assert_eq!(result["COVERED"], Value::Null);
}

#[test]
fn intervals_cover_the_wanted_share() {
    let noise = |row: u32| f64::from((row * 7919) % 1000) / 100.0;
    let values: Vec<f64> = (0..1000).map(|row| 50.0 + 20.0 * (f64::from(row) * 0.26).sin() + noise(row)).collect();
    let parameters = json!({ "VALUE": "value", "PERIOD": 24, "HORIZON": 4, "STEP": 1, "COVERAGE": 0.8 });
    let (payloads, result) = run(&mut *open(&ForecastSeasonal, parameters), &Rows::of(&values), 100).unwrap();
    assert_eq!(payloads[0]["STEPS"][0]["LOW"], Value::Null, "no errors are known yet");
    let step = &payloads[900]["STEPS"][3];
    assert!(step["LOW"].as_f64() < step["POINT"].as_f64() && step["POINT"].as_f64() < step["HIGH"].as_f64());
    let covered: f64 = result.unwrap()["COVERED"].as_str().unwrap().parse().unwrap();
    assert!((covered - 0.8).abs() < 0.05, "{covered}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn batches_and_restarts_do_not_matter(
        values in proptest::collection::vec(prop_oneof![9 => 0.0..10.0f64, 1 => Just(f64::NAN)], 1..40),
        method in prop_oneof![Just("SEASONAL_NAIVE"), Just("SEASONAL_DRIFT"), Just("EXPONENTIAL_SMOOTHING")],
        period in 1u16..5, step in 1u32..4,
    ) {
        let parameters = json!({ "VALUE": "value", "METHOD": method, "PERIOD": period, "HORIZON": 3, "STEP": step });
        depends_on_rows_only(|| open(&ForecastSeasonal, parameters.clone()), &Rows::of(&values), &[1, 7]);
    }
}
