//! The application `examples/vandalism`, run by a real engine as its README says: what was done to the wall is told, who only stands there
//! is left in peace.

mod support;

use serde_json::{json, Value};
use std::fs;
use support::{collector::Collector, json, number, root, TestEngine};

/// The instance whose code looks for what has changed for good.
const CODE: &str = "lasting-change";

/// Returns how many alarms were raised, how many acts they find, and how many are false.
fn judged(rows: &[f64], acts: &[Value]) -> Value {
    let during = |row: &f64, act: &Value| (number(&act["first_row"])..=number(&act["last_row"])).contains(row);
    let found = acts.iter().filter(|act| rows.iter().any(|row| during(row, act))).count();
    let not_true = rows.iter().filter(|row| !acts.iter().any(|act| during(row, act))).count();
    json!({ "raised": rows.len(), "found": found, "false": not_true })
}

#[tokio::test]
async fn what_was_done_to_the_wall_is_told_and_who_stands_there_is_no_alarm() {
    let folder = root().join("examples/vandalism");
    let (collector, engine) = (Collector::start().await, TestEngine::start(&folder).await);
    let (mut document, expected) = (json(&folder.join("pipeline.json")), json(&folder.join("expected.json")));
    document["COMMUNICATION"] = json!({ "TYPE": "WEBHOOK", "URL": collector.url() });
    let result = engine.result(&document).await;
    let acts = expected["acts"].as_array().unwrap();
    for (instance, figures) in expected["alerts"].as_object().unwrap() {
        let (rows, raised) = match instance.as_str() {
            CODE => (&result["CUSTOM_CODE/lasting-change"]["ROWS"], &result["CUSTOM_CODE/lasting-change"]["STATE"]["ALARMS"]),
            _ => (&result[format!("ALERT/{instance}")]["ROWS"], &result[format!("ALERT/{instance}")]["RAISED"]),
        };
        assert_eq!((rows, raised), (&expected["rows"], &figures["raised"]), "{instance}");
        let told = || async {
            let of_instance = |payload: &Value| payload["INSTANCE"] == instance.as_str() && payload["EVENT"] == "RAISE";
            let payloads = collector.of("vandalism");
            let rows: Vec<f64> = payloads.iter().filter(|payload| of_instance(payload)).map(|payload| number(&payload["ROW"])).collect();
            (rows.len() as f64 >= number(raised)).then_some(rows)
        };
        let rows = engine.until("all alarms", told).await;
        assert_eq!(judged(&rows, acts), *figures, "{instance}: {rows:?}");
    }
    let figure = |instance: &str, key: &str| number(&expected["alerts"][instance][key]);
    assert_eq!((figure(CODE, "found"), figure(CODE, "false")), (acts.len() as f64, 0.0), "{expected}");
    for baseline in ["somebody-at-the-wall", "somebody-stays-at-the-wall"] {
        assert!(figure(baseline, "false") >= acts.len() as f64, "{expected}");
    }
}

#[test]
fn the_document_carries_the_code_beside_it() {
    let folder = root().join("examples/vandalism");
    let document = json(&folder.join("pipeline.json"));
    let lines = document.pointer("/PLUGINS/0/INSTANCES/0/CODE").and_then(Value::as_array).unwrap();
    let lines: Vec<&str> = lines.iter().map(|line| line.as_str().unwrap()).collect();
    assert_eq!(lines.join("\n"), fs::read_to_string(folder.join("wall.py")).unwrap());
}
