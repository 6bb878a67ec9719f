//! Tests of `OnDemand`, asked as people ask.

use super::*;
use futures::FutureExt;
use neurite_core::{Acquisition, Bookmark, Context, Field, JobIdentity, Plugin, PluginError, Services, Shard};
use neurite_testkit::{block_on, detached_context, FakeClock, FakeIngress};
use serde_json::{json, Value};
use std::sync::Arc;

fn open(parameters: Value, ingress: &Arc<FakeIngress>, job: Option<JobIdentity>) -> Result<Box<dyn Acquisition>, PluginError> {
    let context = detached_context();
    let services = Services { clock: Arc::new(FakeClock::jumping()), ingress: ingress.clone(), ..context.services.clone() };
    let parameters: OnDemandParameters = serde_json::from_value(parameters).unwrap();
    assert_eq!(OnDemand.check(&parameters), []);
    block_on(OnDemand.open(parameters, &Context { services, job, ..context }))
}

#[test]
fn bodies_become_rows_and_answers_their_numbers() {
    let ingress = Arc::new(FakeIngress::default());
    let mut rows = open(json!({}), &ingress, None).unwrap();
    block_on(rows.seek(&Bookmark::at(10))).unwrap();
    let asks = [json!({ "a": 1 }), json!("two")].map(|body| ingress.request("input", &[], &body));
    let batch = block_on(rows.next_batch()).unwrap().unwrap();
    assert_eq!((batch.start(), batch.end(), rows.total()), (10, 12, None));
    assert_eq!(batch.field(Field::MESSAGE).unwrap().as_text().unwrap(), [r#"{"a":1}"#, r#""two""#]);
    assert_eq!(batch.field(Field::ORIGIN).unwrap().as_text().unwrap(), ["input", "input"]);
    let answers = asks.map(|ask| block_on(ask).unwrap());
    assert_eq!(answers.clone().map(|answer| answer.status), [202, 202]);
    assert_eq!(answers.map(|answer| answer.body), [json!({ "row": 11 }), json!({ "row": 12 })]);
}

#[test]
fn objects_become_columns_and_what_is_none_is_refused() {
    let ingress = Arc::new(FakeIngress::default());
    let mut rows = open(json!({ "PATH": "rows", "COLUMNS": { "FEATURES": ["x"] } }), &ingress, None).unwrap();
    let no_object = ingress.request("rows", &[], &json!([1]));
    let no_json = ingress.send("rows", &[], &[], b"{".to_vec());
    let row = ingress.request("rows", &[], &json!({ "x": 2.5 }));
    let batch = block_on(rows.next_batch()).unwrap().unwrap();
    assert_eq!(batch.field(Field::FEATURES).unwrap().as_f32().unwrap(), [2.5]);
    assert_eq!(block_on(row).unwrap().body, json!({ "row": 1 }));
    assert_eq!(block_on(no_object).unwrap().status, 422);
    assert_eq!(block_on(no_json).unwrap().status, 400);
}

#[test]
fn a_source_waits_for_ever_and_describes_its_route() {
    let ingress = Arc::new(FakeIngress::default());
    let mut rows = open(json!({ "MAX_BODY_BYTES": 9 }), &ingress, None).unwrap();
    assert!(rows.next_batch().now_or_never().is_none());
    let route = &ingress.routes()[0];
    assert_eq!((route.pipeline.as_str(), route.method, route.path.as_str(), route.max_body), ("test", "POST", "input", 9));
}

#[test]
fn a_job_opens_no_route() {
    let ingress = Arc::new(FakeIngress::default());
    let job = JobIdentity { sender: "alice".into(), id: 1, shard: Shard::WHOLE, deed: 1, steps: 1 };
    assert!(matches!(open(json!({}), &ingress, Some(job)), Err(PluginError::Parameters { .. })));
    assert!(ingress.routes().is_empty());
}
