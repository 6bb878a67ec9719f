//! What hostile code tries: each is refused or stopped, with a text that says what happened, and this process never notices.

mod common;

use common::{attempt, batch, config, run_once, signed, LIMITS};
use neurite_sandbox::{CodeRunner, SandboxError};
use neurite_testkit::block_on;
use serde_json::Value;

/// Runs each code and checks that it fails by its own fault, with one of the texts.
fn fails(attempts: &[(&str, &[&str])]) {
    for (code, expected) in attempts {
        let shown: String = code.chars().take(120).collect();
        let error = attempt(code).err().unwrap_or_else(|| panic!("{shown}: not refused"));
        let text = error.to_string();
        assert!(error.is_codes_fault(), "{shown}: {text}");
        assert!(expected.iter().any(|expected| text.contains(expected)), "{shown}: {text}");
    }
}

#[test]
fn ways_into_the_interpreter() {
    fails(&[
        ("__import__('os').system('id')", &["__import__ is refused"]),
        ("import os\nos.system('id')", &["AttributeError"]),
        ("import os\nos.popen('id')", &["AttributeError"]),
        ("().__class__.__base__.__subclasses__()", &["AttributeError"]),
        ("type(type)('X', (), {}).__subclasses__()", &["Error"]),
        ("(lambda: 0).__globals__", &["AttributeError"]),
        ("(lambda: 0).__code__", &["AttributeError"]),
        ("inputs.__self__", &["AttributeError"]),
        ("__builtins__", &["NameError"]),
        ("globals()", &["globals is refused"]),
        ("import builtins", &["ModuleNotFoundError"]),
        ("setattr(int, 'real', 1)", &["TypeError", "AttributeError"]),
        ("setattr(inputs, 'secret', 1)", &["AttributeError", "TypeError"]),
        ("'{0.__class__.__base__.__subclasses__}'.format(1)", &["AttributeError"]),
        ("'{0.__init__.__globals__[os]}'.format(inputs)", &["AttributeError"]),
    ]);
}

#[test]
fn code_that_nobody_signed() {
    fails(&[
        ("compile('1', 'x', 'eval')", &["compile is refused"]),
        ("eval('1 + 1')", &["eval is refused"]),
        ("exec('x = 1')", &["exec is refused"]),
        ("e = eval\ne('1')", &["eval is refused"]),
        ("list(map(eval, ['1']))", &["Error"]),
        ("import importlib", &["ModuleNotFoundError"]),
        ("import pickle", &["ModuleNotFoundError"]),
    ]);
}

#[test]
fn files_environment_and_clock() {
    fails(&[
        ("open('/etc/passwd')", &["open is refused"]),
        ("from pathlib import Path\nPath('/etc/passwd').read_text()", &["PermissionError"]),
        ("from pathlib import Path\nPath('/tmp/neurite-escape').write_text('x')", &["PermissionError"]),
        ("import os\nos.listdir('/')", &["Error"]),
        ("import os\nos.remove('/tmp/x')", &["Error"]),
        ("import os\nos.environ['HOME']", &["Error"]),
        ("import os\nos.getenv('HOME')", &["Error"]),
        ("import os\nos.urandom(8)", &["Error"]),
        ("import time\ntime.time()", &["Error"]),
        ("from datetime import datetime\ndatetime.now()", &["Error"]),
    ]);
}

#[test]
fn network_and_processes() {
    for module in
        ["socket", "ssl", "urllib.request", "http.client", "subprocess", "multiprocessing", "threading", "ctypes", "mmap", "signal"]
    {
        fails(&[(&format!("import {module}"), &["ModuleNotFoundError"])]);
    }
    fails(&[
        ("import os\nwhile True:\n    os.fork()", &["AttributeError"]),
        ("import os\nos.execv('/bin/sh', ['sh'])", &["AttributeError"]),
        ("import os\nos.kill(1, 9)", &["AttributeError"]),
    ]);
}

/// What a worker says that has used up its memory or its time, by itself or with a bullet.
const STOPPED: &[&str] = &["MemoryError", "MiB of memory", "time limit exceeded", "took longer than", "OverflowError"];

#[test]
fn memory_bombs() {
    fails(&[
        ("'x' * 10**10", STOPPED),
        ("b'x' * 10**10", STOPPED),
        ("[0] * 10**12", STOPPED),
        ("list(range(10**18))", STOPPED),
        ("a = []\nwhile True:\n    a.append('x' * 1000)", STOPPED),
        ("a = []\nwhile True:\n    a = [a, a[:]]", STOPPED),
        ("s = 'x'\nwhile True:\n    s += s", STOPPED),
        ("d = {}\ni = 0\nwhile True:\n    d[i] = [i] * 100\n    i += 1", STOPPED),
        ("10**10**8", STOPPED),
        ("x = 7\nwhile True:\n    x = x * x", STOPPED),
        ("1 << 10**12", STOPPED),
        ("f'{1:>10000000000}'", &["MemoryError", "MiB of memory", "ValueError", "OverflowError", "Too many decimal digits"]),
        ("'%10000000000d' % 1", &["MemoryError", "MiB of memory", "ValueError", "OverflowError"]),
        ("'{:>10000000000}'.format(1)", &["MemoryError", "MiB of memory", "ValueError", "OverflowError"]),
        ("'x'.center(10**11)", STOPPED),
        ("'x' .replace('x', 'y' * 10**6).replace('y', 'z' * 10**6)", STOPPED),
        ("import itertools\nlist(itertools.count())", STOPPED),
        ("import json\njson.loads('[' * 1000000)", &["RecursionError", "JSONDecodeError", "MiB of memory", "MemoryError"]),
    ]);
}

