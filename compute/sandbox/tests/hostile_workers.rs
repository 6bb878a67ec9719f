//! Workers that die, lie, hang or flood.

mod common;

use common::{batch, config, run_once, runs, shell, signed, wait_until, LIMITS};
use neurite_sandbox::{CodeRunner, Limits, SandboxConfig, SandboxError};
use neurite_testkit::block_on;
use rustix::process::{kill_process, Pid, Signal};
use serde_json::{json, Value};
use std::{
    future::Future,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

/// Shell code that answers the first question as an honest worker does.
const LOADED: &str = r"printf '\002\000\000\000\001\000'; ";

fn kill(pid: u32) {
    // A worker that has just ended cannot be killed.
    let _ = kill_process(Pid::from_raw(pid as i32).unwrap(), Signal::KILL);
}

fn runner(config: SandboxConfig, code: &str, time_ms: u32) -> CodeRunner {
    CodeRunner::new("test".into(), &config, signed(code), Limits { time_ms, ..LIMITS }).unwrap()
}

/// Asks a fake worker to run a batch.
fn asked(folder: &Path, script: &str) -> SandboxError {
    let runner = runner(shell(folder, script), "pass", 50);
    let error = run_once(&runner, &batch(0), &Value::Null).unwrap_err();
    assert_eq!(runner.worker(), None, "a worker that failed is ended");
    error
}

#[test]
fn answers_that_are_none() {
    let folder = tempfile::tempdir().unwrap();
    let protocol = |script: &str, expected: &str| {
        let error = asked(folder.path(), script);
        assert!(matches!(&error, SandboxError::Protocol { reason } if reason.contains(expected)), "{script}: {error:?}");
    };
    protocol("echo garbage; cat >/dev/null", "expected 1 to");
    protocol(r"printf '\377\377\377\377'; cat >/dev/null", "a frame of 4294967295 bytes");
    protocol(r"printf '\002\000\000\000\011\000'; cat >/dev/null", "version 9");
    protocol(r"printf '\003\000\000\000\001\000\000'; cat >/dev/null", "behind");
    protocol(&format!("{LOADED} cat /dev/zero"), "a frame of 0 bytes");
    protocol(&format!("{LOADED} {LOADED} cat >/dev/null"), "another question");
    protocol(&format!("{LOADED} exec 0<&- 1>&-; while :; do sleep 1; done"), "lives on");
}

#[test]
fn workers_that_are_silent_or_slow_are_killed_in_time() {
    let folder = tempfile::tempdir().unwrap();
    for script in ["cat >/dev/null", r"printf '\020\000\000\000\001'; while :; do printf x; sleep 0.2; done", "while :; do :; done"] {
        let error = asked(folder.path(), &format!("{LOADED} {script}"));
        assert!(matches!(error, SandboxError::TooSlow { limit_ms: 50 }), "{script}: {error:?}");
    }
}

#[test]
fn workers_that_end_say_how() {
    let folder = tempfile::tempdir().unwrap();
    let error = asked(folder.path(), &format!("{LOADED} echo 'a last word' >&2; exit 3"));
    assert!(matches!(&error, SandboxError::Crashed { how } if how.contains("3") && how.contains("a last word")), "{error:?}");
    let flooding = format!("{LOADED} i=0; while [ $i -lt 2000 ]; do echo 'many last words' >&2; i=$((i+1)); done; exit 3");
    let error = asked(folder.path(), &flooding);
    assert!(error.to_string().len() < 8 * 1024, "{}", error.to_string().len());
    let error = asked(folder.path(), &format!("{LOADED} kill -SEGV $$"));
    assert!(matches!(&error, SandboxError::Crashed { how } if how.contains("SIGSEGV")), "{error:?}");
    let error = asked(folder.path(), &format!("{LOADED} kill -SYS $$"));
    assert!(matches!(error, SandboxError::Forbidden), "{error:?}");
    let missing = SandboxConfig { program: "/nonexistent".into(), ..config(folder.path()) };
    let error = block_on(runner(missing, "pass", 50).check()).unwrap_err();
    assert!(matches!(error, SandboxError::Start { .. }), "{error:?}");
}

#[test]
fn a_worker_that_was_killed_between_batches_is_replaced_unnoticed() {
    let folder = tempfile::tempdir().unwrap();
    let runner = runner(config(folder.path()), "set_state((state() or 0) + len(inputs()))", 3_000);
    let mut state = Value::Null;
    let mut workers = Vec::new();
    for _ in 0..3 {
        state = run_once(&runner, &batch(0), &state).unwrap().state.unwrap();
        let worker = runner.worker().unwrap();
        workers.push(worker);
        kill(worker);
    }
    assert_eq!(state, json!(6));
    workers.dedup();
    assert_eq!(workers.len(), 3);
}

#[test]
fn a_worker_that_is_always_killed_is_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let runner = runner(config(folder.path()), "while True:\n    pass", 30_000);
    let error = thread::scope(|scope| {
        let run = scope.spawn(|| run_once(&runner, &batch(0), &Value::Null).unwrap_err());
        while !run.is_finished() {
            if let Some(worker) = runner.worker() {
                kill(worker);
            }
            thread::sleep(Duration::from_millis(5));
        }
        run.join().unwrap()
    });
    assert!(matches!(error, SandboxError::Lost { .. }) && !error.is_codes_fault(), "{error:?}");
}

/// Raises a flag at the end of its life, whichever way that comes.
struct OnDrop<'a>(&'a AtomicBool);

impl Drop for OnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

#[test]
fn kills_at_any_moment_lose_no_batch_and_repeat_none() {
    let folder = tempfile::tempdir().unwrap();
    let code = "for i in range(3000):\n    i * i\nset_state((state() or 0) + len(inputs()))";
    let runner = runner(config(folder.path()), code, 30_000);
    let seed = std::process::id();
    println!("seed {seed}");
    let batches = 30;
    let done = AtomicBool::new(false);
    let state = thread::scope(|scope| {
        scope.spawn(|| {
            let mut random = seed;
            while !done.load(Ordering::Acquire) {
                random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                thread::sleep(Duration::from_millis(u64::from(random >> 24)));
                if let Some(worker) = runner.worker() {
                    kill(worker);
                }
            }
        });
        let _done = OnDrop(&done);
        let mut state = Value::Null;
        for _ in 0..batches {
            state = loop {
                match run_once(&runner, &batch(0), &state) {
                    Ok(outcome) => break outcome.state.unwrap(),
                    // Killed three times in a row; the engine would end the pipeline here, and start it from its checkpoint.
                    Err(SandboxError::Lost { .. }) => {}
                    Err(error) => panic!("{error}"),
                }
            };
        }
        state
    });
    assert_eq!(state, json!(2 * batches));
}

#[test]
fn a_dropped_runner_takes_its_worker_along() {
    let folder = tempfile::tempdir().unwrap();
    let idle = runner(config(folder.path()), "pass", 3_000);
    block_on(idle.check()).unwrap();
    let worker = idle.worker().unwrap();
    drop(idle);
    wait_until(|| !runs(worker));
    let busy = runner(config(folder.path()), "while True:\n    pass", 60_000);
    block_on(busy.check()).unwrap();
    let worker = busy.worker().unwrap();
    {
        let batch = batch(0);
        let mut call = Box::pin(busy.run(neurite_core::Input { batch: &batch, inference: &[] }, &Value::Null));
        // Begins the call and forgets it.
        let waker = std::task::Waker::noop();
        assert!(call.as_mut().poll(&mut std::task::Context::from_waker(waker)).is_pending());
    }
    drop(busy);
    wait_until(|| !runs(worker));
}
