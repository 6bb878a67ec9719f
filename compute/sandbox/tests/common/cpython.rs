//! What holds in every runtime that is CPython: the same functions as in Monty, and nothing to be reached by hostile code.

use super::{batch, on, run_once, LIMITS};
use neurite_sandbox::{Outcome, Produced, Runtime, SandboxError};
use serde_json::{json, Value};

/// What a worker says that has used up its memory or its time, by itself or with a bullet.
const STOPPED: &[&str] = &["MemoryError", "MiB of memory", "time limit exceeded", "took longer than", "OverflowError"];
/// What an attempt ends with that reaches nothing.
const NOTHING: &[&str] = &["Error:", "Error\n", "Errno", "is refused"];

/// Runs code in a fresh worker on one batch, without state.
pub(crate) fn attempt(runtime: Runtime, code: &str) -> Result<Outcome, SandboxError> {
    let folder = tempfile::tempdir().unwrap();
    run_once(&on(runtime, folder.path(), code, LIMITS), &batch(0), &Value::Null)
}

/// Runs each code and checks that it fails by its own fault, with one of the texts.
fn fails(runtime: Runtime, attempts: &[(&str, &[&str])]) {
    for (code, expected) in attempts {
        let shown: String = code.chars().take(120).collect();
        let error = attempt(runtime, code).err().unwrap_or_else(|| panic!("{shown}: not refused"));
        let text = error.to_string();
        assert!(error.is_codes_fault(), "{shown}: {text}");
        assert!(expected.iter().any(|expected| text.contains(expected)), "{shown}: {text}");
    }
}

/// Compares with what Monty makes of the same code, to the last digit.
pub(crate) fn host_functions(runtime: Runtime) {
    let codes = [
        "for row in inputs():\n    emit({'F': row['features'], 'L': row['label'], 'N': row['name'], 'P': list(row['image'])})",
        "emit({'C': columns('features'), 'NONE': columns('label'), 'MODEL': inferences(), 'STATE': state()})",
        "emit({'SUM': 0.1 + 0.2, 'SMALL': 5e-324, 'LARGE': 1.7976931348623157e308, 'INT': 2**63 - 1, 'LESS': -2**63, 'THIRD': 1 / 3})",
        "nan = inputs()[1]['celsius']\nemit({'IS_NAN': nan != nan, 'TEXT': 'ü\\n\"\\u0000', 'DEEP': [[[{}]]], 'NULL': None, 'TRUE': True})",
        "alert('hot', {'CELSIUS': 80})\nalert(details={}, text='odd')\nalert('plain')\nlog('seen')\nprint('seen', 2)",
        "set_state({'A': [1, 2.5, None, 'x']})\nemit({'STATE': state()})",
    ];
    for code in codes {
        let outcome = attempt(runtime, code).unwrap_or_else(|error| panic!("{code}: {error}"));
        assert_eq!(outcome, attempt(Runtime::Monty, code).unwrap(), "{code}");
    }
    let error = attempt(runtime, "emit({'A': 1})\nset_state(1)\nx = 1 / 0\n").unwrap_err();
    let text = error.to_string();
    assert!(error.is_codes_fault() && text.contains("line 3") && text.contains("ZeroDivisionError"), "{text}");
    let invalid = attempt(runtime, "x = 1\nif x\n    pass").unwrap_err();
    assert!(matches!(&invalid, SandboxError::Invalid { fault } if fault.contains("line 2")), "{invalid}");
    let folder = tempfile::tempdir().unwrap();
    let runner = on(runtime, folder.path(), "try:\n    count\n    emit({'KEPT': True})\nexcept NameError:\n    count = 1", LIMITS);
    for _ in 0..2 {
        assert_eq!(run_once(&runner, &batch(0), &Value::Null).unwrap().produced, [], "what a script defines is gone with its run");
    }
}

