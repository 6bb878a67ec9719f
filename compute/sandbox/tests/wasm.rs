//! Code in CPython for WebAssembly, which `scripts/install-python-wasm` fetches: `scripts/test` does it and runs these tests.

mod common;

use common::{batch, cpython, on, run_once, LIMITS};
use neurite_sandbox::{Limits, Runtime};
use serde_json::{json, Value};

cpython::tests!(Runtime::Wasm, ignore = "needs scripts/install-python-wasm");

#[test]
#[ignore = "needs scripts/install-python-wasm"]
fn numpy_and_pandas_are_there() {
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
}
