//! Tests of `REST_ENDPOINT`: routes, answers, bounds, and that batches do not matter.

use super::{server::respond, window::Window, *};
use crate::testing::{depends_on_rows_only, run, Rows};
use neurite_core::{Business, Context, JobIdentity, Plugin, Shard};
use neurite_testkit::{block_on, detached_context, FakeIngress};
use serde_json::{json, Value};
use std::sync::Arc;

fn context() -> (Context, Arc<FakeIngress>) {
    let ingress = Arc::new(FakeIngress::default());
    let mut context = detached_context();
    context.services.ingress = ingress.clone();
    (context, ingress)
}

fn open(context: &Context, keep: u16) -> Box<dyn Business> {
    let parameters = serde_json::from_value(json!({ "PATH": "values/last", "VALUES": ["value"], "KEEP_ROWS": keep })).unwrap();
    block_on(RestEndpoint.open(parameters, context)).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn requests_are_answered_with_the_last_rows() {
    let (context, ingress) = context();
    let mut endpoint = open(&context, 2);
    let routes = ingress.routes();
    assert_eq!((routes[0].pipeline.as_str(), routes[0].method, routes[0].path.as_str()), ("test", "GET", "values/last"));
    let empty = ingress.request("values/last", &[], &Value::Null).await.unwrap();
    assert_eq!((empty.status, empty.body), (200, json!({ "ROWS": 0, "LAST": null, "WINDOW": [] })));
    run(&mut *endpoint, &Rows::of(&[0.5, 1.5, 2.5]), 2).unwrap();
    let row = |number: u64| json!({ "ROW": number, "TIME": (number - 1) * 1000, "VALUES": { "value": number as f64 - 0.5 } });
    let full = ingress.request("values/last", &[], &Value::Null).await.unwrap();
    assert_eq!(full.body, json!({ "ROWS": 3, "LAST": row(3), "WINDOW": [row(2), row(3)] }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_route_ends_with_its_instance() {
    let (context, ingress) = context();
    drop(open(&context, 1));
    // Whoever asks once the task is gone gets no answer; until then, the task may still give one.
    let unanswered = async {
        loop {
            let ingress = ingress.clone();
            let asked = tokio::spawn(async move { ingress.request("values/last", &[], &Value::Null).await });
            if !matches!(asked.await, Ok(Ok(_))) {
                return;
            }
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), unanswered).await.expect("the task ends");
}

#[test]
fn a_limit_asks_for_fewer_rows() {
    let mut window = Window::default();
    for value in 0..3 {
        window.add(3, Value::Null, &json!({ "value": value }));
    }
    let shown = |limit: Option<&str>| respond(&window, limit).body["WINDOW"].as_array().map(Vec::len);
    assert_eq!((shown(None), shown(Some("2")), shown(Some("0"))), (Some(3), Some(2), Some(0)));
    assert_eq!(respond(&window, Some("two")).status, 400);
}

#[test]
fn the_window_is_bounded_in_bytes() {
    let mut window = Window::default();
    let long = json!({ "text": "x".repeat(MAX_WINDOW_BYTES / 4) });
    for _ in 0..10 {
        window.add(10, Value::Null, &long);
    }
    assert!(window.fits(3), "three long rows fit, four do not");
    assert_eq!(window.rows, 10);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn batches_and_restarts_do_not_matter() {
    let (context, _) = context();
    depends_on_rows_only(|| open(&context, 4), &Rows::of(&[0.1, f64::NAN, 1e300, -2.5, 1.0 / 3.0, 7.0]), &[1, 4]);
}

#[test]
fn jobs_get_no_routes() {
    let (mut context, ingress) = context();
    context.job = Some(JobIdentity { sender: "stranger".into(), id: 1, shard: Shard::WHOLE, deed: 1, steps: 1 });
    let parameters = serde_json::from_value(json!({ "PATH": "values/last", "VALUES": ["value"] })).unwrap();
    let refused = block_on(RestEndpoint.open(parameters, &context)).err().unwrap();
    assert!(refused.to_string().contains("not for jobs"), "{refused}");
    assert!(ingress.routes().is_empty());
}