/// The ways out that are tried first, and what they end with.
pub(crate) fn escapes(runtime: Runtime) {
    fails(
        runtime,
        &[
            ("__import__('os').system('id')", &["__import__ is refused"]),
            ("compile('1', 'x', 'eval')", &["compile is refused"]),
            ("eval('1 + 1')", &["eval is refused"]),
            ("exec('x = 1')", &["exec is refused"]),
            ("open('/etc/passwd')", &["open is refused"]),
            ("setattr(int, 'real', 1)", &["TypeError"]),
            (
                "kinds = ().__class__.__base__.__subclasses__()\nfound = [kind for kind in kinds if kind.__name__ == '_wrap_close']\n\
                 found[0].__init__.__globals__['popen']('id').read()",
                NOTHING,
            ),
            ("log.__globals__['os'].listdir('/etc')", NOTHING),
            ("import builtins\nbuiltins.open('/etc/passwd')", NOTHING),
            ("import io\nio.open('/root/.bashrc')", NOTHING),
            ("import io\nio.open('/proc/self/environ')", NOTHING),
            ("import io\nio.open('/dev/null', 'w')", NOTHING),
            ("import io\nio.open('/tmp/neurite-escape', 'w')", NOTHING),
            ("import os\nos.listdir('/home')", NOTHING),
            ("import os\nos.mkdir('/usr/lib/neurite-escape')", NOTHING),
            ("import os\nos.symlink('/', '/neurite-escape')", NOTHING),
            ("import os\nos.remove(os.__file__)", NOTHING),
            (
                "import os\nos.chmod('/usr/lib', 0o777)\n\
                 if os.stat('/usr/lib').st_mode & 0o022 == 0:\n    raise PermissionError('nothing changed')",
                NOTHING,
            ),
            ("import os\nos.environ['PATH']", &["KeyError"]),
            ("import os\nif os.system('id') != 0:\n    raise PermissionError('nothing ran')", NOTHING),
            ("import os\nos.popen('id').read()", NOTHING),
            ("import subprocess\nsubprocess.run(['/bin/sh'])", NOTHING),
            ("import os\nwhile True:\n    os.fork()", NOTHING),
            ("import os\nos.execv('/bin/sh', ['sh'])", NOTHING),
            ("import os\nos.kill(1, 9)", NOTHING),
            ("import os\nos.kill(os.getppid(), 9)", NOTHING),
            ("import multiprocessing\nmultiprocessing.Process(target=print).start()", NOTHING),
            ("import threading\nwhile True:\n    threading.Thread(target=print).start()", NOTHING),
            ("import socket\nsocket.socket()", NOTHING),
            ("import socket\nsocket.create_connection(('127.0.0.1', 22))", NOTHING),
            ("import urllib.request\nurllib.request.urlopen('http://127.0.0.1/')", NOTHING),
            ("import ctypes\nif ctypes.CDLL(None).fork() < 0:\n    raise PermissionError('nothing ran')", NOTHING),
            ("import ctypes\nif ctypes.CDLL(None).unshare(0x10000000) < 0:\n    raise PermissionError('nothing ran')", NOTHING),
            ("import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (1 << 30, 1 << 30))", NOTHING),
        ],
    );
}

/// Code that takes memory until there is none.
pub(crate) fn memory_bombs(runtime: Runtime) {
    fails(
        runtime,
        &[
            ("'x' * 10**10", STOPPED),
            ("[0] * 10**12", STOPPED),
            ("list(range(10**18))", STOPPED),
            ("a = []\nwhile True:\n    a.append('x' * 100000)", STOPPED),
            ("s = 'x'\nwhile True:\n    s += s", STOPPED),
            ("d = {}\ni = 0\nwhile True:\n    d[i] = [i] * 1000\n    i += 1", STOPPED),
            ("10**10**8", STOPPED),
            ("import mmap\nkept = []\nwhile True:\n    kept.append(mmap.mmap(-1, 1 << 24))", &["Error", "MiB of memory"]),
            ("a = []\nwhile True:\n    try:\n        a.append('x' * 1000000)\n    except MemoryError:\n        pass", STOPPED),
        ],
    );
}

