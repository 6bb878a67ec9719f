//! Tests of the pipeline document: what is accepted, and that everything else is refused with the path of every fault.

use super::*;
use crate::DocumentError;
use neurite_core::{PluginKind, Registry};
use neurite_testkit::FakeModel;
use proptest::prelude::*;
use serde_json::{json, Value};
use std::time::Duration;

fn registry() -> Registry {
    let mut registry = Registry::default();
    neurite_plugins_acquisition::register(&mut registry).unwrap();
    neurite_plugins_business::register(&mut registry, Default::default()).unwrap();
    registry.register(FakeModel::default()).unwrap();
    registry
}

fn valid() -> Value {
    json!({
        "NAME": "digits",
        "TYPE": "CsvFile",
        "URL": "digits.csv",
        "CAP_RESOLUTION": 4,
        "STREAM_CONFIG_METADATA": { "BATCH_ROWS": 10, "LABEL_COLUMN": "label" },
        "PLUGINS": [{
            "SIGNATURE": "CLASSIFIER_SCORE",
            "INSTANCES": [{ "INSTANCE_ID": "one", "CLASSES": 10, "MODEL": { "BACKEND": "fake" } }]
        }]
    })
}

fn parse(document: &Value) -> Result<PipelineDocument, DocumentError> {
    PipelineDocument::parse(document.to_string().as_bytes(), &registry())
}

/// Sets the value at a JSON pointer of the valid document, which may end in a new key.
fn with(pointer: &str, value: Value) -> Value {
    let mut document = valid();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    document.pointer_mut(parent).unwrap()[key] = value;
    document
}

fn without(pointer: &str) -> Value {
    let mut document = valid();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    document.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(key);
    document
}

fn faults(document: &Value) -> Vec<(String, String)> {
    let error = parse(document).unwrap_err();
    error.faults().into_iter().map(|fault| (fault.path, fault.message)).collect()
}

fn paths(document: &Value) -> Vec<String> {
    faults(document).into_iter().map(|(path, _)| path).collect()
}

#[test]
fn a_valid_document_is_taken_apart() {
    let document = parse(&valid()).unwrap();
    assert_eq!(document.name, "digits");
    assert_eq!(document.hash, *blake3::hash(valid().to_string().as_bytes()).as_bytes());
    assert_eq!(document.acquisition.interval, Some(Duration::from_millis(250)));
    assert_eq!(document.acquisition.plugin.parameters, json!({ "URL": "digits.csv", "BATCH_ROWS": 10, "LABEL_COLUMN": "label" }));
    assert!(document.acquisition.reconnectable && !document.acquisition.live_feed);
    let instance = &document.instances[0];
    assert_eq!((instance.plugin.signature.as_str(), instance.id.as_str()), ("CLASSIFIER_SCORE", "one"));
    assert_eq!(instance.plugin.parameters, json!({ "CLASSES": 10 }));
    assert_eq!(instance.model, Some(PluginSpec { signature: "fake".into(), parameters: json!({}) }));
}

#[test]
fn an_unknown_plugin_is_refused_with_the_list_of_those_that_exist() {
    let unknown = |pointer: &str| faults(&with(pointer, json!("NOTHING")));
    let fault = |path: &str, available: &str| vec![(path.to_owned(), format!("\"NOTHING\" is unknown; available: {available}"))];
    let available = |kind: PluginKind| {
        let registry = registry();
        registry.descriptors(kind).iter().map(|descriptor| descriptor.signature).collect::<Vec<_>>().join(", ")
    };
    assert_eq!(unknown("/TYPE"), fault("/TYPE", &available(PluginKind::Acquisition)));
    assert_eq!(unknown("/PLUGINS/0/SIGNATURE"), fault("/PLUGINS/0/SIGNATURE", &available(PluginKind::Business)));
    let model = "/PLUGINS/0/INSTANCES/0/MODEL/BACKEND";
    assert_eq!(unknown(model), fault(model, "fake"));
}

