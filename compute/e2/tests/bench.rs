//! `neurite-e2 bench` as its user runs it.

use serde_json::{json, Value};
use std::{fs, path::Path, process::Command};

#[test]
fn a_document_is_measured_without_a_broker() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let document = json!({
        "NAME": "measured", "TYPE": "CsvFile", "URL": "digits.csv",
        "STREAM_CONFIG_METADATA": { "BATCH_ROWS": 32, "LABEL_COLUMN": "label" },
        "COMMUNICATION": { "TYPE": "WEBHOOK", "URL": "http://127.0.0.1:1/nobody" },
        "PLUGINS": [{ "SIGNATURE": "FORWARD", "INSTANCES": [{ "INSTANCE_ID": "labels", "VALUES": ["label"], "EVERY_ROWS": 100 }] }]
    });
    fs::write(path("document.json"), document.to_string()).expect("a document");
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
    let mut command = Command::new(env!("CARGO_BIN_EXE_neurite-e2"));
    command.arg("bench").arg(path("document.json")).args(["--seconds", "1"]).arg("--json").arg(path("report.json"));
    command.arg("--base-path").arg(path("base")).arg("--data").arg(models);
    let done = command.output().expect("the benchmark runs");
    assert!(done.status.success(), "{done:?}");
    let report: Value = serde_json::from_slice(&fs::read(path("report.json")).expect("a report")).expect("JSON");
    let rows = report["rows"].as_array().expect("rows");
    let value = |case: &str| rows.iter().find(|row| row["case"] == case).and_then(|row| row["value"].as_f64());
    assert!(value("rows").is_some_and(|rows| rows > 0.0), "{report:#}");
    assert!(value("payloads").is_some_and(|payloads| payloads > 0.0), "{report:#}");
    assert_eq!(value("dropped payloads"), Some(0.0), "{report:#}");
    assert!(rows.iter().any(|row| row["case"] == "latency p99" && row["input"] == "FORWARD/labels"), "{report:#}");
    let table = String::from_utf8(done.stdout).expect("text");
    assert!(table.contains("rows/s") && table.contains("FORWARD/labels"), "{table}");
}
