//! `broker`: what `bench-broker` measures of the embedded broker and of Mosquitto.

use crate::Result;
use neurite_report::Row;
use serde_json::Value;
use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

/// Runs the program and takes its rows over.
pub fn measure(program: &Path) -> Result<Vec<Row>> {
    let folder = tempfile::tempdir()?;
    let json = folder.path().join("broker.json");
    let ended = Command::new(program).arg("--json").arg(&json).stdout(Stdio::null()).status()?;
    if !ended.success() {
        return Err(format!("{} failed: {ended}", program.display()).into());
    }
    let report: Value = serde_json::from_slice(&fs::read(json)?)?;
    Ok(report["rows"].as_array().into_iter().flatten().map(row).collect())
}

fn row(row: &Value) -> Row {
    let text = |key: &str| row[key].as_str().unwrap_or_default();
    let shape = text("case").trim_start_matches("broker ");
    Row {
        input: Some(format!("{shape} {}", text("input"))),
        peer_value: row["peer_value"].as_f64(),
        ratio: row["ratio"].as_f64(),
        ratio_range: serde_json::from_value(row["ratio_range"].clone()).ok(),
        goal: if text("input") == "qos 1" { "ratio >= 2.0" } else { "" },
        ..Row::new("broker", row["value"].as_f64().unwrap_or_default(), "messages/s")
    }
}
