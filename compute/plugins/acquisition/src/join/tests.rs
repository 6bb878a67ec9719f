//! Tests of `Join` on a bus on which the test speaks.

use super::*;
use neurite_core::{
    Acquisition, BusMessage, Context, Field, JobIdentity, Origin, Payload, PayloadKind, Plugin, PluginError, Services, Shard,
};
use neurite_testkit::{block_on, detached_context, FakeBus, FakeClock};
use serde_json::{json, Value};
use std::sync::Arc;

fn open(parameters: Value, bus: &Arc<FakeBus>, job: Option<JobIdentity>) -> Result<Box<dyn Acquisition>, PluginError> {
    let context = detached_context();
    let services = Services { clock: Arc::new(FakeClock::jumping()), bus: bus.clone(), ..context.services.clone() };
    let parameters: JoinParameters = serde_json::from_value(parameters).unwrap();
    assert_eq!(Join.check(&parameters), []);
    block_on(Join.open(parameters, &Context { services, job, ..context }))
}

fn publish(bus: &FakeBus, [pipeline, signature, instance]: [&str; 3], kind: PayloadKind, body: Value) {
    let origin = Origin { pipeline: pipeline.into(), signature: signature.into(), instance: instance.into() };
    bus.publish(&BusMessage { origin, payload: Payload { kind, body: body.as_object().unwrap().clone() } });
}

#[test]
fn payloads_of_the_named_pipelines_become_rows() {
    let bus = Arc::new(FakeBus::default());
    let mut rows = open(json!({ "PIPELINES": ["a", "b"], "SIGNATURE": "ALERT" }), &bus, None).unwrap();
    publish(&bus, ["c", "ALERT", "x"], PayloadKind::Data, json!({ "N": 0 }));
    publish(&bus, ["a", "ALERT", "x"], PayloadKind::Data, json!({ "N": 1 }));
    publish(&bus, ["a", "OTHER", "x"], PayloadKind::Data, json!({ "N": 0 }));
    publish(&bus, ["b", "ALERT", "y"], PayloadKind::Progress, json!({ "N": 0 }));
    publish(&bus, ["b", "ALERT", "y"], PayloadKind::Result, json!({ "N": 2 }));
    let batch = block_on(rows.next_batch()).unwrap().unwrap();
    assert_eq!(batch.field(Field::MESSAGE).unwrap().as_text().unwrap(), [r#"{"N":1}"#, r#"{"N":2}"#]);
    assert_eq!(batch.field(Field::ORIGIN).unwrap().as_text().unwrap(), ["a/ALERT/x", "b/ALERT/y"]);
    assert_eq!((rows.total(), rows.dropped()), (None, 0));
}

#[test]
fn bodies_become_columns_and_kinds_are_chosen() {
    let bus = Arc::new(FakeBus::default());
    let parameters =
        json!({ "PIPELINES": ["a"], "INSTANCE": "x", "KINDS": ["NOTIFICATION"], "COLUMNS": { "FEATURES": [], "NUMBERS": ["N"] } });
    let mut rows = open(parameters, &bus, None).unwrap();
    publish(&bus, ["a", "ALERT", "x"], PayloadKind::Data, json!({ "N": 1 }));
    publish(&bus, ["a", "ALERT", "y"], PayloadKind::Notification, json!({ "N": 2 }));
    publish(&bus, ["a", "ALERT", "x"], PayloadKind::Notification, json!({ "N": 3.5 }));
    let batch = block_on(rows.next_batch()).unwrap().unwrap();
    assert_eq!(batch.field("N").unwrap().as_f64().unwrap(), [3.5]);
}

#[test]
fn neither_a_job_nor_the_pipeline_itself_is_joined() {
    let bus = Arc::new(FakeBus::default());
    let job = JobIdentity { sender: "alice".into(), id: 1, shard: Shard::WHOLE, deed: 1, steps: 1 };
    assert!(matches!(open(json!({ "PIPELINES": ["a"] }), &bus, Some(job)), Err(PluginError::Parameters { .. })));
    let error = open(json!({ "PIPELINES": ["a", "test"] }), &bus, None).err().unwrap();
    assert!(matches!(&error, PluginError::Parameters { path, .. } if path == "/PIPELINES"), "{error}");
}
