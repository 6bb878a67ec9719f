//! Tests of `REGRESSION_SCORE`: the contract of business plugins, and the numbers.

use super::{
    errors::{quantised, Errors},
    *,
};
use neurite_core::{Batch, Business, FailureClass, Field, Input, Outbox, Plugin, PluginError, Tensor};
use neurite_testkit::{block_on, business, detached_context};
use proptest::prelude::*;
use serde_json::{json, Value};

fn open(parameters: Value) -> Box<dyn Business> {
    let parameters: RegressionScoreParameters = serde_json::from_value(parameters).unwrap();
    block_on(RegressionScore.open(parameters, &detached_context())).unwrap()
}

fn row(start: u64, truth: &[f64], guess: &[f64]) -> Batch {
    let field = |name, values: &[f64]| Field::new(name, Tensor::f64(vec![values.len()], values.to_vec()).unwrap());
    Batch::new(start, vec![field("left", truth), field("guess", guess)]).unwrap()
}

fn answers(values: &[f32]) -> Field {
    Field::new("remaining", Tensor::f32(vec![values.len(), 1], values.to_vec()).unwrap())
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
fn errors_of_model_and_baseline_are_summed_over_the_same_rows() {
    let mut scorer = open(json!({ "TRUTH": "left", "BASELINE": "guess", "DECIMALS": 2, "PROGRESS_ROWS": 2 }));
    assert_eq!(process(&mut *scorer, &row(0, &[10.0, 20.0], &[14.0, 20.0]), &[answers(&[11.0, 18.0])]).unwrap(), 1);
    assert_eq!(process(&mut *scorer, &row(2, &[30.0], &[26.5]), &[answers(&[30.25])]).unwrap(), 0);
    // |1|, |-2|, |0.25| and |4|, |0|, |-3.5|
    let expected = json!({
        "ROWS": 3, "MAE": "1.08", "RMSE": "1.29", "BIAS": "-0.25", "BASELINE_MAE": "2.50", "BASELINE_RMSE": "3.06"
    });
    assert_eq!(result(&mut *scorer), expected);
}

#[test]
fn without_a_baseline_none_is_reported() {
    let mut scorer = open(json!({ "TRUTH": "left", "OUTPUT": "remaining" }));
    process(&mut *scorer, &row(0, &[1.0], &[0.0]), &[answers(&[1.0])]).unwrap();
    assert_eq!(result(&mut *scorer), json!({ "ROWS": 1, "MAE": "0.000", "RMSE": "0.000", "BIAS": "0.000" }));
}

#[test]
fn what_does_not_fit_is_the_models_or_the_inputs_fault() {
    let class = |parameters: Value, truth: f64, inference: &[Field]| {
        process(&mut *open(parameters), &row(0, &[truth], &[0.0]), inference).unwrap_err().class()
    };
    let left = || json!({ "TRUTH": "left" });
    assert_eq!(class(json!({ "TRUTH": "none" }), 1.0, &[answers(&[1.0])]), FailureClass::Input);
    assert_eq!(class(left(), f64::NAN, &[answers(&[1.0])]), FailureClass::Input);
    assert_eq!(class(left(), 1.0, &[answers(&[f32::INFINITY])]), FailureClass::Model);
    assert_eq!(class(left(), 1.0, &[answers(&[1.0, 2.0])]), FailureClass::Model);
    assert_eq!(class(json!({ "TRUTH": "left", "OUTPUT": "other" }), 1.0, &[answers(&[1.0])]), FailureClass::Model);
    assert_eq!(class(left(), 1.0, &[]), FailureClass::Model);
}

#[test]
fn a_state_of_other_parameters_is_refused() {
    let state = open(json!({ "TRUTH": "left", "DECIMALS": 2 })).snapshot().unwrap();
    assert!(open(json!({ "TRUTH": "left", "DECIMALS": 3 })).restore(state).is_err());
}

#[test]
fn numbers_are_rounded_half_away_from_zero_and_bounded() {
    assert_eq!(quantised(0.0005, 3), Some(1));
    assert_eq!(quantised(-2.5, 0), Some(-3));
    assert_eq!(quantised(1e16, 0), None);
    assert_eq!(quantised(f64::NAN, 3), None);
}

#[test]
fn a_bias_that_rounds_to_zero_has_no_sign() {
    let mut errors = Errors::default();
    errors.add(-1, 0);
    assert_eq!(errors.bias(1000, 1), "0.0");
    assert_eq!(errors.bias(1, 1), "-0.1");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_contract_of_business_plugins_holds(pairs in proptest::collection::vec((-1e4f64..1e4, -1e4f64..1e4), 1..40), batch in 1usize..9) {
        let parameters = || json!({ "TRUTH": "left", "BASELINE": "guess" });
        let cut = |batch: usize| -> Vec<(Batch, Vec<Field>)> {
            let part = |(at, pairs): (usize, &[(f64, f64)])| {
                let (truth, guess): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
                let said: Vec<f32> = guess.iter().map(|value| *value as f32 / 2.0).collect();
                (row((at * batch) as u64, &truth, &guess), vec![answers(&said)])
            };
            pairs.chunks(batch).enumerate().map(part).collect()
        };
        business::resumes_after_every_batch(|| open(parameters()), &cut(batch));
        let run = |batch: usize| {
            let mut scorer = open(parameters());
            for (batch, inference) in &cut(batch) {
                process(&mut *scorer, batch, inference).unwrap();
            }
            result(&mut *scorer)
        };
        prop_assert_eq!(run(batch), run(pairs.len()));
    }
}
