//! Tests of `CUSTOM_CODE`: the contract of business plugins, with real workers, and what becomes of faults.
//!
//! Needs the program `neurite-run-code` beside the tests; a build of the workspace makes it.

use super::*;
use neurite_core::{Batch, Business, FailureClass, Field, Input, Outbox, Payload, PayloadKind, Plugin, PluginError, Tensor};
use neurite_protocol::Identity;
use neurite_sandbox::{sign, SandboxConfig};
use neurite_testkit::{block_on, business, detached_context};
use serde_json::{json, Value};
use std::path::Path;

/// The key that signed the example; it is no secret.
const EXAMPLE_KEY: [u8; 32] = [42; 32];

fn sandbox(folder: &Path) -> SandboxConfig {
    let tests = std::env::current_exe().unwrap();
    let program = tests.parent().and_then(Path::parent).unwrap().join("neurite-run-code");
    assert!(program.exists(), "{} is missing: build the workspace first", program.display());
    SandboxConfig { program, folder: folder.to_owned(), ..SandboxConfig::default() }
}

fn plugin(folder: &Path) -> CustomCode {
    CustomCode::new(sandbox(folder))
}

/// Parameters with code that the example's key signed.
fn parameters(code: &str) -> Value {
    let claim = sign(code, &Identity::from_secret(&EXAMPLE_KEY).unwrap()).unwrap();
    json!({
        "CODE": code,
        "CODE_BLAKE3": claim.blake3,
        "CODE_OWNER": claim.owner,
        "CODE_SIGNATURE": claim.signature,
        "TIME_MS": 10_000,
    })
}

fn with(mut parameters: Value, key: &str, value: impl Into<Value>) -> Value {
    parameters[key] = value.into();
    parameters
}

/// The folder of workers lives as long as the test: they stand in it.
struct Bench(tempfile::TempDir);

impl Bench {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn open(&self, parameters: Value) -> Result<Box<dyn Business>, PluginError> {
        block_on(plugin(self.0.path()).open(serde_json::from_value(parameters).unwrap(), &detached_context()))
    }
}

fn labelled(start: u64, labels: &[i64]) -> Batch {
    Batch::new(start, vec![Field::new(Field::LABEL, Tensor::i64(vec![labels.len()], labels.to_vec()).unwrap())]).unwrap()
}

fn process(instance: &mut dyn Business, batch: &Batch) -> (Vec<Payload>, Result<(), PluginError>) {
    let mut outbox = Outbox::default();
    let result = block_on(instance.process(Input { batch, inference: &[] }, &mut outbox));
    (outbox.take(), result)
}

const SUM: &str = "total = state() or 0\nfor row in inputs():\n    total += row['label']\nset_state(total)";

#[test]
fn the_contract_of_business_plugins_holds() {
    let bench = Bench::new();
    let rows: Vec<(Batch, Vec<Field>)> =
        [(0, vec![1i64, 2]), (2, vec![3]), (3, vec![4, 5])].iter().map(|(start, labels)| (labelled(*start, labels), vec![])).collect();
    business::resumes_after_every_batch(|| bench.open(parameters(SUM)).unwrap(), &rows);
}

#[test]
fn the_result_is_the_state_with_what_it_came_from() {
    let bench = Bench::new();
    let mut instance = bench.open(parameters(SUM)).unwrap();
    for batch in [labelled(0, &[1, 2]), labelled(2, &[3])] {
        process(&mut *instance, &batch).1.unwrap();
    }
    let hash = parameters(SUM)["CODE_BLAKE3"].clone();
    let result = instance.finish(&mut Outbox::default()).unwrap().unwrap();
    assert_eq!(result, json!({ "ROWS": 3, "BATCHES_SKIPPED": 0, "CODE_BLAKE3": hash, "STATE": 6 }));
}

#[test]
fn payloads_and_alerts_leave_in_order() {
    let bench = Bench::new();
    let mut instance = bench.open(parameters("emit({'N': len(inputs())})\nalert('many', {'N': 2})")).unwrap();
    let (payloads, result) = process(&mut *instance, &labelled(0, &[1, 2]));
    result.unwrap();
    let bodies: Vec<(PayloadKind, Value)> = payloads.into_iter().map(|payload| (payload.kind, Value::Object(payload.body))).collect();
    let alert = json!({ "ALERT": "many", "DETAILS": { "N": 2 } });
    assert_eq!(bodies, [(PayloadKind::Data, json!({ "N": 2 })), (PayloadKind::Notification, alert)]);
}