#[test]
fn endless_work() {
    fails(&[
        ("while True:\n    pass", STOPPED),
        ("while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass", STOPPED),
        ("sum(range(10**15))", STOPPED),
        ("any(x < 0 for x in range(10**15))", STOPPED),
        ("while True:\n    inputs()", &["took longer than", "calls of host functions", "time limit"]),
        ("while True:\n    log('x' * 1000)", &["took longer than", "calls of host functions", "time limit"]),
        ("while True:\n    print('x' * 100000)", STOPPED),
        ("import time\nwhile True:\n    time.sleep(1000)", &["took longer than", "calls of host functions", "time limit"]),
        ("import hashlib\nhashlib.pbkdf2_hmac('sha256', b'a', b'b', 10**9)", STOPPED),
        ("import math\nmath.factorial(10**7)", STOPPED),
    ]);
}

#[test]
fn depth() {
    fails(&[
        ("def f():\n    return f()\nf()", &["RecursionError"]),
        ("f = lambda g: g(g)\nf(f)", &["RecursionError"]),
        ("class A:\n    def __repr__(self):\n        return repr(self)\nrepr(A())", &["RecursionError"]),
        ("a = []\nfor _ in range(100000):\n    a = [a]\nemit({'A': a})", &["nested deeper", "RecursionError"]),
        ("a = []\na.append(a)\nemit({'A': a})", &["cannot be written as JSON", "nested deeper"]),
    ]);
}

#[test]
fn output_bombs() {
    fails(&[
        ("while True:\n    emit({'A': 'x' * 1000})", &["payloads"]),
        ("while True:\n    alert('x' * 10000)", &["payloads"]),
        ("emit({'A': 'x' * 10**6})", &["takes more than"]),
        ("emit({'A': ['x' * 1000] * 10**6})", &["takes more than", "MemoryError"]),
        ("emit({'A' * 10**5: 1})", &["takes more than"]),
        ("set_state('x' * 10**6)", &["takes more than"]),
        ("a = [1]\nfor _ in range(25):\n    a = [a, a]\nset_state(a)", &["takes more than"]),
        ("emit({'A': float('nan')})", &["ValueError"]),
        ("emit({'A': 1e308 * 10})", &["ValueError"]),
        ("set_state(10**30)", &["64 bits"]),
    ]);
}

#[test]
fn a_log_of_any_length_is_cut_and_harms_nobody() {
    let outcome = attempt("line = 'x' * 10**6\nfor _ in range(1000):\n    log(line)\nprint(line)\nset_state('done')").unwrap();
    assert_eq!(outcome.state, Some("done".into()));
}

#[test]
fn a_pattern_that_backtracks_for_ever_does_not() {
    let code = "import re\nre.match('(a+)+$', 'a' * 40 + 'b')\nre.match(r'(a|a)*\\1$', 'a' * 40 + 'b')";
    match attempt(code) {
        Ok(outcome) => assert_eq!(outcome.produced, []),
        Err(error) => assert!(error.is_codes_fault(), "{error}"),
    }
}

#[test]
fn bombs_for_the_parser() {
    let folder = tempfile::tempdir().unwrap();
    let long = 60_000;
    let bombs = [
        "(".repeat(long),
        format!("{}{}", "[".repeat(long / 2), "]".repeat(long / 2)),
        format!("{}1", "-".repeat(long)),
        format!("x{}", ".a".repeat(long / 2)),
        format!("x{}", "()".repeat(long / 2)),
        format!("x = {}1{}", "(lambda: ".repeat(long / 12), ")".repeat(long / 12)),
        (0..300).map(|depth| format!("{}if 1:\n", " ".repeat(depth))).collect::<String>(),
        format!("x = 1{}", " + 1".repeat(long / 4)),
        format!("x = '{}", "\u{202e}".repeat(long / 4)),
        format!("f'{}", "{f'".repeat(long / 4)),
    ];
    for bomb in bombs {
        let shown: String = bomb.chars().take(40).collect();
        let runner = CodeRunner::new("test".into(), &config(folder.path()), signed(&bomb), LIMITS).unwrap();
        let error = block_on(runner.check()).err();
        assert!(matches!(error, Some(SandboxError::Invalid { .. })), "{shown}: {error:?}");
    }
}

#[test]
fn what_was_refused_cannot_be_uncovered() {
    // A name that hides another could be deleted; the language has no such statement.
    let error = attempt("del eval\neval('1')").unwrap_err();
    assert!(matches!(&error, SandboxError::Invalid { fault } if fault.contains("'del'")), "{error}");
    fails(&[
        ("class A:\n    e = eval\nA.e('1')", &["eval is refused"]),
        ("def f(e=exec):\n    e('x = 1')\nf()", &["exec is refused"]),
        ("[e('1') for e in [eval]]", &["eval is refused"]),
    ]);
}

#[test]
fn a_bomb_beside_honest_code_changes_nothing_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let honest =
        CodeRunner::new("honest".into(), &config(folder.path()), signed("set_state((state() or 0) + len(inputs()))"), LIMITS).unwrap();
    run_once(&honest, &batch(0), &Value::Null).unwrap();
    let worker = honest.worker();
    for bomb in ["s = 'x'\nwhile True:\n    s += s", "while True:\n    pass", "import os\nos.abort()"] {
        attempt(bomb).unwrap_err();
        assert_eq!(run_once(&honest, &batch(0), &2.into()).unwrap().state, Some(4.into()));
    }
    assert_eq!(honest.worker(), worker);
}
