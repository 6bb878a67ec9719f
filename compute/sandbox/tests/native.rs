//! Code in the system's own CPython: what it can do, and what it finds where it is.
//!
//! Needs bubblewrap and a kernel with Landlock and user namespaces, as native code itself does.

mod common;

use common::{batch, children, cpython, native, on, run_once, runs, signed, wait_until, LIMITS};
use neurite_sandbox::{CodeRunner, Limits, Produced, Runtime, SandboxError};
use neurite_testkit::block_on;
use rustix::process::{kill_process, Pid, Signal};
use serde_json::{json, Value};
use std::{fs, os::unix::fs::PermissionsExt};

cpython::tests!(Runtime::Native);

#[test]
fn nothing_but_the_interpreter_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let code = r#"
import os
found = [os.path.join(top, name) for top, folders, files in os.walk("/") for name in folders + files]
machine = os.uname().machine + "-linux-gnu"
libraries = ("/usr/lib/python3", "/usr/lib/" + machine, "/lib/" + machine)
emit({"OTHERS": [path for path in found if not path.startswith(libraries)], "ENVIRONMENT": sorted(os.environ)})
emit({"USER": os.getuid(), "HOST": os.uname().nodename, "PROCESS": os.getpid() < 10})
"#;
    let runner = on(Runtime::Native, folder.path(), code, Limits { time_ms: 20_000, ..LIMITS });
    let produced = run_once(&runner, &batch(0), &Value::Null).unwrap().produced;
    let [Produced::Data(around), Produced::Data(own)] = &produced[..] else { panic!("{produced:?}") };
    let loaders = ["/lib64", "/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"];
    let folders = ["/lib", "/neurite", "/neurite/worker", "/usr", "/usr/bin", "/usr/lib"];
    for path in around["OTHERS"].as_array().unwrap() {
        let path = path.as_str().unwrap();
        assert!(loaders.contains(&path) || folders.contains(&path) || path.starts_with("/usr/bin/python3"), "{path}");
    }
    // What bubblewrap sets itself, and what we do.
    let environment = ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "PWD", "PYTHONHASHSEED", "PYTHONUTF8"];
    assert_eq!(around["ENVIRONMENT"], json!(environment));
    assert_eq!(Value::Object(own.clone()), json!({ "USER": 65534, "HOST": "neurite", "PROCESS": true }));
}

#[test]
fn a_set_has_the_same_order_in_every_process() {
    let drawn = || {
        cpython::attempt(Runtime::Native, "import random\nemit({'A': list({str(n) for n in range(99)}), 'R': random.random()})").unwrap()
    };
    assert_eq!(drawn(), drawn());
}

#[test]
fn packages_of_the_operator_can_be_imported_and_no_others() {
    let (folder, packages) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::write(packages.path().join("measures.py"), "def twice(number):\n    return 2 * number\n").unwrap();
    fs::set_permissions(packages.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let code = "import measures\nset_state(measures.twice(21))";
    let mut config = native(folder.path());
    let without = CodeRunner::on(Runtime::Native, "test".into(), &config, signed(code), LIMITS).unwrap();
    let error = run_once(&without, &batch(0), &Value::Null).unwrap_err();
    assert!(error.to_string().contains("ModuleNotFoundError"), "{error}");
    config.cpython.packages = vec![packages.path().to_owned()];
    let with = CodeRunner::on(Runtime::Native, "test".into(), &config, signed(code), LIMITS).unwrap();
    assert_eq!(run_once(&with, &batch(0), &Value::Null).unwrap().state, Some(json!(42)));
}

#[test]
fn a_kernel_that_refuses_user_namespaces_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = native(folder.path());
    // Bubblewrap itself, where no further namespace may be made.
    let wrapped = folder.path().join("bwrap");
    let script = format!(
        "#!/bin/sh\nnone='echo 0 > /proc/sys/user/max_user_namespaces'\n\
         exec /usr/bin/unshare --user --map-root-user /bin/sh -c \"$none; exec {} \\\"\\$@\\\"\" sh \"$@\"\n",
        config.cpython.bubblewrap.display()
    );
    fs::write(&wrapped, script).unwrap();
    fs::set_permissions(&wrapped, fs::Permissions::from_mode(0o755)).unwrap();
    config.cpython.bubblewrap = wrapped;
    let runner = CodeRunner::on(Runtime::Native, "test".into(), &config, signed("pass"), LIMITS).unwrap();
    let error = block_on(runner.check()).unwrap_err();
    assert!(
        matches!(&error, SandboxError::Missing { layer, remedy } if layer.contains("bubblewrap") && remedy.contains("namespace")),
        "{error}"
    );
    assert!(!error.is_codes_fault());
}

#[test]
fn a_dropped_runner_takes_everything_behind_the_walls_along() {
    let folder = tempfile::tempdir().unwrap();
    let runner = on(Runtime::Native, folder.path(), "pass", LIMITS);
    block_on(runner.check()).unwrap();
    let behind = children(runner.worker().unwrap());
    assert!(!behind.is_empty());
    drop(runner);
    wait_until(|| !behind.iter().any(|process| runs(*process)));
}

#[test]
fn an_interpreter_that_was_killed_between_batches_is_replaced_unnoticed() {
    let folder = tempfile::tempdir().unwrap();
    let runner = on(Runtime::Native, folder.path(), "set_state((state() or 0) + len(inputs()))", LIMITS);
    let mut state = Value::Null;
    for _ in 0..3 {
        state = run_once(&runner, &batch(0), &state).unwrap().state.unwrap();
        let behind = children(runner.worker().unwrap());
        let interpreter = *behind.last().unwrap();
        kill_process(Pid::from_raw(interpreter.try_into().unwrap()).unwrap(), Signal::KILL).unwrap();
        wait_until(|| !runs(interpreter));
    }
    assert_eq!(state, json!(6));
}

#[test]
fn limits_are_the_documents() {
    let folder = tempfile::tempdir().unwrap();
    let fault = |code: &str, limits: Limits| {
        let runner = on(Runtime::Native, folder.path(), code, limits);
        let error = run_once(&runner, &batch(0), &Value::Null).unwrap_err();
        assert!(error.is_codes_fault(), "{error}");
        error.to_string()
    };
    let late = fault("x = 1\nwhile True:\n    pass", Limits { time_ms: 300, ..LIMITS });
    assert!(late.contains("line") && late.contains("300 ms"), "{late}");
    assert!(fault("b = bytearray(60 << 20)", Limits { memory_mb: 16, ..LIMITS }).contains("MemoryError"));
    assert!(fault("set_state('x' * 2000)", Limits { state_kb: 1, ..LIMITS }).contains("1024 bytes"));
    assert!(fault("emit({'A': 'x' * 2000})", Limits { output_kb: 1, ..LIMITS }).contains("1024 bytes"));
    assert!(fault("def f(n):\n    return f(n + 1) if n < 400 else n\nf(0)", Limits { recursion: 20, ..LIMITS }).contains("RecursionError"));
}