#[test]
fn only_signed_code_is_valid() {
    let plugin = plugin(Path::new("/nonexistent"));
    let faults = |parameters: Value| {
        let faults = plugin.check(&serde_json::from_value(parameters).unwrap());
        faults.into_iter().map(|fault| fault.path).collect::<Vec<_>>()
    };
    let good = parameters(SUM);
    assert_eq!(faults(good.clone()), Vec::<String>::new());
    let lines: Vec<&str> = SUM.split('\n').collect();
    assert_eq!(faults(with(good.clone(), "CODE", lines)), Vec::<String>::new());
    assert_eq!(faults(with(good.clone(), "CODE", "pass")), ["/CODE_BLAKE3"]);
    assert_eq!(faults(with(good.clone(), "CODE_OWNER", "nobody")), ["/CODE_OWNER"]);
    assert_eq!(faults(with(good.clone(), "CODE_SIGNATURE", parameters("pass")["CODE_SIGNATURE"].clone())), ["/CODE_SIGNATURE"]);
    assert_eq!(faults(with(good.clone(), "CODE", "")), ["/CODE"]);
    let bench = Bench::new();
    let error = bench.open(with(good, "CODE", "pass")).err().unwrap();
    assert_eq!(error.class(), FailureClass::Document);
    for key in ["CODE", "CODE_BLAKE3", "CODE_OWNER", "CODE_SIGNATURE"] {
        let mut missing = parameters(SUM);
        missing.as_object_mut().unwrap().remove(key);
        assert!(serde_json::from_value::<CustomCodeParameters>(missing).is_err(), "{key}");
    }
}

#[test]
fn code_that_is_no_python_does_not_open() {
    let error = Bench::new().open(parameters("if x\n    pass")).err().unwrap();
    assert!(matches!(&error, PluginError::Parameters { path, reason } if path == "/CODE" && reason.contains("line 1")), "{error}");
}

#[test]
fn a_runtime_that_the_engine_does_not_give_is_refused_before_the_first_row() {
    let bench = Bench::new();
    let native = bench.open(with(parameters(SUM), "RUNTIME", "NATIVE")).err().unwrap();
    assert!(
        matches!(&native, PluginError::Parameters { path, reason } if path == "/RUNTIME" && reason.contains("not switched on")),
        "{native}"
    );
    let wasm = bench.open(with(parameters(SUM), "RUNTIME", "WASM")).err().unwrap();
    assert!(wasm.class() != FailureClass::Document && wasm.to_string().contains("scripts/install-python-wasm"), "{wasm}");
    assert!(serde_json::from_value::<CustomCodeParameters>(with(parameters(SUM), "RUNTIME", "PERL")).is_err());
}

#[test]
fn native_code_of_an_operator_runs_as_any_other() {
    let bench = Bench::new();
    let mut sandbox = sandbox(bench.0.path());
    sandbox.cpython.operators.push(*Identity::from_secret(&EXAMPLE_KEY).unwrap().address());
    let parameters = serde_json::from_value(with(parameters(SUM), "RUNTIME", "NATIVE")).unwrap();
    let mut instance = block_on(CustomCode::new(sandbox).open(parameters, &detached_context())).unwrap();
    for batch in [labelled(0, &[1, 2]), labelled(2, &[3])] {
        process(&mut *instance, &batch).1.unwrap();
    }
    assert_eq!(instance.finish(&mut Outbox::default()).unwrap().unwrap()["STATE"], 6);
}

#[test]
fn a_fault_stops_the_pipeline_and_says_where() {
    let bench = Bench::new();
    let mut instance = bench.open(parameters("x = 1\nemit({'A': 1})\ninputs()[7]")).unwrap();
    let (payloads, result) = process(&mut *instance, &labelled(10, &[1, 2]));
    let error = result.unwrap_err();
    assert_eq!(error.class(), FailureClass::Document);
    assert!(error.to_string().contains("line 3") && error.to_string().contains("IndexError"), "{error}");
    assert_eq!(payloads.len(), 1);
    assert_eq!(payloads[0].kind, PayloadKind::Notification);
    assert_eq!((&payloads[0].body["FIRST_ROW"], &payloads[0].body["LAST_ROW"]), (&json!(11), &json!(12)));
    assert!(payloads[0].body["FAULT"].as_str().unwrap().contains("IndexError"));
}

