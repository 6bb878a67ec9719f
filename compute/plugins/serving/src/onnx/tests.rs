//! Tests of `onnx` that need no process: what is refused before one is started.

use super::*;
use crate::test_support::idle_manager;
use neurite_core::{FailureClass, Need, Plugin, PluginError};
use neurite_serving::{BackendKind, DeviceChoice, ModelSpec};
use neurite_testkit::{block_on, context, TempBase};
use serde_json::{json, Value};

fn open(base: &TempBase, parameters: Value) -> Result<(), PluginError> {
    let parameters: OnnxParameters = serde_json::from_value(parameters).unwrap();
    block_on(Onnx::new(idle_manager()).open(parameters, &context(base))).map(|_| ())
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
    assert!(serde_json::from_value::<OnnxParameters>(json!({ "PATH": "a.onnx", "DEVICE": "tpu" })).is_err());
}

#[test]
fn faults_are_found_at_their_place() {
    let check = |parameters: Value| {
        let parameters: OnnxParameters = serde_json::from_value(parameters).unwrap();
        Onnx::new(idle_manager()).check(&parameters).into_iter().map(|fault| fault.path).collect::<Vec<_>>()
    };
    assert!(check(json!({ "PATH": "a.onnx", "MAX_BATCH": 8, "MAX_DELAY_US": 500, "MEMORY_MB": 64, "DEVICE": "cuda" })).is_empty());
    assert_eq!(check(json!({ "PATH": "a.onnx", "MAX_DELAY_US": 500 })), ["/MAX_DELAY_US"]);
    let steps = json!({ "PATH": "a.onnx", "PREPROCESS": [{ "OP": "NORMALISE", "SCALE": 0 }], "POSTPROCESS": [{ "OP": "NMS" }] });
    assert_eq!(check(steps), ["/PREPROCESS/0/SCALE", "/POSTPROCESS/0/OP"]);
    let window = |step: Value| check(json!({ "PATH": "a.onnx", "WINDOW": 8, "PREPROCESS": [step] }));
    assert!(window(json!({ "OP": "STANDARDISE", "MEAN": [1], "STD": [2] })).is_empty());
    assert_eq!(window(json!({ "OP": "GRAYSCALE" })), ["/WINDOW"]);
    let boxes = json!({ "PATH": "a.onnx", "WINDOW": 8, "POSTPROCESS": [{ "OP": "BOXES", "FORMAT": "XYXY" }] });
    assert_eq!(check(boxes), ["/WINDOW"]);
}

#[test]
fn limits_and_choices_reach_the_serving_manager() {
    let parameters = json!({ "PATH": "a.onnx", "MAX_BATCH": 8, "MAX_DELAY_US": 500, "MEMORY_MB": 64, "DEVICE": "cuda", "THREADS": 2 });
    let OnnxParameters(parameters) = serde_json::from_value(parameters).unwrap();
    let spec = parameters.spec("/models/a.onnx".into(), BackendKind::Onnx).unwrap();
    assert_eq!((spec.memory, spec.device, spec.threads), (Some(64 << 20), DeviceChoice::Cuda, Some(2)));
    let batching = parameters.batching().unwrap();
    assert_eq!((batching.max_rows, batching.max_delay.as_micros()), (8, 500));
    let OnnxParameters(plain) = serde_json::from_value(json!({ "PATH": "a.onnx" })).unwrap();
    assert_eq!(plain.spec("a.onnx".into(), BackendKind::Onnx).unwrap(), ModelSpec::new("a.onnx"));
    assert!(plain.batching().is_none());
}

#[test]
fn the_model_must_be_there_with_its_digest() {
    let base = TempBase::new();
    let digest = "0".repeat(64);
    let parameters: OnnxParameters = serde_json::from_value(json!({ "PATH": "a.onnx", "BLAKE3": digest })).unwrap();
    let needs = Onnx::new(idle_manager()).needs(&parameters, &context(&base)).unwrap();
    let [Need::File { folder, path, blake3 }] = needs.as_slice() else { panic!("not one file: {needs:?}") };
    assert_eq!((folder.root(), path.as_str()), (base.models().root(), "a.onnx"));
    assert_eq!(blake3.as_deref(), Some(digest.as_str()));
}
