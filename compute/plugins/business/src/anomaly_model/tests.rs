//! Tests of `ANOMALY_MODEL`: what it finds with a reconstruction at hand, and that batches do not matter.

use super::*;
use crate::testing::{depends_on_rows_only, open, run, Rows};
use neurite_core::{FailureClass, Field, Tensor};
use proptest::prelude::*;
use serde_json::{json, Value};
use std::sync::Arc;

/// Rows of two numbers and what a model made of them.
fn rows(pairs: &[[f32; 2]], rebuilt: &[[f32; 2]]) -> Rows {
    let columns: Arc<[String]> = ["left", "right"].map(str::to_owned).into();
    let tensor = |pairs: &[[f32; 2]]| Tensor::f32(vec![pairs.len(), 2], pairs.concat()).unwrap();
    let features = Field::new(Field::FEATURES, tensor(pairs)).with_columns(columns);
    Rows { fields: vec![features], inference: vec![Field::new("reconstruction", tensor(rebuilt))] }
}

/// Errors of 0.1 in the left column and of 10 in the right one.
fn pair(row: usize) -> ([f32; 2], [f32; 2]) {
    let sign = |number: usize| if number.is_multiple_of(2) { 1.0 } else { -1.0 };
    let value = [row as f32, 2.0];
    (value, [value[0] + 0.1 * sign(row), value[1] - 10.0 * sign(row / 2)])
}

#[test]
fn errors_count_by_what_is_usual_for_their_column() {
    let (pairs, mut rebuilt): (Vec<_>, Vec<_>) = (0..20).map(pair).unzip();
    rebuilt[15][0] = pairs[15][0] + 0.5;
    rebuilt[17][1] = pairs[17][1] + 12.0;
    let parameters = json!({ "TRAIN_ROWS": 10, "QUANTILE": 1.0, "MARGIN": 3.0, "TOLD_COLUMNS": 1 });
    let (payloads, result) = run(&mut *open(&AnomalyModel, parameters), &rows(&pairs, &rebuilt), 6).unwrap();
    assert_eq!(payloads.len(), 1, "an error of 12 is usual on the right, one of 0.5 is not on the left");
    assert_eq!((&payloads[0]["ROW"], &payloads[0]["COLUMNS"][0]["NAME"]), (&json!(16), &json!("left")));
    assert_eq!(payloads[0]["COLUMNS"].as_array().unwrap().len(), 1);
    assert_eq!(result.unwrap()["ANOMALIES"], 1);
}

#[test]
fn chosen_columns_are_chosen_of_the_reconstruction_too() {
    let (pairs, mut rebuilt): (Vec<_>, Vec<_>) = (0..20).map(pair).unzip();
    rebuilt[15][0] += 100.0;
    let anomalies = |columns: Value| {
        let parameters = json!({ "TRAIN_ROWS": 10, "MARGIN": 3.0, "COLUMNS": columns });
        run(&mut *open(&AnomalyModel, parameters), &rows(&pairs, &rebuilt), 20).unwrap().0.len()
    };
    assert_eq!((anomalies(json!(["right"])), anomalies(json!(["left"]))), (0, 1));
}

#[test]
fn a_model_that_reconstructs_something_else_is_refused() {
    let (pairs, rebuilt): (Vec<_>, Vec<_>) = (0..4).map(pair).unzip();
    let mut other = rows(&pairs, &rebuilt);
    other.inference = vec![Field::new("reconstruction", Tensor::f32(vec![4, 3], vec![0.0; 12]).unwrap())];
    let error = run(&mut *open(&AnomalyModel, json!({ "TRAIN_ROWS": 2 })), &other, 4).unwrap_err();
    assert_eq!(error.class(), FailureClass::Model);
    other.inference.clear();
    let error = run(&mut *open(&AnomalyModel, json!({ "TRAIN_ROWS": 2 })), &other, 4).unwrap_err();
    assert!(error.to_string().contains("reconstruction"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn batches_and_restarts_do_not_matter(
        values in proptest::collection::vec(([-9f32..9.0, -9f32..9.0], [-9f32..9.0, -9f32..9.0]), 8..24),
    ) {
        let (pairs, rebuilt): (Vec<_>, Vec<_>) = values.into_iter().unzip();
        depends_on_rows_only(|| open(&AnomalyModel, json!({ "TRAIN_ROWS": 6, "QUANTILE": 0.8 })), &rows(&pairs, &rebuilt), &[1, 5]);
    }
}
