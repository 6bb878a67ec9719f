//! Tests of reading detections.

use super::*;
use crate::testing::boxes;
use neurite_core::{Batch, Field, Input, Tensor};
use serde_json::json;

fn parameters(text: serde_json::Value) -> DetectionsParameters {
    serde_json::from_value(text).unwrap()
}

fn read_field(field: Field, parameters: &DetectionsParameters) -> Result<Vec<Vec<Detection>>, String> {
    let batch = Batch::new(0, vec![field]).unwrap();
    read(Input { batch: &batch, inference: &[] }, parameters).map_err(|error| error.to_string())
}

#[test]
fn boxes_count_by_score_and_class() {
    let rows = [vec![[0.0, 1.0, 2.0, 3.0, 0.9, 2.0], [0.0, 0.0, 1.0, 1.0, 0.4, 2.0]], vec![[5.0, 5.0, 6.0, 6.0, 0.8, 1.0]]];
    let found = read_field(boxes(&rows, 3), &parameters(json!({ "CLASSES": [2] }))).unwrap();
    assert_eq!(found, [vec![Detection { edges: [0.0, 1.0, 2.0, 3.0], score: 0.9, class: 2 }], vec![]]);
    let all = read_field(boxes(&rows, 3), &parameters(json!({ "MIN_SCORE": 0.0 }))).unwrap();
    assert_eq!(all.iter().map(Vec::len).collect::<Vec<_>>(), [2, 1], "places that are not filled never count");
}

#[test]
fn what_are_no_boxes_is_refused() {
    let default = DetectionsParameters::default();
    let flat = Field::new(Field::BOXES, Tensor::f32(vec![1, 6], vec![0.0; 6]).unwrap());
    assert!(read_field(flat, &default).unwrap_err().contains("instead of boxes"));
    assert!(read_field(boxes(&[vec![[0.0, 0.0, 1.0, 1.0, 0.9, 1.5]]], 1), &default).is_err());
    assert!(read_field(boxes(&[vec![[0.0, 0.0, f32::NAN, 1.0, 0.9, 1.0]]], 1), &default).is_err());
    let other = Field::new("other", Tensor::f32(vec![1], vec![0.0]).unwrap());
    assert!(read_field(other, &default).unwrap_err().contains("field of boxes"));
}

#[test]
fn overlap_is_intersection_over_union() {
    let at = |edges: [f64; 4]| Detection { edges, score: 1.0, class: 0 };
    let one = at([0.0, 0.0, 2.0, 2.0]);
    assert_eq!(one.overlap(&one), 1.0);
    assert_eq!(one.overlap(&at([1.0, 0.0, 3.0, 2.0])), 1.0 / 3.0);
    assert_eq!(one.overlap(&at([2.0, 0.0, 4.0, 2.0])), 0.0);
    assert_eq!(at([1.0, 1.0, 1.0, 1.0]).overlap(&at([1.0, 1.0, 1.0, 1.0])), 0.0);
}

#[test]
fn classes_have_names_where_there_are_some() {
    let named = parameters(json!({ "LABELS": ["person"] }));
    assert_eq!((named.label(0), named.label(1)), ("person".to_owned(), "1".to_owned()));
}
