//! What honest code can do.

mod common;

use common::{attempt, batch, config, run_once, signed, LIMITS};
use neurite_core::{Field, Input, Tensor};
use neurite_sandbox::{CodeRunner, Limits, Produced, SandboxError};
use neurite_testkit::block_on;
use serde_json::{json, Value};

/// The bodies of the payloads that code makes.
fn emitted(code: &str) -> Vec<Value> {
    let produced = attempt(code).unwrap().produced;
    let body = |produced| match produced {
        Produced::Data(body) => Value::Object(body),
        Produced::Alert { text, details } => json!([text, details]),
    };
    produced.into_iter().map(body).collect()
}

#[test]
fn rows_are_dicts_from_field_to_value() {
    let code = r#"
for row in inputs():
    missing = row["celsius"] != row["celsius"]
    emit({"FEATURES": row["features"], "LABEL": row["label"], "NAME": row["name"], "MISSING": missing, "PIXEL": list(row["image"])})
emit({"COLUMNS": columns("features"), "NONE": columns("label"), "MODEL": inferences()})
"#;
    let expected = [
        json!({ "FEATURES": [0.5, 1.0], "LABEL": 3, "NAME": "first", "MISSING": false, "PIXEL": [1, 2, 3] }),
        json!({ "FEATURES": [1.5, 2.0], "LABEL": 4, "NAME": "zweite ü", "MISSING": true, "PIXEL": [4, 5, 255] }),
        json!({ "COLUMNS": ["left", "right"], "NONE": null, "MODEL": [{}, {}] }),
    ];
    assert_eq!(emitted(code), expected);
}

#[test]
fn inferences_come_by_row_and_keep_their_dimensions() {
    let folder = tempfile::tempdir().unwrap();
    let code = signed("emit({'SECOND': inferences()[1]['boxes'], 'CLASS': inferences()[0]['class']})");
    let runner = CodeRunner::new("test".into(), &config(folder.path()), code, LIMITS).unwrap();
    let boxes = Field::new("boxes", Tensor::f32(vec![2, 2, 2], (0..8u8).map(f32::from).collect()).unwrap());
    let class = Field::new("class", Tensor::i64(vec![2], vec![7, 8]).unwrap());
    let outcome = block_on(runner.run(Input { batch: &batch(0), inference: &[boxes, class] }, &Value::Null)).unwrap();
    let Produced::Data(body) = &outcome.produced[0] else { panic!("{outcome:?}") };
    assert_eq!(Value::Object(body.clone()), json!({ "SECOND": [[4.0, 5.0], [6.0, 7.0]], "CLASS": 7 }));
    let uneven = Field::new("class", Tensor::i64(vec![3], vec![7, 8, 9]).unwrap());
    let refused = block_on(runner.run(Input { batch: &batch(0), inference: &[uneven] }, &Value::Null));
    assert!(matches!(refused, Err(SandboxError::Batch { .. })), "{refused:?}");
}

#[test]
fn state_is_carried_from_batch_to_batch_and_unset_it_stays() {
    let folder = tempfile::tempdir().unwrap();
    let code = signed("seen = state() or []\nif len(seen) < 2:\n    set_state(seen + [{'sum': sum(row['label'] for row in inputs())}])");
    let runner = CodeRunner::new("test".into(), &config(folder.path()), code, LIMITS).unwrap();
    let mut state = Value::Null;
    for expected in [Some(json!([{ "sum": 7 }])), Some(json!([{ "sum": 7 }, { "sum": 7 }])), None] {
        let outcome = run_once(&runner, &batch(0), &state).unwrap();
        assert_eq!(outcome.state, expected);
        state = outcome.state.unwrap_or(state);
    }
}

#[test]
fn alerts_have_a_text_and_details() {
    let code = "alert('hot', {'CELSIUS': 80})\nalert(details={}, text='odd')\nalert('plain')";
    assert_eq!(emitted(code), [json!(["hot", { "CELSIUS": 80 }]), json!(["odd", {}]), json!(["plain", {}])]);
}