#[test]
fn faults_are_skipped_counted_and_told_ever_less_often() {
    let bench = Bench::new();
    let code = "for row in inputs():\n    10 / row['label']\nset_state((state() or 0) + 1)";
    let mut instance = bench.open(with(parameters(code), "ON_ERROR", "SKIP")).unwrap();
    let mut told = Vec::new();
    for (start, label) in [0, 0, 5, 0, 0, 0].into_iter().enumerate() {
        let (payloads, result) = process(&mut *instance, &labelled(start as u64, &[label]));
        result.unwrap();
        told.extend(payloads.into_iter().map(|payload| payload.body["BATCHES_SKIPPED"].clone()));
    }
    assert_eq!(told, [1, 2, 4]);
    let result = instance.finish(&mut Outbox::default()).unwrap().unwrap();
    assert_eq!((&result["ROWS"], &result["BATCHES_SKIPPED"], &result["STATE"]), (&json!(6), &json!(5), &json!(1)));
}

#[test]
fn limits_are_the_documents() {
    let bench = Bench::new();
    let fault = |parameters: Value| {
        let mut instance = bench.open(parameters).unwrap();
        let (_, result) = process(&mut *instance, &labelled(0, &[1]));
        let error = result.unwrap_err();
        assert_eq!(error.class(), FailureClass::Document, "{error}");
        error.to_string()
    };
    // Within the limit of time and its grace the interpreter says so itself; on a machine that is too busy for that, the engine does.
    let late = fault(with(parameters("while True:\n    pass"), "TIME_MS", 50));
    assert!(late.contains("time limit") || late.starts_with("parameter /TIME_MS"), "{late}");
    let bomb = "a = []\nwhile True:\n    a.append('x' * 10000 + str(len(a)))";
    let large = fault(with(parameters(bomb), "MEMORY_MB", 32));
    assert!(large.contains("MemoryError") || large.starts_with("parameter /MEMORY_MB"), "{large}");
    assert!(fault(with(parameters("set_state('x' * 2000)"), "STATE_KB", 1)).contains("1024 bytes"));
    assert!(fault(with(parameters("emit({'A': 'x' * 2000})"), "OUTPUT_KB", 1)).contains("1024 bytes"));
    assert!(fault(with(parameters("def f(n):\n    return f(n + 1)\nf(0)"), "RECURSION", 20)).contains("RecursionError"));
}

#[test]
fn a_checkpoint_of_other_code_or_another_size_is_refused() {
    let bench = Bench::new();
    let mut instance = bench.open(parameters("set_state('x' * 2000)")).unwrap();
    process(&mut *instance, &labelled(0, &[1])).1.unwrap();
    let checkpoint = instance.snapshot().unwrap();
    assert!(bench.open(parameters(SUM)).unwrap().restore(checkpoint.clone()).is_err());
    let narrow = with(parameters("set_state('x' * 2000)"), "STATE_KB", 1);
    assert!(bench.open(narrow).unwrap().restore(checkpoint.clone()).is_err());
    instance.restore(checkpoint).unwrap();
}

/// The file with the example's code is what the document carries, and the signature that of the key which the guide names.
#[test]
fn the_example_carries_its_code_and_watches_the_ink() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../examples");
    let document: Value = serde_json::from_slice(&std::fs::read(examples.join("custom_code.json")).unwrap()).unwrap();
    let mut example = document.pointer("/PLUGINS/0/INSTANCES/0").unwrap().clone();
    example.as_object_mut().unwrap().remove("INSTANCE_ID");
    let code = std::fs::read_to_string(examples.join("custom_code.py")).unwrap();
    let signed = parameters(&code);
    for key in ["CODE_BLAKE3", "CODE_OWNER", "CODE_SIGNATURE"] {
        assert_eq!(example[key], signed[key], "{key}");
    }
    let bench = Bench::new();
    let mut instance = bench.open(with(example, "TIME_MS", 10_000)).unwrap();
    let pictures = |start: u64, ink: &[f32]| {
        let features: Vec<f32> = ink.iter().flat_map(|ink| [ink / 2.0, ink / 2.0]).collect();
        let features = Field::new(Field::FEATURES, Tensor::f32(vec![ink.len(), 2], features).unwrap());
        let label = Field::new(Field::LABEL, Tensor::i64(vec![ink.len()], vec![1; ink.len()]).unwrap());
        Batch::new(start, vec![features, label]).unwrap()
    };
    let usual: Vec<f32> = (0..40u8).map(|row| 300.0 + f32::from(row % 5)).collect();
    let (payloads, result) = process(&mut *instance, &pictures(0, &usual));
    result.unwrap();
    assert_eq!(payloads, []);
    let (payloads, result) = process(&mut *instance, &pictures(40, &[301.0, 20.0]));
    result.unwrap();
    assert_eq!(payloads.len(), 1, "{payloads:?}");
    assert_eq!(payloads[0].body["DETAILS"]["ROW"], 42);
    let result = instance.finish(&mut Outbox::default()).unwrap().unwrap();
    assert_eq!(result["STATE"]["1"]["ROWS"], 42);
}