#[test]
fn a_model_is_needed_possible_or_out_of_place_as_the_plugin_says() {
    let document = |signature: &str, parameters: Value, model: bool| {
        let mut instance = parameters;
        instance["INSTANCE_ID"] = json!("one");
        if model {
            instance["MODEL"] = json!({ "BACKEND": "fake" });
        }
        with("/PLUGINS", json!([{ "SIGNATURE": signature, "INSTANCES": [instance] }]))
    };
    let forward = || json!({ "VALUES": ["label"] });
    assert!(parse(&document("FORWARD", forward(), false)).unwrap().instances[0].model.is_none());
    assert!(parse(&document("FORWARD", forward(), true)).unwrap().instances[0].model.is_some());
    let model = "/PLUGINS/0/INSTANCES/0/MODEL";
    assert_eq!(paths(&document("CLASSIFIER_SCORE", json!({ "CLASSES": 2 }), false)), [model]);
    assert_eq!(paths(&document("CAMERA_QUALITY", json!({}), true)), [model]);
}

#[test]
fn missing_keys_are_faults_where_they_belong() {
    for pointer in [
        "/NAME",
        "/TYPE",
        "/URL",
        "/PLUGINS",
        "/PLUGINS/0/SIGNATURE",
        "/PLUGINS/0/INSTANCES",
        "/PLUGINS/0/INSTANCES/0/INSTANCE_ID",
        "/PLUGINS/0/INSTANCES/0/CLASSES",
        "/PLUGINS/0/INSTANCES/0/MODEL",
        "/PLUGINS/0/INSTANCES/0/MODEL/BACKEND",
    ] {
        assert_eq!(faults(&without(pointer)), [(pointer.to_owned(), "is missing".to_owned())]);
    }
}

#[test]
fn unknown_keys_are_faults_at_every_level() {
    for pointer in [
        "/COLOUR",
        "/STREAM_CONFIG_METADATA/COLOUR",
        "/PLUGINS/0/COLOUR",
        "/PLUGINS/0/INSTANCES/0/COLOUR",
        "/PLUGINS/0/INSTANCES/0/MODEL/COLOUR",
    ] {
        assert_eq!(faults(&with(pointer, json!(1))), [(pointer.to_owned(), "is not a known key".to_owned())]);
    }
    let mut document = valid();
    document["A/B~C"] = json!(1);
    assert_eq!(paths(&document), ["/A~1B~0C"]);
}

#[test]
fn wrong_types_and_values_are_faults() {
    for (pointer, value) in [
        ("/NAME", json!(7)),
        ("/NAME", json!("")),
        ("/NAME", json!("job:a/1/0")),
        ("/URL", json!("/etc/passwd")),
        ("/URL", json!("../digits.csv")),
        ("/URL", json!("a/../../digits.csv")),
        ("/URL", json!(null)),
        ("/CAP_RESOLUTION", json!(0)),
        ("/CAP_RESOLUTION", json!(-1)),
        ("/CAP_RESOLUTION", json!("fast")),
        ("/LIVE_FEED", json!(true)),
        ("/RECONNECTABLE", json!("YES")),
        ("/STREAM_CONFIG_METADATA", json!([])),
        ("/STREAM_CONFIG_METADATA/BATCH_ROWS", json!(0)),
        ("/STREAM_CONFIG_METADATA/BATCH_ROWS", json!(1.5)),
        ("/STREAM_CONFIG_METADATA/BLAKE3", json!("xyz")),
        ("/PLUGINS", json!([])),
        ("/PLUGINS", json!({})),
        ("/PLUGINS/0/INSTANCES", json!([])),
        ("/PLUGINS/0/INSTANCES/0", json!("one")),
        ("/PLUGINS/0/INSTANCES/0/CLASSES", json!(1)),
        ("/PLUGINS/0/INSTANCES/0/MODEL", json!("digits.onnx")),
    ] {
        let mut document = valid();
        match pointer {
            "/PLUGINS/0/INSTANCES/0" => document["PLUGINS"][0]["INSTANCES"][0] = value.clone(),
            _ => document = with(pointer, value.clone()),
        }
        assert_eq!(paths(&document), [pointer], "{value}");
    }
    assert_eq!(paths(&json!([])), [""]);
}

