//! Tests of `DETECTION_REPORT`: what is told when, and that batches do not matter.

use super::*;
use crate::testing::{boxes, depends_on_rows_only, open, run, Rows};
use neurite_core::FailureClass;
use proptest::prelude::*;
use serde_json::{json, Value};

/// Rows of so many detections of class 0 and of class 1.
fn rows(counts: &[(usize, usize)]) -> Rows {
    let detection = |class: f32| [0.0, 0.0, 1.0, 1.0, 0.9, class];
    let row = |(zeros, ones): &(usize, usize)| [vec![detection(0.0); *zeros], vec![detection(1.0); *ones]].concat();
    Rows { fields: vec![boxes(&counts.iter().map(row).collect::<Vec<_>>(), 8)], inference: Vec::new() }
}

fn told(parameters: Value, counts: &[(usize, usize)]) -> Vec<(u64, Value)> {
    let (payloads, _) = run(&mut *open(&DetectionReport, parameters), &rows(counts), 2).unwrap();
    payloads.iter().map(|body| (body["ROW"].as_u64().unwrap(), body["COUNTS"].clone())).collect()
}

#[test]
fn changes_are_told_with_names() {
    let parameters = json!({ "DETECTIONS": { "LABELS": ["person"] } });
    let (payloads, result) = run(&mut *open(&DetectionReport, parameters), &rows(&[(0, 0), (2, 1), (2, 1), (1, 0)]), 4).unwrap();
    let expected = [
        json!({ "ROW": 2, "TIME": null, "TOTAL": 3, "COUNTS": { "person": 2, "1": 1 }, "BEFORE": {} }),
        json!({ "ROW": 4, "TIME": null, "TOTAL": 1, "COUNTS": { "person": 1 }, "BEFORE": { "person": 2, "1": 1 } }),
    ];
    assert_eq!(payloads, expected.map(|body| body.as_object().unwrap().clone()));
    assert_eq!(result, Some(json!({ "ROWS": 4, "DETECTIONS": 7, "MOST": 3, "CLASSES": { "person": 5, "1": 2 } })));
}

#[test]
fn counts_that_flicker_are_not_told_before_they_stay() {
    let counts = [(1, 0), (2, 0), (1, 0), (1, 0), (2, 0), (2, 0)];
    assert_eq!(told(json!({ "CONFIRM_ROWS": 2 }), &counts), [(4, json!({ "0": 1 })), (6, json!({ "0": 2 }))]);
}

#[test]
fn counts_are_told_every_so_many_rows() {
    let counts = [(1, 0); 5];
    assert_eq!(told(json!({ "EVERY_ROWS": 2 }), &counts), [(1, json!({ "0": 1 })), (2, json!({ "0": 1 })), (4, json!({ "0": 1 }))]);
}

#[test]
fn rows_without_boxes_are_an_input_failure() {
    let error = run(&mut *open(&DetectionReport, json!({})), &Rows::of(&[1.0]), 1).unwrap_err();
    assert_eq!(error.class(), FailureClass::Input);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn batches_and_restarts_do_not_matter(counts in proptest::collection::vec((0usize..3, 0usize..3), 1..30), confirm in 1u32..4) {
        let parameters = json!({ "CONFIRM_ROWS": confirm, "EVERY_ROWS": 5 });
        depends_on_rows_only(|| open(&DetectionReport, parameters.clone()), &rows(&counts), &[1, 4]);
    }
}
