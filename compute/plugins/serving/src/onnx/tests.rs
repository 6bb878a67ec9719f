//! Tests of `onnx` that need no process: what is refused before one is started.

use super::*;
use neurite_core::{FailureClass, Plugin, PluginError};
use neurite_serving::{ServingConfig, ServingManager};
use neurite_testkit::{block_on, context, TempBase};
use serde_json::{json, Value};
use std::time::Duration;

fn open(base: &TempBase, parameters: Value) -> Result<(), PluginError> {
    let manager = ServingManager::new(ServingConfig {
        worker_program: "/nonexistent".into(),
        worker_args: Vec::new(),
        onnxruntime: "/nonexistent".into(),
        threads: 1,
        max_models: 1,
        idle_timeout: Duration::from_secs(1),
        startup_timeout: Duration::from_secs(1),
    });
    let parameters: OnnxParameters = serde_json::from_value(parameters).unwrap();
    block_on(Onnx::new(manager).open(parameters, &context(base))).map(|_| ())
}

#[test]
fn a_missing_model_is_the_senders_fault() {
    let base = TempBase::new();
    let error = open(&base, json!({ "PATH": "absent.onnx" })).unwrap_err();
    assert_eq!(error.class(), FailureClass::Model);
    assert!(error.to_string().starts_with("model absent.onnx: "), "{error}");
}

#[test]
fn a_link_out_of_the_model_folder_is_the_senders_fault() {
    let base = TempBase::new();
    let outside = base.root().join("outside.onnx");
    std::fs::write(&outside, b"model").unwrap();
    std::os::unix::fs::symlink(&outside, base.root().join("models/link.onnx")).unwrap();
    assert_eq!(open(&base, json!({ "PATH": "link.onnx" })).unwrap_err().class(), FailureClass::Model);
}

#[test]
fn parameters_that_are_not_meant_are_refused() {
    assert!(serde_json::from_value::<OnnxParameters>(json!({ "PATH": "../a.onnx" })).is_err());
    assert!(serde_json::from_value::<OnnxParameters>(json!({ "PATH": "a.onnx", "GPU": 1 })).is_err());
}
