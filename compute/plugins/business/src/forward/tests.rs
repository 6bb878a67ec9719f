//! Tests of `FORWARD`: what a payload holds, and that batches do not matter.

use super::*;
use crate::testing::{depends_on_rows_only, open, run, Rows};
use neurite_core::{FailureClass, Field, Tensor};
use serde_json::{json, Value};
use std::sync::Arc;

fn rows() -> Rows {
    let mut rows = Rows::of(&[0.5, f64::NAN, 1.5]);
    let columns: Arc<[String]> = ["hot", "cold"].map(str::to_owned).into();
    let features = Tensor::f32(vec![3, 2], vec![0.1, 0.2, 0.3, 0.4, 0.5, 0.6]).unwrap();
    rows.fields.push(Field::new(Field::FEATURES, features).with_columns(columns));
    rows.fields.push(Field::new("city", Tensor::text(["a", "b", "c"].map(str::to_owned).to_vec())));
    rows.inference = vec![Field::new("scores", Tensor::f32(vec![3, 2], vec![0.0, 1.0, 0.0, 1.0, 0.0, 1.0]).unwrap())];
    rows
}

#[test]
fn a_payload_holds_what_was_chosen() {
    let parameters = json!({ "VALUES": ["value", "features", "features/cold", "city", "scores", "time"] });
    let (payloads, result) = run(&mut *open(&Forward, parameters), &rows(), 2).unwrap();
    let expected = json!({ "ROW": 2, "TIME": 1000, "VALUES": { "value": null, "features": { "hot": 0.3, "cold": 0.4 },
        "features/cold": 0.4, "city": "b", "scores": [0.0, 1.0], "time": 1000 } });
    assert_eq!(Value::Object(payloads[1].clone()), expected);
    assert_eq!(result, Some(json!({ "ROWS": 3, "FORWARDED": 3 })));
}

#[test]
fn one_row_of_so_many_is_sent() {
    let (payloads, _) = run(&mut *open(&Forward, json!({ "VALUES": ["city"], "EVERY_ROWS": 2 })), &rows(), 1).unwrap();
    assert_eq!(payloads.iter().map(|body| body["ROW"].clone()).collect::<Vec<_>>(), [json!(2)]);
}

#[test]
fn what_is_not_there_or_too_wide_is_an_input_failure() {
    let class = |parameters: Value, rows: &Rows| run(&mut *open(&Forward, parameters), rows, 1).unwrap_err().class();
    assert_eq!(class(json!({ "VALUES": ["nothing"] }), &rows()), FailureClass::Input);
    let picture = Field::new(Field::IMAGE, Tensor::u8(vec![1, 40, 40, 3], vec![0; 4800]).unwrap());
    assert_eq!(class(json!({ "VALUES": ["image"] }), &Rows { fields: vec![picture], inference: vec![] }), FailureClass::Input);
}

#[test]
fn batches_and_restarts_do_not_matter() {
    depends_on_rows_only(|| open(&Forward, json!({ "VALUES": ["value", "city"], "EVERY_ROWS": 2 })), &rows(), &[1, 2]);
}
