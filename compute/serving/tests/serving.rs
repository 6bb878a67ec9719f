//! Serving as its users see it: the right answers, sharing, idle times, limits, shutdown.

mod common;

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use common::{batch, config, digits, is_alive, manager, model_path, pictures, predictions, reference, spec, wait_until};
use neurite_serving::{
    config::{MAX_WAITING, SLOTS},
    Dtype, ModelHandle, ModelState, ServingConfig, ServingError, ServingManager, Tensor, TensorData,
};

async fn count_right(handle: &ModelHandle, rows: &[(Vec<f32>, usize)]) -> usize {
    let outputs = handle.infer(vec![batch(rows)]).await.unwrap();
    let TensorData::F32(scores) = &outputs[0].data else { panic!("scores are floats") };
    let labels = rows.iter().map(|(_, label)| *label);
    predictions(scores).into_iter().zip(labels).filter(|(found, label)| found == label).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_process_answers_exactly_as_many_digits_rightly_as_the_reference() {
    let manager = manager();
    let handle = manager.model(spec(model_path("digits.onnx"))).await.unwrap();
    let rows = digits();
    let mut right = 0;
    for part in rows.chunks(100) {
        right += count_right(&handle, part).await;
    }
    let reference = reference();
    assert_eq!(reference["rows"], rows.len());
    assert_eq!(reference["right"], right);
    assert_eq!(handle.health().requests, rows.len().div_ceil(100) as u64);
    manager.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_concurrent_users_share_one_process_and_get_their_own_answers() {
    let manager = manager();
    let rows = Arc::new(digits());
    let users: Vec<_> = (0..32)
        .map(|user| {
            let (manager, rows) = (manager.clone(), Arc::clone(&rows));
            tokio::spawn(async move {
                let handle = manager.model(spec(model_path("digits.onnx"))).await.unwrap();
                let mut right = 0;
                for row in (user..rows.len()).step_by(32) {
                    right += count_right(&handle, &rows[row..=row]).await;
                }
                (right, handle.health().pid)
            })
        })
        .collect();
    let mut right = 0;
    let mut processes = Vec::new();
    for user in users {
        let (part, pid) = user.await.unwrap();
        right += part;
        processes.push(pid);
    }
    assert_eq!(reference()["right"], right);
    processes.dedup();
    assert_eq!(processes.len(), 1, "one process");
    let health = manager.health();
    assert_eq!((health.len(), health[0].requests, health[0].failures, health[0].restarts), (1, rows.len() as u64, 0, 0));
    manager.shutdown().await;
}

#[tokio::test]
async fn a_model_describes_itself_and_refuses_tensors_that_do_not_fit() {
    let manager = manager();
    let digest = blake3::hash(&std::fs::read(model_path("digits.onnx")).unwrap());
    let with_digest = neurite_serving::ModelSpec { blake3: Some(*digest.as_bytes()), ..spec(model_path("digits.onnx")) };
    let handle = manager.model(with_digest).await.unwrap();
    let description = handle.describe();
    assert_eq!((description.inputs[0].name.as_str(), description.inputs[0].dtype), ("features", Dtype::F32));
    assert_eq!(description.outputs[0].shape, [None, Some(10)]);
    let refused = handle.infer(vec![Tensor::f32(vec![1, 63], vec![0.0; 63])]).await.unwrap_err();
    assert_eq!(refused, ServingError::InvalidInput { reason: "input features: shape [1, 63] does not fit [any, 64]".into() });
    assert!(!refused.is_transient());
    manager.shutdown().await;
}

#[tokio::test]
async fn tensors_larger_than_a_slot_are_refused() {
    let manager = manager();
    let handle = manager.model(spec(model_path("digits.onnx"))).await.unwrap();
    let rows = (64 << 20) / 64 / 4;
    let refused = handle.infer(vec![Tensor::f32(vec![rows, 64], vec![0.0; rows * 64])]).await.unwrap_err();
    assert!(matches!(refused, ServingError::TooLarge { bytes, limit } if bytes > limit && limit == 64 << 20), "{refused}");
    assert!(!refused.is_transient());
    let handle_lives = handle.infer(vec![batch(&digits()[..1])]).await;
    assert!(handle_lives.is_ok());
    manager.shutdown().await;
}

#[tokio::test]
async fn an_idle_process_stops_and_the_next_request_starts_another() {
    let manager = ServingManager::new(ServingConfig { idle_timeout: Duration::from_millis(50), ..config() });
    let handle = manager.model(spec(model_path("digits.onnx"))).await.unwrap();
    let first = handle.health().pid;
    wait_until("the idle process has stopped", || handle.health().state == ModelState::Stopped).await;
    if let Some(first) = first {
        wait_until("the idle process is gone", || !is_alive(first)).await;
    }
    assert_eq!(count_right(&handle, &digits()[..1]).await, 1);
    assert_eq!(handle.health().restarts, 0, "a process that was idle had not died");
    manager.shutdown().await;
}

#[tokio::test]
async fn shutdown_ends_the_processes_and_refuses_requests() {
    let manager = manager();
    let handle = manager.model(spec(model_path("digits.onnx"))).await.unwrap();
    let pid = handle.health().pid.unwrap();
    manager.shutdown().await;
    assert!(!is_alive(pid));
    assert_eq!(handle.infer(vec![batch(&digits()[..1])]).await, Err(ServingError::ShuttingDown));
    assert_eq!(manager.model(spec(model_path("digits.onnx"))).await.unwrap_err(), ServingError::ShuttingDown);
}

#[tokio::test]
async fn dropping_manager_and_handles_ends_the_processes() {
    let manager = manager();
    let handle = manager.model(spec(model_path("digits.onnx"))).await.unwrap();
    let pid = handle.health().pid.unwrap();
    drop((manager, handle));
    wait_until("the process is gone", || !is_alive(pid)).await;
}

#[tokio::test]
async fn more_models_than_the_limit_are_refused_while_all_have_users() {
    let manager = ServingManager::new(ServingConfig { max_models: 1, ..config() });
    let handle = manager.model(spec(model_path("digits.onnx"))).await.unwrap();
    let pid = handle.health().pid.unwrap();
    let other = neurite_serving::ModelSpec { threads: Some(2), ..spec(model_path("digits.onnx")) };
    let refused = manager.model(other.clone()).await.unwrap_err();
    assert_eq!(refused, ServingError::TooManyModels { limit: 1 });
    assert!(refused.is_transient());
    drop(handle);
    assert!(manager.model(other).await.is_ok(), "the first model has no users any more");
    wait_until("the process of the first model is gone", || !is_alive(pid)).await;
    manager.shutdown().await;
}

/// Polls a request once, as a runtime would, and leaves it there.
fn poll_once<F: Future>(request: &mut Pin<Box<F>>) -> Poll<F::Output> {
    request.as_mut().poll(&mut Context::from_waker(Waker::noop()))
}

#[tokio::test]
async fn dropped_requests_give_their_slots_back() {
    let manager = manager();
    let handle = manager.model(spec(model_path("conv.onnx"))).await.unwrap();
    let picture = [pictures(1)];
    for _ in 0..3 {
        let mut requests: Vec<_> = (0..SLOTS + 2).map(|_| Box::pin(handle.infer_borrowed(&picture))).collect();
        for request in &mut requests {
            drop(poll_once(request));
        }
    }
    let answer = handle.infer_borrowed(&picture).await.unwrap();
    assert_eq!(answer[0].shape, [1, 100]);
    wait_until("all slots are free", || handle.health().in_flight == 0).await;
    manager.shutdown().await;
}

#[tokio::test]
async fn requests_beyond_the_queue_are_refused_and_the_others_are_not() {
    let manager = manager();
    let handle = manager.model(spec(model_path("conv.onnx"))).await.unwrap();
    let picture = [pictures(1)];
    let mut requests: Vec<_> = (0..MAX_WAITING + SLOTS).map(|_| Box::pin(handle.infer_borrowed(&picture))).collect();
    let mut ready = requests.iter_mut().filter_map(|request| match poll_once(request) {
        Poll::Ready(answer) => Some(answer),
        Poll::Pending => None,
    });
    assert!(ready.all(|answer| answer.is_ok()));
    let refused = handle.infer_borrowed(&picture).await.unwrap_err();
    assert!(matches!(refused, ServingError::Overloaded { limit: MAX_WAITING, .. }));
    assert!(refused.is_transient());
    drop(requests);
    assert!(handle.infer_borrowed(&picture).await.is_ok());
    manager.shutdown().await;
}