#[test]
fn what_a_script_defines_is_gone_with_its_run() {
    let folder = tempfile::tempdir().unwrap();
    let code = signed("try:\n    count\n    emit({'KEPT': True})\nexcept NameError:\n    count = 1");
    let runner = CodeRunner::new("test".into(), &config(folder.path()), code, LIMITS).unwrap();
    for _ in 0..2 {
        assert_eq!(run_once(&runner, &batch(0), &Value::Null).unwrap().produced, []);
    }
}

#[test]
fn chance_depends_on_code_and_rows_alone() {
    let folder = tempfile::tempdir().unwrap();
    let code = "import random\nemit({'DRAWN': random.random()})";
    let drawn = |start: u64| {
        let runner = CodeRunner::new("test".into(), &config(folder.path()), signed(code), LIMITS).unwrap();
        run_once(&runner, &batch(start), &Value::Null).unwrap().produced
    };
    assert_eq!(drawn(0), drawn(0));
    assert_ne!(drawn(0), drawn(2));
}

#[test]
fn a_fault_names_its_line_and_leaves_nothing() {
    let error = attempt("emit({'A': 1})\nset_state(1)\nx = 1 / 0\n").unwrap_err();
    let text = error.to_string();
    assert!(error.is_codes_fault() && text.contains("line 3") && text.contains("ZeroDivisionError"), "{text}");
}

#[test]
fn a_worker_outlives_a_fault() {
    let folder = tempfile::tempdir().unwrap();
    let code = signed("if state() == 'bad':\n    raise ValueError('told to')\nset_state('good')");
    let runner = CodeRunner::new("test".into(), &config(folder.path()), code, LIMITS).unwrap();
    run_once(&runner, &batch(0), &json!("bad")).unwrap_err();
    let worker = runner.worker();
    assert!(worker.is_some());
    assert_eq!(run_once(&runner, &batch(0), &Value::Null).unwrap().state, Some(json!("good")));
    assert_eq!(runner.worker(), worker);
}

#[test]
fn code_that_is_no_python_is_refused_with_the_line_before_any_batch() {
    let folder = tempfile::tempdir().unwrap();
    let runner = CodeRunner::new("test".into(), &config(folder.path()), signed("x = 1\nif x\n    pass"), LIMITS).unwrap();
    let error = block_on(runner.check()).unwrap_err();
    assert!(matches!(&error, SandboxError::Invalid { fault } if fault.contains("line 2")), "{error}");
    let fine = CodeRunner::new("test".into(), &config(folder.path()), signed("x = 1"), LIMITS).unwrap();
    block_on(fine.check()).unwrap();
    assert!(fine.worker().is_some());
}

#[test]
fn wrong_calls_are_told_as_python_tells_them() {
    for (code, expected) in [
        ("emit()", "TypeError: emit() missing its argument 'body'"),
        ("emit([1])", "TypeError: body of emit must be a dict, not list"),
        ("emit({1: 2})", "TypeError: keys must be str, not int"),
        ("emit({'A': {1}})", "TypeError: a set cannot be written as JSON"),
        ("inputs(1)", "TypeError: inputs() takes 0 arguments but 1 were given"),
        ("alert(1)", "TypeError: text of alert must be a str, not int"),
        ("log(text='a', end='b')", "TypeError: log() got an argument that it does not take, or takes once"),
        ("columns('nothing')", "KeyError"),
        ("emit({'EE_SIGN': 1})", "ValueError: the key \"EE_SIGN\" belongs to the engine"),
        ("emit({'PAYLOAD_ID': 1})", "ValueError: the key \"PAYLOAD_ID\" belongs to the engine"),
    ] {
        let text = attempt(code).unwrap_err().to_string();
        assert!(text.contains(expected), "{code}: {text}");
    }
}

#[test]
fn limits_beyond_their_bounds_are_taken_for_the_nearest() {
    let wild = Limits { time_ms: 0, memory_mb: u32::MAX, recursion: u16::MAX, output_kb: u32::MAX, state_kb: 0 };
    let expected = Limits { time_ms: 10, memory_mb: 4_096, recursion: 500, output_kb: 4_096, state_kb: 1 };
    assert_eq!(wild.bounded(), expected);
    assert_eq!(Limits::default().bounded(), Limits::default());
}
