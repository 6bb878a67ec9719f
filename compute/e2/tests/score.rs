//! `neurite-e2 score` as its user runs it.

use serde_json::Value;
use std::process::Command;

#[test]
fn every_rate_of_this_machine_is_measured() {
    let base = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_neurite-e2"));
    command.args(["score", "--json", "--base-path"]).arg(base.path());
    let done = command.output().expect("the measurement runs");
    assert!(done.status.success(), "{done:?}");
    let shown: Value = serde_json::from_slice(&done.stdout).expect("JSON");
    for rate in ["matrix", "memory", "model", "disk"] {
        assert!(shown["rates"][rate].as_f64().is_some_and(|rate| rate > 0.0), "{rate}: {shown:#} {done:?}");
    }
    assert!(shown["score"].as_u64().is_some_and(|score| score > 10), "{shown:#}");
    let left = std::fs::read_dir(base.path()).expect("the folder").filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    assert_eq!(left.filter(|name| name.starts_with(".benchmark")).count(), 0);
}
