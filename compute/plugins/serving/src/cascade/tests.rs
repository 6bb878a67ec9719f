//! Tests of `cascade` that need no process.

use super::*;
use crate::test_support::idle_manager;
use neurite_core::Plugin;
use serde_json::{json, Value};

fn check(parameters: Value) -> Vec<String> {
    let parameters: CascadeParameters = serde_json::from_value(parameters).unwrap();
    Cascade::new(idle_manager()).check(&parameters).into_iter().map(|fault| fault.path).collect()
}

#[test]
fn parts_that_do_not_fit_together_are_refused_at_their_place() {
    let detector = json!({ "PATH": "a.onnx", "POSTPROCESS": [{ "OP": "BOXES", "FORMAT": "YOLOV8" }] });
    let resize = json!([{ "OP": "RESIZE", "WIDTH": 16, "HEIGHT": 16 }]);
    let classifier = json!({ "PATH": "b.onnx", "PREPROCESS": resize, "POSTPROCESS": [{ "OP": "TOP_K" }] });
    assert!(check(json!({ "DETECTOR": detector, "CLASSIFIER": classifier })).is_empty());
    let plain = json!({ "PATH": "a.onnx" });
    let faults = check(json!({ "DETECTOR": plain, "CLASSIFIER": plain }));
    assert_eq!(faults, ["/DETECTOR/POSTPROCESS", "/CLASSIFIER/PREPROCESS", "/CLASSIFIER/POSTPROCESS"]);
    let several = json!({ "PATH": "b.onnx", "PREPROCESS": resize, "POSTPROCESS": [{ "OP": "TOP_K", "K": 2 }] });
    assert_eq!(check(json!({ "DETECTOR": detector, "CLASSIFIER": several })), ["/CLASSIFIER/POSTPROCESS"]);
    let unordered = json!({ "PATH": "a.onnx", "POSTPROCESS": [{ "OP": "NMS" }, { "OP": "BOXES", "FORMAT": "XYXY" }] });
    let faults = check(json!({ "DETECTOR": unordered, "CLASSIFIER": classifier }));
    assert_eq!(faults, ["/DETECTOR/POSTPROCESS/0/OP", "/DETECTOR/POSTPROCESS/1/OP"]);
}
