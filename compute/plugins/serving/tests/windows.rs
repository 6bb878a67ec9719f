//! A model with windows in a real process: its answers are those of the rows, whatever the batches, retries and restarts.
//!
//! Needs the program `neurite-serve-model` beside the tests (a build of the workspace makes it) and the library of ONNX Runtime.

mod common;

use common::{base_with, manager, workspace};
use neurite_core::{Batch, Field, Plugin, Serving, Tensor};
use neurite_plugins_serving::{
    onnx::{Onnx, OnnxParameters},
    tract::{Tract, TractParameters},
};
use neurite_testkit::{context, serving, TempBase};
use serde_json::{json, Value};
use std::{future::ready, sync::Arc};

const MODEL: &str = "load_forecast.onnx";
/// Rows of a window, and numbers of an answer.
const WINDOW: usize = 336;
const HORIZON: usize = 24;
const ROWS: usize = 400;

fn load() -> Vec<f32> {
    let text = std::fs::read_to_string(workspace().join("examples/data/load.csv")).unwrap();
    text.lines().skip(1).take(ROWS).map(|line| line.parse().unwrap()).collect()
}

/// Cuts the load into batches of at most so many rows.
fn batches(size: usize) -> Vec<Batch> {
    let batch = |(at, values): (usize, &[f32])| {
        let features = Tensor::f32(vec![values.len(), 1], values.to_vec()).unwrap();
        Batch::new((at * size) as u64, vec![Field::new(Field::FEATURES, features)]).unwrap()
    };
    load().chunks(size).enumerate().map(batch).collect()
}

fn parameters() -> Value {
    json!({ "PATH": MODEL, "WINDOW": WINDOW })
}

async fn onnx(base: &TempBase) -> Arc<dyn Serving> {
    let parameters: OnnxParameters = serde_json::from_value(parameters()).unwrap();
    Onnx::new(manager()).open(parameters, &context(base)).await.unwrap()
}

async fn tract(base: &TempBase) -> Arc<dyn Serving> {
    let parameters: TractParameters = serde_json::from_value(parameters()).unwrap();
    Tract::new(manager()).open(parameters, &context(base)).await.unwrap()
}

async fn answer(model: &dyn Serving, batch: &Batch) -> Vec<f32> {
    let fields = model.infer(batch).await.unwrap();
    let forecast = Field::find(&fields, "forecast").unwrap();
    assert_eq!(forecast.shape, [batch.rows(), HORIZON]);
    forecast.as_f32().unwrap().to_vec()
}

/// Checks that two lists of answers are the same but for what the last bits of sums depend on.
fn assert_alike(found: &[f32], expected: &[f32], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (at, (found, expected)) in found.iter().zip(expected).enumerate() {
        let alike = (found - expected).abs() < 1e-4 * expected.abs() || (found.is_nan() && expected.is_nan());
        assert!(alike, "{what}: {found} instead of {expected} at {at}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_do_not_depend_on_batches_retries_restarts_or_what_runs_the_model() {
    let base = base_with(&[MODEL]);
    let whole = answer(&*onnx(&base).await, &batches(ROWS)[0]).await;
    let (early, full) = whole.split_at((WINDOW - 1) * HORIZON);
    assert!(early.iter().all(|number| number.is_nan()) && full.iter().all(|number| *number > 0.0));
    for (name, mut model) in [("onnx", onnx(&base).await), ("tract", tract(&base).await)] {
        assert!(model.has_state());
        let mut found = Vec::new();
        for batch in batches(150) {
            // An inference that is given up has not been asked for.
            tokio::select! {
                biased;
                _ = model.infer(&batch) => {}
                () = ready(()) => {}
            }
            let first = answer(&*model, &batch).await;
            assert_alike(&answer(&*model, &batch).await, &first, "the same batch again");
            found.extend(first);
            let state = serde_json::to_vec(&model.snapshot().unwrap()).unwrap();
            model = if name == "onnx" { onnx(&base).await } else { tract(&base).await };
            model.restore(serde_json::from_slice(&state).unwrap()).unwrap();
        }
        assert_alike(&found, &whole, name);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_contract_of_serving_holds_once_windows_are_full() {
    let base = base_with(&[MODEL]);
    let model = onnx(&base).await;
    let mut batches = batches(WINDOW / 4);
    let full = batches.split_off(4);
    for batch in batches {
        answer(&*model, &batch).await;
    }
    serving::answers_every_row_alike(&*model, &full).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_model_without_a_window_has_no_state() {
    let base = base_with(&[MODEL]);
    let parameters: OnnxParameters = serde_json::from_value(json!({ "PATH": MODEL })).unwrap();
    let model = Onnx::new(manager()).open(parameters, &context(&base)).await.unwrap();
    assert!(!model.has_state());
    assert_eq!(model.snapshot().unwrap(), Value::Null);
    model.restore(Value::Null).unwrap();
    assert!(model.restore(json!({ "END": 0, "COLUMNS": 0, "VALUES": "" })).is_err());
    let error = model.infer(&batches(2)[0]).await.unwrap_err();
    assert_eq!(error.class(), neurite_core::FailureClass::Model, "one number a row is no window: {error}");
}
