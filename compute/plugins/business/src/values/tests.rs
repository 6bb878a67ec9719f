//! Tests of picking values.

use super::*;
use neurite_core::{Batch, Field, Input, Tensor};
use serde_json::json;
use std::sync::Arc;

fn name(text: &str) -> ValueName {
    serde_json::from_value(json!(text)).unwrap()
}

fn batch() -> Batch {
    let columns: Arc<[String]> = ["hot", "cold"].map(str::to_owned).into();
    let features = Tensor::f32(vec![2, 2], vec![1.0, 2.0, 3.0, f32::NAN]).unwrap();
    Batch::new(
        0,
        vec![
            Field::new(Field::FEATURES, features.clone()).with_columns(columns),
            Field::new("bare", features),
            Field::new("pressure", Tensor::f64(vec![2], vec![0.1, 0.2]).unwrap()),
            Field::new(Field::LABEL, Tensor::i64(vec![2], vec![7, 8]).unwrap()),
            Field::new("city", Tensor::text(vec!["a".into(), "b".into()])),
        ],
    )
    .unwrap()
}

fn read(text: &str) -> Result<Vec<f64>, String> {
    let batch = batch();
    name(text).read(Input { batch: &batch, inference: &[] }).map_err(|error| error.to_string())
}

#[test]
fn fields_and_columns_are_found() {
    assert_eq!(read("features/hot").unwrap(), [1.0, 3.0]);
    assert!(read("features/cold").unwrap()[1].is_nan());
    assert_eq!(read("bare/0").unwrap(), [1.0, 3.0]);
    assert_eq!(read("pressure").unwrap(), [0.1, 0.2]);
    assert_eq!(read("label").unwrap(), [7.0, 8.0]);
}

#[test]
fn what_is_missing_is_named_with_what_there_is() {
    assert!(read("nothing").unwrap_err().ends_with("there are features, bare, pressure, label, city"));
    assert!(read("features/warm").unwrap_err().ends_with("there are hot, cold"));
    assert!(read("features").unwrap_err().contains("name one as features/COLUMN"));
    assert!(read("features/0").is_err(), "a column with a name has no number");
    assert!(read("bare/2").is_err());
    assert!(read("city").unwrap_err().contains("no numbers"));
}

#[test]
fn outputs_of_the_model_come_first() {
    let batch = batch();
    let inference = [Field::new("pressure", Tensor::f32(vec![2, 1], vec![5.0, 6.0]).unwrap())];
    assert_eq!(name("pressure").read(Input { batch: &batch, inference: &inference }).unwrap(), [5.0, 6.0]);
    let short = [Field::new("score", Tensor::f32(vec![1], vec![5.0]).unwrap())];
    assert!(name("score").read(Input { batch: &batch, inference: &short }).is_err());
}

#[test]
fn names_that_name_nothing_are_refused() {
    for text in ["", "/a", "a/"] {
        assert!(serde_json::from_value::<ValueName>(json!(text)).is_err(), "{text:?}");
    }
}

#[test]
fn a_matrix_has_the_chosen_columns_in_order() {
    let batch = batch();
    let input = Input { batch: &batch, inference: &[] };
    let chosen = ["cold".to_owned(), "hot".to_owned()];
    let matrix = Matrix::read(input, "features", Some(&chosen)).unwrap();
    assert_eq!(matrix.columns, chosen);
    assert_eq!(matrix.rows().next().unwrap(), [2.0, 1.0]);
    assert_eq!(Matrix::read(input, "bare", None).unwrap().columns, ["0", "1"]);
    assert!(Matrix::read(input, "city", None).is_err());
}

#[test]
fn numbers_of_results_are_texts() {
    assert_eq!(fixed(0.1 + 0.2), json!("0.300000"));
    assert_eq!(fixed(-1e-9), json!("0.000000"));
    assert_eq!(fixed(f64::NAN), json!(null));
    assert_eq!(number(f64::INFINITY), json!(null));
}
