//! Tests of `ANOMALY_GAUSSIAN`: what it learns and finds, and that batches do not matter.

use super::*;
use crate::testing::{depends_on_rows_only, faults, open, run, Rows};
use neurite_core::{FailureClass, Field, Tensor};
use proptest::prelude::*;
use serde_json::{json, Value};
use std::sync::Arc;

/// Rows of two numbers that go together, with labels.
fn rows(pairs: &[(f32, f32)], labels: Vec<i64>) -> Rows {
    let columns: Arc<[String]> = ["left", "right"].map(str::to_owned).into();
    let values = pairs.iter().flat_map(|(left, right)| [*left, *right]).collect();
    let features = Field::new(Field::FEATURES, Tensor::f32(vec![pairs.len(), 2], values).unwrap()).with_columns(columns);
    let labels = Field::new(Field::LABEL, Tensor::i64(vec![labels.len()], labels).unwrap());
    Rows { fields: vec![features, labels], inference: Vec::new() }
}

fn healthy(row: usize) -> (f32, f32) {
    let phase = row as f32 * 0.7;
    (10.0 * phase.sin(), 20.0 * phase.sin() + (row as f32 * 1.3).cos())
}

#[test]
fn a_row_that_breaks_the_correlation_is_found_within_the_ranges() {
    let mut pairs: Vec<(f32, f32)> = (0..60).map(healthy).collect();
    pairs[55] = (5.0, -10.0);
    let labels = (0..60).map(|row| i64::from(row == 55)).collect();
    let (payloads, result) =
        run(&mut *open(&AnomalyGaussian, json!({ "TRAIN_ROWS": 40, "QUANTILE": 1.0, "MARGIN": 2.0 })), &rows(&pairs, labels), 7).unwrap();
    assert_eq!(payloads.len(), 1);
    assert_eq!(payloads[0]["ROW"], 56);
    let columns = payloads[0]["COLUMNS"].as_array().unwrap();
    let shares: f64 = columns.iter().map(|column| column["SHARE"].as_f64().unwrap()).sum();
    assert!((shares - 1.0).abs() < 1e-6, "shares add up to {shares}");
    assert_eq!(columns.iter().find(|column| column["NAME"] == "right").unwrap()["VALUE"], -10.0);
    let result = result.unwrap();
    assert_eq!((&result["SCORED"], &result["ANOMALIES"]), (&json!(20), &json!(1)));
    assert_eq!(
        result["LABELLED"],
        json!({ "ANOMALIES": 1, "FOUND": 1, "PRECISION": "1.000000", "RECALL": "1.000000", "F1": "1.000000", "AUC": "1.000000" })
    );
}

#[test]
fn thresholds_may_be_given() {
    let pairs: Vec<(f32, f32)> = (0..30).map(healthy).collect();
    let threshold = |more: Value| {
        let mut parameters = json!({ "TRAIN_ROWS": 20 });
        parameters.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        run(&mut *open(&AnomalyGaussian, parameters), &rows(&pairs, vec![0; 30]), 30).unwrap().1.unwrap()["THRESHOLD"].clone()
    };
    assert_eq!(threshold(json!({ "SCORE": 4.5 })), "4.500000");
    let chi_square: f64 = threshold(json!({ "CHI_SQUARE": 0.95 })).as_str().unwrap().parse().unwrap();
    assert!((chi_square - 5.991).abs() < 0.1, "{chi_square}");
    assert_eq!(faults(&AnomalyGaussian, json!({ "TRAIN_ROWS": 20, "SCORE": 1.0, "CHI_SQUARE": 0.9 })), ["/CHI_SQUARE"]);
}

#[test]
fn rows_with_missing_numbers_are_left_out() {
    let mut pairs: Vec<(f32, f32)> = (0..30).map(healthy).collect();
    pairs[3].0 = f32::NAN;
    pairs[25].1 = f32::NAN;
    let (_, result) = run(&mut *open(&AnomalyGaussian, json!({ "TRAIN_ROWS": 20 })), &rows(&pairs, vec![0; 30]), 4).unwrap();
    let result = result.unwrap();
    assert_eq!((&result["ROWS"], &result["MISSING"], &result["SCORED"]), (&json!(30), &json!(2), &json!(8)));
}

#[test]
fn what_cannot_be_learnt_from_is_an_input_failure() {
    let pairs: Vec<(f32, f32)> = (0..4).map(healthy).collect();
    let class = |parameters: Value| run(&mut *open(&AnomalyGaussian, parameters), &rows(&pairs, vec![0; 4]), 4).unwrap_err().class();
    assert_eq!(class(json!({ "TRAIN_ROWS": 65_536, "COLUMNS": ["left", "right", "left"] })), FailureClass::Input);
    assert_eq!(class(json!({ "TRAIN_ROWS": 2, "COLUMNS": ["middle"] })), FailureClass::Input);
    assert_eq!(class(json!({ "TRAIN_ROWS": 2, "FIELD": "nothing" })), FailureClass::Input);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn batches_and_restarts_do_not_matter(noise in proptest::collection::vec((-9f32..9.0, -9f32..9.0), 12..30), train in 2u32..14) {
        let labels = noise.iter().map(|(left, _)| i64::from(*left > 8.0)).collect();
        depends_on_rows_only(|| open(&AnomalyGaussian, json!({ "TRAIN_ROWS": train, "QUANTILE": 0.8 })), &rows(&noise, labels), &[1, 5]);
    }
}
