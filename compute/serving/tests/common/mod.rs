//! What the tests share: the real library, the committed models, and waiting for a condition.

#![allow(dead_code, reason = "each test program uses its part")]

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use neurite_serving::{ModelSpec, ServingConfig, ServingManager, Tensor};

/// How long a test waits for what must come.
pub(crate) const DEADLINE: Duration = Duration::from_secs(60);

pub(crate) const FEATURES: usize = 64;
pub(crate) const CLASSES: usize = 10;

pub(crate) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The library of ONNX Runtime that set-up has fetched.
pub(crate) fn onnxruntime() -> PathBuf {
    let path = std::env::var_os("NEURITE_ONNXRUNTIME").map_or_else(|| workspace().join(".deps/libonnxruntime.so"), PathBuf::from);
    assert!(path.is_file(), "{} is missing: run scripts/setup", path.display());
    path
}

pub(crate) fn model_path(name: &str) -> PathBuf {
    workspace().join("models").join(name)
}

/// A model of a few nodes, made for these tests.
pub(crate) fn test_model(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/models").join(name)
}

pub(crate) fn spec(path: impl Into<PathBuf>) -> ModelSpec {
    ModelSpec { threads: Some(1), ..ModelSpec::new(path) }
}

pub(crate) fn config() -> ServingConfig {
    ServingConfig {
        worker_program: env!("CARGO_BIN_EXE_neurite-serve-model").into(),
        worker_args: Vec::new(),
        onnxruntime: onnxruntime(),
        threads: 1,
        max_models: 4,
        idle_timeout: Duration::from_secs(600),
        startup_timeout: DEADLINE,
    }
}

pub(crate) fn manager() -> ServingManager {
    ServingManager::new(config())
}

/// The real digits: features and label of every row.
pub(crate) fn digits() -> Vec<(Vec<f32>, usize)> {
    let text = fs::read_to_string(model_path("digits.csv")).expect("the digits are committed");
    let row = |line: &str| {
        let numbers: Vec<f32> = line.split(',').map(|number| number.parse().expect("a number")).collect();
        assert_eq!(numbers.len(), FEATURES + 1);
        (numbers[..FEATURES].to_vec(), numbers[FEATURES] as usize)
    };
    text.lines().skip(1).map(row).collect()
}

/// The numbers that Python's onnxruntime got from the same files.
pub(crate) fn reference() -> serde_json::Value {
    let text = fs::read_to_string(model_path("digits.json")).expect("the reference is committed");
    serde_json::from_str(&text).expect("the reference is JSON")
}

/// A request for a part of the digits.
pub(crate) fn batch(rows: &[(Vec<f32>, usize)]) -> Tensor {
    Tensor::f32(vec![rows.len(), FEATURES], rows.iter().flat_map(|(features, _)| features.iter().copied()).collect())
}

/// The class with the highest score of every row.
pub(crate) fn predictions(scores: &[f32]) -> Vec<usize> {
    let best = |row: &[f32]| (0..row.len()).max_by(|left, right| row[*left].total_cmp(&row[*right])).expect("a row has classes");
    scores.chunks_exact(CLASSES).map(best).collect()
}

/// Pictures for the convolutional model.
pub(crate) fn pictures(count: usize) -> Tensor {
    let size = count * 3 * 224 * 224;
    Tensor::f32(vec![count, 3, 224, 224], (0..size).map(|index| (index % 255) as f32 / 255.0).collect())
}

/// Waits until a condition holds; fails the test after the deadline.
pub(crate) async fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let started = Instant::now();
    while !condition() {
        assert!(started.elapsed() < DEADLINE, "{what} did not come true");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Tells whether a process runs; one that nobody has waited for yet does not.
pub(crate) fn is_alive(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let state = stat.rsplit(") ").next().unwrap_or_default();
    !state.is_empty() && !state.starts_with(['Z', 'X'])
}

pub(crate) fn kill(pid: u32) {
    let pid = rustix::process::Pid::from_raw(pid as i32).expect("a process id");
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).expect("the process runs");
}
