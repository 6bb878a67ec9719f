//! Dynamic batching with real processes: the same answers, in fewer requests, and one bad request fails alone.

mod common;

use std::{sync::OnceLock, time::Duration};

use common::{batch, digits, manager, model_path, spec, test_model};
use neurite_serving::{Batching, ModelHandle, ServingError, Tensor, TensorData};
use proptest::prelude::*;
use tokio::task::JoinSet;

/// Far more than a test takes: a batch goes when it is full.
const LONG: Duration = Duration::from_secs(600);

async fn infer_all(handles: Vec<ModelHandle>, requests: Vec<Tensor>) -> Vec<Result<Vec<Tensor>, ServingError>> {
    let mut tasks = JoinSet::new();
    for (place, (handle, request)) in handles.into_iter().zip(requests).enumerate() {
        tasks.spawn(async move { (place, handle.infer(vec![request]).await) });
    }
    let mut answers = tasks.join_all().await;
    answers.sort_by_key(|(place, _)| *place);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_that_fill_a_batch_go_as_one() {
    let manager = manager();
    let handle = manager.model(spec(model_path("digits.onnx"))).await.unwrap();
    let joining = handle.clone().joining(Batching { max_rows: 8, max_delay: LONG });
    let rows = digits();
    let requests: Vec<Tensor> = rows[..8].chunks(1).map(batch).collect();
    let answers = infer_all(vec![joining; 8], requests).await;
    assert!(answers.iter().all(|answer| answer.as_ref().is_ok_and(|outputs| outputs[0].shape == [1, 10])));
    let health = handle.health();
    assert_eq!((health.requests, health.joined, health.failures), (1, 8, 0));
    manager.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_request_does_not_fail_those_that_it_was_joined_with() {
    let manager = manager();
    let handle = manager.model(spec(test_model("table.onnx"))).await.unwrap();
    let joining = handle.clone().joining(Batching { max_rows: 4, max_delay: LONG });
    let requests = [1, 3, 9, 0].map(|index| Tensor::i64(vec![1], vec![index]));
    let answers = infer_all(vec![joining; 4], requests.to_vec()).await;
    let row = |first: f32| Ok(vec![Tensor::f32(vec![1, 2], vec![first, first + 1.0])]);
    assert_eq!((&answers[0], &answers[1], &answers[3]), (&row(10.0), &row(30.0), &row(0.0)));
    assert!(matches!(&answers[2], Err(ServingError::InferenceFailed { .. })), "{:?}", answers[2]);
    assert_eq!(handle.health().joined, 0);
    let short = handle.infer(vec![Tensor::f32(vec![1], vec![0.0])]).await;
    assert!(matches!(short, Err(ServingError::InvalidInput { .. })));
    manager.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_delay_an_idle_model_answers_at_once_and_a_dropped_request_costs_nothing() {
    let manager = manager();
    let handle = manager.model(spec(model_path("digits.onnx"))).await.unwrap();
    let joining = handle.joining(Batching { max_rows: 64, max_delay: Duration::ZERO });
    let rows = digits();
    assert!(joining.infer(vec![batch(&rows[..1])]).await.is_ok());
    let patient = joining.clone().joining(Batching { max_rows: 64, max_delay: LONG });
    let dropped = tokio::time::timeout(Duration::from_millis(20), patient.infer(vec![batch(&rows[..1])])).await;
    assert!(dropped.is_err(), "it waits for others");
    assert!(joining.infer(vec![batch(&rows[..2])]).await.is_ok(), "the dropped one holds nobody up");
    manager.shutdown().await;
}

/// The scores of every digit, each asked for alone.
async fn reference(handle: &ModelHandle) -> Vec<f32> {
    let mut scores = Vec::new();
    for row in &digits()[..48] {
        let outputs = handle.infer(vec![batch(std::slice::from_ref(row))]).await.unwrap();
        scores.extend(floats(&outputs[0]).iter().copied());
    }
    scores
}

fn floats(tensor: &Tensor) -> &[f32] {
    match &tensor.data {
        TensorData::F32(values) => values,
        other => panic!("{other:?}"),
    }
}

/// Requests as (first row, rows, whether it may be joined, most rows of a joint request, delay in µs).
fn requests() -> impl Strategy<Value = Vec<(usize, usize, bool, usize, u64)>> {
    prop::collection::vec((0_usize..40, 1_usize..8, any::<bool>(), 2_usize..20, 0_u64..3_000), 1..24)
}

fn runtime() -> &'static tokio::runtime::Runtime {
    static RUNTIME: OnceLock<tokio::runtime::Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap())
}

#[test]
fn any_interleaving_answers_as_single_requests_do() {
    let manager = runtime().block_on(async { manager() });
    let handle = runtime().block_on(manager.model(spec(model_path("digits.onnx")))).unwrap();
    let reference = runtime().block_on(reference(&handle));
    let rows = digits();
    let config = ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(requests in requests())| {
        let handles = requests.iter().map(|(_, _, join, max_rows, delay)| match join {
            true => handle.clone().joining(Batching { max_rows: *max_rows, max_delay: Duration::from_micros(*delay) }),
            false => handle.clone(),
        });
        let tensors = requests.iter().map(|(first, count, ..)| batch(&rows[*first..first + count])).collect();
        let answers = runtime().block_on(infer_all(handles.collect(), tensors));
        for ((first, count, ..), answer) in requests.iter().zip(answers) {
            let outputs = answer.unwrap();
            prop_assert_eq!(&outputs[0].shape, &[*count, 10]);
            let expected = &reference[first * 10..(first + count) * 10];
            for (found, expected) in floats(&outputs[0]).iter().zip(expected) {
                prop_assert!((found - expected).abs() < 1e-5, "{} instead of {}", found, expected);
            }
        }
    });
    runtime().block_on(manager.shutdown());
}
