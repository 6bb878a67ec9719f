//! Code in CPython for WebAssembly, where `scripts/install-python-wasm` has put it; elsewhere these tests say that they were skipped.

mod common;

use common::{batch, cpython, on, run_once, wasm_folder, LIMITS};
use neurite_sandbox::{Limits, Runtime};
use serde_json::{json, Value};

/// Runs a test if the runtime is installed.
fn where_installed(test: impl FnOnce()) {
    if wasm_folder().is_some() {
        test();
    } else {
        eprintln!("skipped: CPython for WebAssembly is not installed, run scripts/install-python-wasm");
    }
}

#[test]
fn the_host_functions_are_those_of_monty() {
    where_installed(|| cpython::host_functions(Runtime::Wasm));
}

#[test]
fn escapes_reach_nothing() {
    where_installed(|| cpython::escapes(Runtime::Wasm));
}

#[test]
fn memory_bombs_are_stopped() {
    where_installed(|| cpython::memory_bombs(Runtime::Wasm));
}

#[test]
fn endless_work_is_stopped() {
    where_installed(|| cpython::endless_work(Runtime::Wasm));
}

#[test]
fn output_is_bounded() {
    where_installed(|| cpython::output_bombs(Runtime::Wasm));
}

#[test]
fn a_bomb_beside_honest_code_changes_nothing_for_it() {
    where_installed(|| cpython::bombs_beside_honest_code(Runtime::Wasm));
}

#[test]
fn numpy_and_pandas_are_there() {
    where_installed(|| {
        let folder = tempfile::tempdir().unwrap();
        let code = r#"
import numpy as np
import pandas as pd
features = np.array([row["features"] for row in inputs()])
frame = pd.DataFrame(features, columns=columns("features"))
set_state({"MEAN": frame.mean().to_dict(), "NORM": float(np.linalg.norm(features))})
"#;
        let limits = Limits { time_ms: 60_000, memory_mb: 512, recursion: 500, ..LIMITS };
        let runner = on(Runtime::Wasm, folder.path(), code, limits);
        let state = run_once(&runner, &batch(0), &Value::Null).unwrap().state.unwrap();
        assert_eq!(state["MEAN"], json!({ "left": 1.0, "right": 1.5 }));
        let norm = (0.25f64 + 1.0 + 2.25 + 4.0).sqrt();
        assert_eq!(state["NORM"], json!(norm));
    });
}
