//! Tests of `CLASSIFIER_SCORE`: the contract of business plugins, and the numbers.

use super::{tally::accuracy, *};
use neurite_core::{Batch, Business, FailureClass, Field, Input, Outbox, Plugin, PluginError, Tensor};
use neurite_testkit::{block_on, business, detached_context};
use proptest::prelude::*;
use serde_json::{json, Value};

fn open(parameters: Value) -> Box<dyn Business> {
    let parameters: ClassifierScoreParameters = serde_json::from_value(parameters).unwrap();
    block_on(ClassifierScore.open(parameters, &detached_context())).unwrap()
}

fn labelled(start: u64, labels: &[i64]) -> Batch {
    Batch::new(start, vec![Field::new(Field::LABEL, Tensor::i64(vec![labels.len()], labels.to_vec()).unwrap())]).unwrap()
}

fn classes(values: &[i64]) -> Field {
    Field::new("class", Tensor::i64(vec![values.len()], values.to_vec()).unwrap())
}

fn scores(rows: &[[f32; 3]]) -> Field {
    Field::new("scores", Tensor::f32(vec![rows.len(), 3], rows.concat()).unwrap())
}

fn process(scorer: &mut dyn Business, batch: &Batch, inference: &[Field]) -> Result<usize, PluginError> {
    let mut outbox = Outbox::default();
    block_on(scorer.process(Input { batch, inference }, &mut outbox))?;
    Ok(outbox.take().len())
}

fn result(scorer: &mut dyn Business) -> Value {
    scorer.finish(&mut Outbox::default()).unwrap().unwrap()
}

#[test]
fn answers_are_counted_against_labels() {
    let mut scorer = open(json!({ "CLASSES": 3, "PROGRESS_ROWS": 2 }));
    assert_eq!(process(&mut *scorer, &labelled(0, &[0, 1, 2]), &[classes(&[0, 2, 2])]).unwrap(), 1);
    assert_eq!(process(&mut *scorer, &labelled(3, &[1]), &[scores(&[[0.5, 0.5, 0.1]])]).unwrap(), 1);
    let result = result(&mut *scorer);
    assert_eq!(result["ROWS"], 4);
    assert_eq!(result["RIGHT"], 2);
    assert_eq!(result["ACCURACY"], "0.500000");
    assert_eq!(result["CONFUSION"], json!([[1, 0, 0], [1, 0, 1], [0, 0, 1]]));
    let mut chain = [0u8; 32];
    for class in [0u64, 2, 2, 0] {
        chain = *blake3::hash(&[&chain[..], &class.to_le_bytes()].concat()).as_bytes();
    }
    assert_eq!(result["PREDICTIONS_BLAKE3"], hex::encode(chain));
}

#[test]
fn the_named_output_is_read_and_classes_come_before_scores() {
    let outputs = [scores(&[[0.0, 1.0, 0.0]]), classes(&[2])];
    let right = |parameters: Value, label: i64| {
        let mut scorer = open(parameters);
        process(&mut *scorer, &labelled(0, &[label]), &outputs).unwrap();
        result(&mut *scorer)["RIGHT"].clone()
    };
    assert_eq!(right(json!({ "CLASSES": 3 }), 2), 1);
    assert_eq!(right(json!({ "CLASSES": 3, "OUTPUT": "scores" }), 1), 1);
}

#[test]
fn what_does_not_fit_is_the_models_or_the_inputs_fault() {
    let class = |label: i64, inference: &[Field], output: Option<&str>| {
        let mut scorer = open(json!({ "CLASSES": 3, "OUTPUT": output }));
        process(&mut *scorer, &labelled(0, &[label]), inference).unwrap_err().class()
    };
    assert_eq!(class(3, &[classes(&[0])], None), FailureClass::Input);
    assert_eq!(class(-1, &[classes(&[0])], None), FailureClass::Input);
    assert_eq!(class(0, &[classes(&[3])], None), FailureClass::Model);
    assert_eq!(class(0, &[classes(&[0])], Some("scores")), FailureClass::Model);
    assert_eq!(class(0, &[classes(&[0, 1])], None), FailureClass::Model);
    assert_eq!(class(0, &[scores(&[[0.0, f32::NAN, 0.0]])], None), FailureClass::Model);
    assert_eq!(class(0, &[], None), FailureClass::Model);
    let unlabelled = Batch::new(0, vec![classes(&[0])]).unwrap();
    let mut scorer = open(json!({ "CLASSES": 3 }));
    assert_eq!(process(&mut *scorer, &unlabelled, &[classes(&[0])]).unwrap_err().class(), FailureClass::Input);
}

#[test]
fn a_state_of_other_parameters_is_refused() {
    let state = open(json!({ "CLASSES": 3 })).snapshot().unwrap();
    assert!(open(json!({ "CLASSES": 4 })).restore(state.clone()).is_err());
    let mut cut = state;
    cut["PREDICTIONS"] = json!("00");
    assert!(open(json!({ "CLASSES": 3 })).restore(cut).is_err());
}

#[test]
fn accuracy_is_rounded_half_up() {
    assert_eq!(accuracy(0, 0), "0.000000");
    assert_eq!(accuracy(3, 3), "1.000000");
    assert_eq!(accuracy(1, 3), "0.333333");
    assert_eq!(accuracy(2, 3), "0.666667");
    assert_eq!(accuracy(u64::MAX, u64::MAX), "1.000000");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_contract_of_business_plugins_holds(pairs in proptest::collection::vec((0i64..3, 0i64..3), 1..40), batch in 1usize..9) {
        let rows: Vec<(Batch, Vec<Field>)> = pairs
            .chunks(batch)
            .enumerate()
            .map(|(at, pairs)| {
                let (labels, answers): (Vec<i64>, Vec<i64>) = pairs.iter().copied().unzip();
                (labelled((at * batch) as u64, &labels), vec![classes(&answers)])
            })
            .collect();
        business::resumes_after_every_batch(|| open(json!({ "CLASSES": 3 })), &rows);
    }

    #[test]
    fn the_result_does_not_depend_on_batches(pairs in proptest::collection::vec((0i64..3, 0i64..3), 1..40), batch in 1usize..9) {
        let run = |batch: usize| {
            let mut scorer = open(json!({ "CLASSES": 3 }));
            for (at, pairs) in pairs.chunks(batch).enumerate() {
                let (labels, answers): (Vec<i64>, Vec<i64>) = pairs.iter().copied().unzip();
                process(&mut *scorer, &labelled((at * batch) as u64, &labels), &[classes(&answers)]).unwrap();
            }
            result(&mut *scorer)
        };
        prop_assert_eq!(run(batch), run(pairs.len()));
    }
}