#[test]
fn every_fault_is_named_at_once() {
    let mut document = with("/NAME", json!(7));
    document["STREAM_CONFIG_METADATA"]["BATCH_ROWS"] = json!(0);
    document["PLUGINS"][0]["INSTANCES"][0]["CLASSES"] = json!("ten");
    document["PLUGINS"][0]["INSTANCES"][0].as_object_mut().unwrap().remove("INSTANCE_ID");
    let expected = ["/NAME", "/PLUGINS/0/INSTANCES/0/CLASSES", "/PLUGINS/0/INSTANCES/0/INSTANCE_ID", "/STREAM_CONFIG_METADATA/BATCH_ROWS"];
    assert_eq!(paths(&document), expected);
}

#[test]
fn what_the_schema_cannot_say_is_checked_too() {
    let mut document = valid();
    let instance = document["PLUGINS"][0]["INSTANCES"][0].clone();
    document["PLUGINS"][0]["INSTANCES"].as_array_mut().unwrap().push(instance);
    assert_eq!(paths(&document), ["/PLUGINS/0/INSTANCES/1/INSTANCE_ID"]);
    let headless = with("/STREAM_CONFIG_METADATA/HAS_HEADER", json!(false));
    assert_eq!(paths(&headless), ["/STREAM_CONFIG_METADATA/LABEL_COLUMN"]);
}

#[test]
fn a_long_list_of_faults_is_cut() {
    let mut document = valid();
    for number in 0..100 {
        document[format!("UNKNOWN_{number:03}")] = json!(1);
    }
    let DocumentError::Invalid { faults, more } = parse(&document).unwrap_err() else { panic!("must be invalid") };
    assert_eq!(faults.len(), 64);
    assert!(faults.len() + more >= 64);
}

#[test]
fn a_document_of_ten_megabytes_is_refused_unread() {
    let huge = vec![b'['; 10 * 1024 * 1024];
    let error = PipelineDocument::parse(&huge, &registry()).unwrap_err();
    assert_eq!(error, DocumentError::TooLarge { size: 10 * 1024 * 1024, limit: MAX_DOCUMENT_BYTES });
    let deep = vec![b'['; MAX_DOCUMENT_BYTES];
    assert!(matches!(PipelineDocument::parse(&deep, &registry()), Err(DocumentError::NotJson { .. })));
    assert!(matches!(PipelineDocument::parse(b"\xff", &registry()), Err(DocumentError::NotJson { .. })));
}

/// Plugins with a target of payloads that takes an address.
fn registry_with_target() -> Registry {
    let mut registry = registry();
    neurite_plugins_communication::register(&mut registry, std::sync::Arc::new(neurite_testkit::FakePublisher::default())).unwrap();
    registry
}

fn parse_with_target(communication: Value) -> Result<PipelineDocument, DocumentError> {
    PipelineDocument::parse(with("/COMMUNICATION", communication).to_string().as_bytes(), &registry_with_target())
}

#[test]
fn payloads_go_to_one_target_or_to_several_by_their_kind() {
    use neurite_core::PayloadKind::{Data, Notification, Progress, Result};
    let one = parse_with_target(json!({ "TYPE": "MQTT" })).unwrap().communication;
    assert_eq!(one, [CommunicationSpec::all(PluginSpec { signature: "MQTT".into(), parameters: json!({}) })]);
    assert!([Data, Notification, Progress, Result].into_iter().all(|kind| one[0].carries(kind)));
    let several =
        json!([{ "TYPE": "MQTT", "CARRIES": ["NOTIFICATIONS", "RESULTS"] }, { "TYPE": "MQTT", "CARRIES": ["PAYLOADS", "PROGRESS"] }]);
    let several = parse_with_target(several).unwrap().communication;
    assert_eq!([&several[0].carries, &several[1].carries], [&vec![Notification, Result], &vec![Data, Progress]]);
    assert_eq!(several[0].plugin.parameters, json!({}));
    assert_eq!(parse(&valid()).unwrap().communication, []);
}

