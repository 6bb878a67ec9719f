//! What the tests share: signed code, a batch, and a runner with a real worker.

#![allow(dead_code, unused_imports, unused_macros, reason = "each test program uses its part")]

pub(crate) mod cpython;

use neurite_core::{Batch, Field, Input, Tensor};
use neurite_protocol::Identity;
use neurite_sandbox::{sign, CodeRunner, Limits, Outcome, Runtime, SandboxConfig, SandboxError, VerifiedCode};
use neurite_testkit::block_on;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Limits that leave honest code room on a busy machine.
pub(crate) const LIMITS: Limits = Limits { time_ms: 3_000, memory_mb: 64, recursion: 200, output_kb: 64, state_kb: 64 };

/// Code that its owner signed.
pub(crate) fn signed(text: &str) -> VerifiedCode {
    VerifiedCode::verify(text, &sign(text, &owner()).unwrap()).unwrap()
}

/// Workers that are this crate's own program.
pub(crate) fn config(folder: &Path) -> SandboxConfig {
    SandboxConfig { program: env!("CARGO_BIN_EXE_neurite-run-code").into(), folder: folder.to_owned(), ..SandboxConfig::default() }
}

/// The owner of the tests' code.
fn owner() -> Identity {
    Identity::from_secret(&[7; 32]).unwrap()
}

/// Workers of any runtime, native ones included: the owner of the tests' code is an operator.
pub(crate) fn native(folder: &Path) -> SandboxConfig {
    let mut config = config(folder);
    config.cpython.operators.push(*owner().address());
    config.cpython.wasm = wasm_folder();
    config
}

/// Where CPython for WebAssembly is, if this checkout has it.
pub(crate) fn wasm_folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.deps/python-wasm");
    folder.join("python.cwasm").exists().then_some(folder)
}

/// A runner in a runtime.
pub(crate) fn on(runtime: Runtime, folder: &Path, code: &str, limits: Limits) -> CodeRunner {
    CodeRunner::on(runtime, "test".into(), &native(folder), signed(code), limits).unwrap()
}

/// The processes that a process has started, and those that they have, the youngest last.
pub(crate) fn children(pid: u32) -> Vec<u32> {
    let listed = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    let own: Vec<u32> = listed.split_whitespace().map(|pid| pid.parse().unwrap()).collect();
    own.iter().flat_map(|child| std::iter::once(*child).chain(children(*child))).collect()
}

/// Workers that are a script of the shell.
pub(crate) fn shell(folder: &Path, script: &str) -> SandboxConfig {
    SandboxConfig {
        program: "/bin/sh".into(),
        args: vec!["-c".into(), script.into()],
        folder: folder.to_owned(),
        ..SandboxConfig::default()
    }
}

/// Two rows: features with columns, a label, a text and a measurement that is missing once.
pub(crate) fn batch(start: u64) -> Batch {
    let columns: std::sync::Arc<[String]> = vec!["left".to_owned(), "right".to_owned()].into();
    let fields = vec![
        Field::new(Field::FEATURES, Tensor::f32(vec![2, 2], vec![0.5, 1.0, 1.5, 2.0]).unwrap()).with_columns(columns),
        Field::new(Field::LABEL, Tensor::i64(vec![2], vec![3, 4]).unwrap()),
        Field::new("name", Tensor::text(vec!["first".into(), "zweite ü".into()])),
        Field::new("celsius", Tensor::f64(vec![2], vec![21.25, f64::NAN]).unwrap()),
        Field::new(Field::IMAGE, Tensor::u8(vec![2, 1, 1, 3], vec![1, 2, 3, 4, 5, 255]).unwrap()),
    ];
    Batch::new(start, fields).unwrap()
}

/// Runs code once on a batch.
pub(crate) fn run_once(runner: &CodeRunner, batch: &Batch, state: &Value) -> Result<Outcome, SandboxError> {
    block_on(runner.run(Input { batch, inference: &[] }, state))
}

/// Runs code in a fresh worker on one batch, without state.
pub(crate) fn attempt(code: &str) -> Result<Outcome, SandboxError> {
    let folder = tempfile::tempdir().unwrap();
    let runner = CodeRunner::new("test".into(), &config(folder.path()), signed(code), LIMITS).unwrap();
    run_once(&runner, &batch(0), &Value::Null)
}

/// Tells whether a process runs; one that has ended and was not waited for does not.
pub(crate) fn runs(pid: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

/// Waits until something holds; the test's own limit of time ends a wait that is in vain.
pub(crate) fn wait_until(holds: impl Fn() -> bool) {
    while !holds() {
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
}