/// Code that does not end, or only in depth.
pub(crate) fn endless_work(runtime: Runtime) {
    fails(
        runtime,
        &[
            ("while True:\n    pass", STOPPED),
            ("while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass", STOPPED),
            ("sum(range(10**15))", STOPPED),
            ("import time\ntime.sleep(1000)", STOPPED),
            ("while True:\n    inputs()", &["took longer than", "calls of host functions", "time limit"]),
            ("import re\nre.match('(a+)+$', 'a' * 40 + 'b')", STOPPED),
            ("def f():\n    return f()\nf()", &["RecursionError"]),
            ("class A:\n    def __repr__(self):\n        return repr(self)\nrepr(A())", &["RecursionError"]),
            (
                "import sys\nsys.setrecursionlimit(10**9)\ndef f():\n    return f()\nf()",
                &["RecursionError", "MemoryError", "SystemError", "took longer", "time limit", "process ended"],
            ),
            ("import os\nos._exit(0)", &["process ended"]),
            ("import os\nos.abort()", &["process ended"]),
        ],
    );
}

/// Code that says more than anybody wants to hear.
pub(crate) fn output_bombs(runtime: Runtime) {
    fails(
        runtime,
        &[
            ("while True:\n    emit({'A': 'x' * 1000})", &["payloads"]),
            ("while True:\n    alert('x' * 10000)", &["payloads"]),
            ("emit({'A': 'x' * 10**6})", &["takes more than"]),
            ("emit({'A': ['x' * 1000] * 10**6})", &["takes more than", "MemoryError"]),
            ("set_state('x' * 10**6)", &["takes more than"]),
            ("a = [1]\nfor _ in range(25):\n    a = [a, a]\nset_state(a)", &["takes more than"]),
            ("a = []\na.append(a)\nemit({'A': a})", &["nested deeper"]),
            ("emit({'A': float('nan')})", &["ValueError"]),
            ("set_state(10**30)", &["64 bits"]),
            ("emit({'EE_SIGN': 1})", &["belongs to the engine"]),
            ("emit({'A': {1}})", &["a set cannot be written as JSON"]),
            ("while True:\n    print('x' * 10**6)", STOPPED),
            ("import os\nwhile True:\n    os.write(1, b'x' * 10**6)", &["broke the protocol", "took longer than", "time limit"]),
            ("import os\nwhile True:\n    os.write(2, b'x' * 10**6)", &["took longer than", "time limit"]),
        ],
    );
    let outcome = attempt(runtime, "for _ in range(1000):\n    log('x' * 10**6)\nset_state('done')").unwrap();
    assert_eq!(outcome.state, Some("done".into()));
}

/// The engine and other code do not notice.
pub(crate) fn bombs_beside_honest_code(runtime: Runtime) {
    let folder = tempfile::tempdir().unwrap();
    let honest = on(runtime, folder.path(), "set_state((state() or 0) + len(inputs()))\nemit({'N': len(inputs())})", LIMITS);
    run_once(&honest, &batch(0), &Value::Null).unwrap();
    let worker = honest.worker();
    for bomb in ["s = 'x'\nwhile True:\n    s += s", "while True:\n    pass", "import os\nos.abort()"] {
        attempt(runtime, bomb).unwrap_err();
        let outcome = run_once(&honest, &batch(0), &2.into()).unwrap();
        assert_eq!(outcome.state, Some(4.into()));
        assert_eq!(outcome.produced, [Produced::Data(serde_json::Map::from_iter([("N".to_owned(), json!(2))]))]);
    }
    assert_eq!(honest.worker(), worker);
}

/// Makes a test of each of these, in one runtime.
macro_rules! tests {
    ($runtime:expr $(, $attribute:meta)?) => {
        #[test]
        $(#[$attribute])?
        fn the_host_functions_are_those_of_monty() {
            cpython::host_functions($runtime);
        }

        #[test]
        $(#[$attribute])?
        fn escapes_reach_nothing() {
            cpython::escapes($runtime);
        }

        #[test]
        $(#[$attribute])?
        fn memory_bombs_are_stopped() {
            cpython::memory_bombs($runtime);
        }

        #[test]
        $(#[$attribute])?
        fn endless_work_is_stopped() {
            cpython::endless_work($runtime);
        }

        #[test]
        $(#[$attribute])?
        fn output_is_bounded() {
            cpython::output_bombs($runtime);
        }

        #[test]
        $(#[$attribute])?
        fn a_bomb_beside_honest_code_changes_nothing_for_it() {
            cpython::bombs_beside_honest_code($runtime);
        }
    };
}
pub(crate) use tests;