#[test]
fn faults_of_a_target_are_at_its_place_in_the_list() {
    let refused = |communication: Value| -> Vec<String> {
        parse_with_target(communication).unwrap_err().faults().into_iter().map(|fault| fault.path).collect()
    };
    let mqtt = json!({ "TYPE": "MQTT" });
    let address = format!("0xai_{}", "a".repeat(44));
    let doubled = json!({ "TYPE": "MQTT", "RECIPIENTS": [address, address] });
    assert_eq!(refused(json!([])), ["/COMMUNICATION"]);
    assert_eq!(refused(json!([mqtt, mqtt, mqtt, mqtt, mqtt])), ["/COMMUNICATION"]);
    assert_eq!(refused(json!([mqtt, { "TYPE": "NOTHING" }])), ["/COMMUNICATION/1/TYPE"]);
    assert_eq!(refused(json!([mqtt, doubled])), ["/COMMUNICATION/1/RECIPIENTS/1"]);
    assert_eq!(refused(json!([{ "TYPE": "MQTT", "COLOUR": 1 }])), ["/COMMUNICATION/0/COLOUR"]);
    assert_eq!(refused(json!({ "TYPE": "MQTT", "CARRIES": [] })), ["/COMMUNICATION/CARRIES"]);
    assert_eq!(refused(json!([{ "TYPE": "MQTT", "CARRIES": ["RESULTS", "RUMOURS"] }])), ["/COMMUNICATION/0/CARRIES/1"]);
    assert_eq!(refused(json!("MQTT")), ["/COMMUNICATION"]);
}

#[test]
fn the_published_schema_is_the_one_that_is_enforced() {
    let schema = schema(&registry());
    let validator = jsonschema::validator_for(&schema).unwrap();
    assert!(validator.is_valid(&valid()));
    assert!(!validator.is_valid(&with("/COLOUR", json!(1))));
    let registry = registry();
    let sources: Vec<&str> = registry.descriptors(PluginKind::Acquisition).iter().map(|source| source.signature).collect();
    assert!(sources.contains(&"CsvFile"), "{sources:?}");
    assert_eq!(schema["properties"]["TYPE"]["enum"], json!(sources));
}

#[test]
fn the_reference_page_shows_every_key_of_every_plugin() {
    let page = reference_markdown(&registry());
    for text in [
        "### `CsvFile`",
        "| `BATCH_ROWS` | integer, 1 to 65536 | `32` | Rows per batch. |",
        "| `URL` | string | required | Path of the file below the engine's data folder. |",
        "### `CLASSIFIER_SCORE`",
        "Needs a `MODEL`.",
        "| `OUTPUT` | string | none |",
    ] {
        assert!(page.contains(text), "{text} not in:\n{page}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = PipelineDocument::parse(&bytes, &registry());
    }

    #[test]
    fn no_change_of_one_value_makes_it_panic(at in 0usize..12, replaced in prop_oneof![
        Just(json!(null)), Just(json!([])), Just(json!({})), Just(json!(-1)), Just(json!(1e300)), Just(json!("\u{0}")), Just(json!(true)),
    ]) {
        let pointers = [
            "/NAME", "/TYPE", "/URL", "/CAP_RESOLUTION", "/STREAM_CONFIG_METADATA", "/STREAM_CONFIG_METADATA/BATCH_ROWS", "/PLUGINS",
            "/PLUGINS/0/SIGNATURE", "/PLUGINS/0/INSTANCES", "/PLUGINS/0/INSTANCES/0/INSTANCE_ID", "/PLUGINS/0/INSTANCES/0/MODEL",
            "/PLUGINS/0/INSTANCES/0/MODEL/BACKEND",
        ];
        if let Err(error) = parse(&with(pointers[at], replaced)) {
            prop_assert!(!error.faults().is_empty());
        }
    }
}
