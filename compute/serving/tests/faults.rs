//! What goes wrong with models and processes, with real processes.

mod common;

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use common::{batch, config, digits, is_alive, kill, manager, model_path, pictures, predictions, spec, wait_until, DEADLINE};
use neurite_serving::{
    BackendKind, Device, ModelHandle, ModelSpec, ModelState, Runtime, ServingConfig, ServingError, ServingManager, TensorData,
};

/// Set in the process that plays the engine in the test of the engine's death.
const ENGINE_MARK: &str = "NEURITE_TEST_ENGINE";

async fn refusal(manager: &ServingManager, path: &Path) -> String {
    match manager.model(spec(path)).await.unwrap_err() {
        error @ ServingError::ModelInvalid { .. } => {
            assert!(!error.is_transient());
            error.to_string()
        }
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_corrupt_or_missing_model_is_reported_and_not_tried_again_until_its_file_changes() {
    let folder = tempfile::tempdir().unwrap();
    let manager = manager();
    let good = fs::read(model_path("digits.onnx")).unwrap();
    let path = folder.path().join("model.onnx");
    let missing = refusal(&manager, &path).await;
    assert!(missing.contains("cannot be read"), "{missing}");
    for bad in [good[..good.len() / 2].to_vec(), b"no model".to_vec(), Vec::new()] {
        fs::write(&path, &bad).unwrap();
        let first = refusal(&manager, &path).await;
        assert_eq!(refusal(&manager, &path).await, first, "the same refusal");
        let health = manager.health();
        let health = health.iter().find(|health| health.path.ends_with("model.onnx")).unwrap();
        assert_eq!((health.state, health.pid, health.restarts), (ModelState::Invalid, None, 0));
    }
    fs::write(&path, &good).unwrap();
    let handle = manager.model(spec(&path)).await.unwrap();
    assert!(handle.infer(vec![batch(&digits()[..1])]).await.is_ok());
    manager.shutdown().await;
}

#[tokio::test]
async fn a_model_of_another_digest_is_refused() {
    let manager = manager();
    let wrong = ModelSpec { blake3: Some([1; 32]), ..spec(model_path("digits.onnx")) };
    let error = manager.model(wrong).await.unwrap_err();
    assert!(matches!(&error, ServingError::ModelInvalid { reason, .. } if reason.contains("blake3")), "{error}");
    manager.shutdown().await;
}

/// Asks until the process is back, as a user does who gets a transient error.
async fn infer_until_answered(handle: &ModelHandle) {
    let input = [batch(&digits()[..1])];
    let started = std::time::Instant::now();
    while let Err(error) = handle.infer_borrowed(&input).await {
        assert!(error.is_transient(), "{error}");
        assert!(started.elapsed() < DEADLINE);
    }
}

#[tokio::test]
async fn a_killed_process_is_started_again_by_the_next_request() {
    let manager = manager();
    let handle = manager.model(spec(model_path("digits.onnx"))).await.unwrap();
    let mut last = None;
    for deaths in 1..=3 {
        let pid = handle.health().pid.unwrap();
        assert_ne!(Some(pid), last);
        kill(pid);
        wait_until("the death is noticed", || handle.health().pid != Some(pid)).await;
        assert_eq!(handle.health().state, ModelState::BackingOff);
        infer_until_answered(&handle).await;
        let health = handle.health();
        assert_eq!((health.state, health.restarts), (ModelState::Running, deaths));
        last = Some(pid);
    }
    manager.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_process_fails_the_requests_in_flight_with_a_transient_error() {
    let manager = manager();
    let handle = manager.model(spec(model_path("conv.onnx"))).await.unwrap();
    let requests: Vec<_> = (0..4)
        .map(|_| {
            let handle = handle.clone();
            tokio::spawn(async move { handle.infer(vec![pictures(64)]).await })
        })
        .collect();
    wait_until("requests are in flight", || handle.health().in_flight > 1).await;
    kill(handle.health().pid.unwrap());
    let mut failures = 0;
    for request in requests {
        match request.await.unwrap() {
            Ok(_) => {}
            Err(error) => {
                assert!(matches!(error, ServingError::ProcessEnded { .. }) && error.is_transient(), "{error}");
                failures += 1;
            }
        }
    }
    assert!(failures > 0);
    assert!(handle.infer(vec![pictures(1)]).await.is_ok());
    manager.shutdown().await;
}

#[tokio::test]
async fn a_program_that_cannot_be_started_is_no_transient_error() {
    let manager = ServingManager::new(ServingConfig { worker_program: "/no/such/program".into(), ..config() });
    let error = manager.model(spec(model_path("digits.onnx"))).await.unwrap_err();
    assert!(matches!(error, ServingError::Spawn { .. }) && !error.is_transient(), "{error}");
}

#[tokio::test]
async fn a_program_that_ends_or_hangs_or_talks_nonsense_is_an_error() {
    let start = |script: &str, startup_timeout| {
        let worker_args = vec!["-c".into(), script.into()];
        let manager = ServingManager::new(ServingConfig { worker_program: "/bin/sh".into(), worker_args, startup_timeout, ..config() });
        async move { manager.model(spec(model_path("digits.onnx"))).await.unwrap_err() }
    };
    let ended = start("exit 3", DEADLINE).await;
    assert!(matches!(&ended, ServingError::ProcessEnded { reason, .. } if reason.contains("exit status: 3")), "{ended}");
    let hung = start("exec sleep 600", Duration::from_millis(50)).await;
    assert!(matches!(hung, ServingError::StartTimeout { .. }) && hung.is_transient(), "{hung}");
    let nonsense = start("printf 'zzzzzzzz' >&0; exec sleep 600", DEADLINE).await;
    assert!(matches!(nonsense, ServingError::BrokenTransport { .. }), "{nonsense}");
}

#[tokio::test]
async fn a_wrong_backend_library_is_named() {
    let library = model_path("digits.csv");
    let manager = ServingManager::new(ServingConfig { onnxruntime: library.clone(), ..config() });
    let error = manager.model(spec(model_path("digits.onnx"))).await.unwrap_err();
    assert!(matches!(&error, ServingError::BackendUnavailable { path, .. } if *path == library), "{error}");
}

#[tokio::test]
async fn without_a_library_tract_answers_and_health_says_so() {
    let manager = ServingManager::new(ServingConfig { onnxruntime: model_path("no-such-library.so"), ..config() });
    let (fallback, asked_for) =
        (spec(model_path("digits.onnx")), ModelSpec { backend: BackendKind::Tract, ..spec(model_path("digits.onnx")) });
    for (spec, has_note) in [(fallback, true), (asked_for, false)] {
        let handle = manager.model(spec).await.unwrap();
        let outputs = handle.infer(vec![batch(&digits()[..5])]).await.unwrap();
        let TensorData::F32(scores) = &outputs[0].data else { panic!("scores are floats") };
        assert_eq!(predictions(scores), digits()[..5].iter().map(|(_, label)| *label).collect::<Vec<_>>());
        let execution = handle.health().execution.unwrap();
        assert_eq!((execution.runtime, execution.device), (Runtime::Tract, Device::Cpu));
        assert_eq!(execution.note.is_some_and(|note| note.contains("no-such-library.so")), has_note);
    }
    manager.shutdown().await;
}

/// Plays the engine in a process of its own: serves a model, says the process's id, and waits to be killed.
#[tokio::test]
async fn engine_of_the_death_test() {
    if std::env::var_os(ENGINE_MARK).is_none() {
        return;
    }
    let manager = manager();
    let handle = manager.model(spec(model_path("digits.onnx"))).await.unwrap();
    println!("\nserving process {}", handle.health().pid.unwrap());
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn a_process_dies_with_its_engine_even_when_that_is_killed() {
    let mut engine = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "engine_of_the_death_test", "--nocapture"])
        .env(ENGINE_MARK, "1")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(engine.stdout.take().unwrap()).lines();
    let pid: u32 =
        lines.map_while(Result::ok).find_map(|line| line.strip_prefix("serving process ")?.parse().ok()).expect("the engine serves");
    assert!(is_alive(pid));
    engine.kill().unwrap();
    engine.wait().unwrap();
    wait_until("the serving process is gone", || !is_alive(pid)).await;
}
