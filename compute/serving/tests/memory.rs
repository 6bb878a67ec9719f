//! The memory limit of a model, with real processes that run into it.

mod common;

use common::{batch, digits, manager, model_path, spec, test_model, wait_until};
use neurite_serving::{ModelHandle, ModelSpec, ModelState, ServingError, Tensor};

const MEBIBYTE: u64 = 1 << 20;
/// What the test model takes for each row, beside the answer.
const ROW: usize = 16 << 20;

fn rows(count: usize) -> [Tensor; 1] {
    [Tensor::f32(vec![count, 1], vec![1.0; count])]
}

async fn sum_of_one_row(handle: &ModelHandle) -> Vec<Tensor> {
    handle.infer_borrowed(&rows(1)).await.unwrap()
}

#[tokio::test]
async fn a_request_over_the_limit_fails_alone_and_the_process_starts_again() {
    let manager = manager();
    let limit = 256 * MEBIBYTE;
    let limited = ModelSpec { memory: Some(limit), ..spec(test_model("expand.onnx")) };
    let handle = manager.model(limited).await.unwrap();
    let neighbour = manager.model(spec(model_path("digits.onnx"))).await.unwrap();
    let neighbours_process = neighbour.health().pid;
    let answer = sum_of_one_row(&handle).await;
    assert_eq!(answer, [Tensor::f32(vec![1, 1], vec![(ROW / 4) as f32])]);
    let health = handle.health();
    assert_eq!(health.memory_limit, Some(limit));
    assert!(health.resident_bytes.is_some_and(|bytes| (MEBIBYTE..limit).contains(&bytes)), "{health:?}");

    let refused = handle.infer_borrowed(&rows(64)).await.unwrap_err();
    assert!(
        matches!(&refused, ServingError::MemoryExceeded { limit: found, reason, .. } if *found == limit && !reason.is_empty()),
        "{refused}"
    );
    assert!(!refused.is_transient(), "the same request would fail again");
    wait_until("the process's end is noticed", || handle.health().state == ModelState::BackingOff).await;
    assert_eq!(sum_of_one_row(&handle).await, answer);
    assert_eq!((handle.health().restarts, handle.health().state), (1, ModelState::Running));

    assert!(neighbour.infer(vec![batch(&digits()[..1])]).await.is_ok());
    assert_eq!((neighbour.health().pid, neighbour.health().restarts), (neighbours_process, 0));
    manager.shutdown().await;
}

#[tokio::test]
async fn a_model_that_cannot_be_loaded_within_its_limit_is_named_and_tried_again() {
    let manager = manager();
    let limited = ModelSpec { memory: Some(8 * MEBIBYTE), ..spec(model_path("conv.onnx")) };
    for _ in 0..2 {
        let refused = manager.model(limited.clone()).await.unwrap_err();
        assert!(matches!(refused, ServingError::MemoryExceeded { .. }), "{refused}");
        assert_eq!(manager.health()[0].state, ModelState::BackingOff);
    }
    manager.shutdown().await;
}

#[tokio::test]
async fn without_a_limit_the_same_request_is_answered() {
    let manager = manager();
    let handle = manager.model(spec(test_model("expand.onnx"))).await.unwrap();
    let answer = handle.infer_borrowed(&rows(64)).await.unwrap();
    assert_eq!(answer[0].shape, [64, 1]);
    manager.shutdown().await;
}
