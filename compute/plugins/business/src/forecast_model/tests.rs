//! Tests of `FORECAST_MODEL`: what becomes a forecast, how errors are counted, what is refused, and that batches do not matter.

use super::*;
use crate::{
    forecast_seasonal::ForecastSeasonal,
    testing::{depends_on_rows_only, open, run, Rows},
};
use neurite_core::{FailureClass, Field, Tensor};
use proptest::prelude::*;
use serde_json::{json, Value};

/// Rows of one value each, and what a model expects after each of them.
fn rows(values: &[f64], output: &str, expected: &[[f32; 2]]) -> Rows {
    let said = Tensor::f32(vec![expected.len(), 2], expected.concat()).unwrap();
    Rows { inference: vec![Field::new(output, said)], ..Rows::of(values) }
}

/// A model that repeats what was `period` rows before, and has a window of as many rows.
fn naive(values: &[f64], period: usize) -> Vec<[f32; 2]> {
    let before =
        |row: usize, ahead: usize| (row + 1).checked_sub(period).map_or(f32::NAN, |first| values[first + (ahead - 1) % period] as f32);
    (0..values.len()).map(|row| [before(row, 1), before(row, 2)]).collect()
}

#[test]
fn the_models_numbers_become_forecasts_once_it_gives_any() {
    let expected = [[f32::NAN, f32::NAN], [f32::NAN, 1.0], [4.0, 5.0], [f32::INFINITY, 5.0], [6.0, 7.0], [0.5, 8.0]];
    let parameters = json!({ "VALUE": "value", "HORIZON": 2, "PERIOD": 1, "STEP": 1 });
    let (payloads, result) = run(&mut *open(&ForecastModel, parameters), &rows(&[1.0; 6], "forecast", &expected), 4).unwrap();
    assert_eq!(payloads.iter().map(|payload| payload["ROW"].as_u64().unwrap()).collect::<Vec<_>>(), [3, 5, 6]);
    let first = &payloads[0];
    assert_eq!((&first["METHOD"], &first["TIME"]), (&json!("MODEL"), &json!(2000)));
    assert_eq!(first["STEPS"][1], json!({ "AHEAD": 2, "POINT": 5.0, "LOW": null, "HIGH": null }));
    assert_eq!(result.unwrap()["FORECASTS"], 3);
}

#[test]
fn errors_are_absolute_and_scaled_by_the_change_over_a_period() {
    let values = [1.0, 2.0, 4.0, f64::NAN, 7.0];
    let expected = [[3.0, 9.0], [3.0, 9.0], [5.0, 9.0], [6.5, 9.0], [0.0, 9.0]];
    let parameters = json!({ "VALUE": "value", "OUTPUT": "next", "HORIZON": 1, "PERIOD": 1 });
    let (_, result) = run(&mut *open(&ForecastModel, parameters), &rows(&values, "next", &expected), 2).unwrap();
    let result = result.unwrap();
    assert_eq!((&result["ROWS"], &result["MISSING"], &result["FORECASTS"]), (&json!(5), &json!(1), &json!(5)));
    // Errors of 1, 1 and, after the missing value, 0.5; changes of 1, 2, 0 where the value is missing, and 3.
    assert_eq!((&result["MAE"], &result["MASE"]), (&json!("0.833333"), &json!("0.555556")));
    assert_eq!(result["COVERED"], Value::Null);
}

#[test]
fn a_model_that_repeats_the_season_is_told_like_the_seasonal_naive_forecast() {
    let values: Vec<f64> = (0..240).map(|row| f64::from(row % 6) + f64::from((row * 7919) % 10) / 8.0).collect();
    let seasonal = json!({ "VALUE": "value", "METHOD": "SEASONAL_NAIVE", "PERIOD": 6, "HORIZON": 2, "STEP": 3, "COVERAGE": 0.8 });
    let model = json!({ "VALUE": "value", "PERIOD": 6, "HORIZON": 2, "STEP": 3, "COVERAGE": 0.8 });
    let (mut payloads, result) = run(&mut *open(&ForecastModel, model), &rows(&values, "forecast", &naive(&values, 6)), 50).unwrap();
    payloads.iter_mut().for_each(|payload| payload["METHOD"] = json!("SEASONAL_NAIVE"));
    assert_eq!((payloads, result), run(&mut *open(&ForecastSeasonal, seasonal), &Rows::of(&values), 50).unwrap());
}

#[test]
fn a_model_that_says_too_little_is_refused() {
    let class = |parameters: Value, output: &str| {
        run(&mut *open(&ForecastModel, parameters), &rows(&[1.0, 2.0], output, &[[1.0; 2]; 2]), 2).unwrap_err().class()
    };
    assert_eq!(class(json!({ "VALUE": "value", "HORIZON": 3, "PERIOD": 1 }), "forecast"), FailureClass::Model);
    assert_eq!(class(json!({ "VALUE": "value", "HORIZON": 2, "PERIOD": 1 }), "other"), FailureClass::Model);
    // A field of the rows is no forecast.
    assert_eq!(class(json!({ "VALUE": "value", "OUTPUT": "value", "HORIZON": 1, "PERIOD": 1 }), "other"), FailureClass::Model);
    assert_eq!(class(json!({ "VALUE": "none", "HORIZON": 2, "PERIOD": 1 }), "forecast"), FailureClass::Input);
}

#[test]
fn a_state_of_other_parameters_is_refused() {
    let long = json!({ "VALUE": "value", "HORIZON": 2, "PERIOD": 4, "STEP": 1 });
    let mut instance = open(&ForecastModel, long.clone());
    run(&mut *instance, &rows(&[1.0; 6], "forecast", &[[1.0; 2]; 6]), 6).unwrap();
    let state = instance.snapshot().unwrap();
    open(&ForecastModel, long).restore(state.clone()).unwrap();
    for (key, value) in [("HORIZON", 1), ("PERIOD", 3)] {
        let mut parameters = json!({ "VALUE": "value", "HORIZON": 2, "PERIOD": 4, "STEP": 1 });
        parameters[key] = json!(value);
        assert!(open(&ForecastModel, parameters).restore(state.clone()).is_err(), "{key}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn batches_and_restarts_do_not_matter(
        values in proptest::collection::vec(prop_oneof![9 => 0.0..10.0f64, 1 => Just(f64::NAN)], 1..40),
        window in 1usize..4, period in 1u16..5, step in 1u32..4,
    ) {
        let parameters = json!({ "VALUE": "value", "HORIZON": 2, "PERIOD": period, "STEP": step });
        let rows = rows(&values, "forecast", &naive(&values, window));
        depends_on_rows_only(|| open(&ForecastModel, parameters.clone()), &rows, &[1, 7]);
    }
}
