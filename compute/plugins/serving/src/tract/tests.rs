//! Tests of `tract` that need no process.

use super::*;
use crate::test_support::idle_manager;
use neurite_core::Plugin;
use serde_json::json;

#[test]
fn a_graphics_card_is_refused_and_the_processor_is_not() {
    let plugin = Tract::new(idle_manager());
    let check = |device: &str| {
        let parameters: TractParameters = serde_json::from_value(json!({ "PATH": "a.onnx", "DEVICE": device })).unwrap();
        plugin.check(&parameters).into_iter().map(|fault| fault.path).collect::<Vec<_>>()
    };
    assert_eq!(check("cuda"), ["/DEVICE"]);
    assert!(check("cpu").is_empty() && check("auto").is_empty());
}

#[test]
fn the_reference_page_tells_tract_from_onnx() {
    let mut registry = neurite_core::Registry::default();
    crate::register(&mut registry, idle_manager()).unwrap();
    let descriptor = |name| registry.descriptor(neurite_core::PluginKind::Serving, name).unwrap();
    assert!(descriptor("tract").description.contains("with tract, which is part of the engine"));
    assert!(descriptor("onnx").description.contains("with ONNX Runtime"));
    assert_eq!(descriptor("tract").schema, descriptor("onnx").schema);
}
