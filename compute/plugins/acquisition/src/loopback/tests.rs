//! Tests of `Loopback`.

use super::*;
use futures::FutureExt;
use neurite_core::{
    Acquisition, BusMessage, Context, Field, JobIdentity, Origin, Payload, PayloadKind, Plugin, PluginError, Services, Shard,
};
use neurite_testkit::{block_on, detached_context, FakeBus, FakeClock};
use serde_json::{json, Value};
use std::sync::Arc;

fn open(parameters: Value, bus: &Arc<FakeBus>, job: Option<JobIdentity>) -> Result<Box<dyn Acquisition>, PluginError> {
    let context = detached_context();
    let services = Services { clock: Arc::new(FakeClock::jumping()), bus: bus.clone(), ..context.services.clone() };
    let parameters: LoopbackParameters = serde_json::from_value(parameters).unwrap();
    assert_eq!(Loopback.check(&parameters), []);
    block_on(Loopback.open(parameters, &Context { services, job, ..context }))
}

fn publish(bus: &FakeBus, pipeline: &str, body: Value) {
    let origin = Origin { pipeline: pipeline.into(), signature: "LIFE".into(), instance: "x".into() };
    bus.publish(&BusMessage { origin, payload: Payload { kind: PayloadKind::Data, body: body.as_object().unwrap().clone() } });
}

#[test]
fn a_seed_sets_the_loop_going_and_only_own_payloads_keep_it_so() {
    let bus = Arc::new(FakeBus::default());
    let parameters = json!({ "SEED": { "N": 0 }, "COLUMNS": { "FEATURES": ["N"] } });
    let mut rows = open(parameters.clone(), &bus, None).unwrap();
    let mut turns = Vec::new();
    for _ in 0..5 {
        let batch = block_on(rows.next_batch()).unwrap().unwrap();
        let found = batch.field(Field::FEATURES).unwrap().as_f32().unwrap().to_vec();
        publish(&bus, "other", json!({ "N": 100 }));
        publish(&bus, "test", json!({ "N": found[0] + 1.0 }));
        turns.extend(found);
    }
    assert_eq!(turns, [0.0, 1.0, 2.0, 3.0, 4.0]);
    let mut again = open(parameters, &bus, None).unwrap();
    assert_eq!(block_on(again.next_batch()).unwrap().unwrap().field(Field::FEATURES).unwrap().as_f32().unwrap(), [0.0]);
}

#[test]
fn without_a_seed_it_waits_for_a_payload() {
    let bus = Arc::new(FakeBus::default());
    let mut rows = open(json!({}), &bus, None).unwrap();
    assert!(rows.next_batch().now_or_never().is_none());
    publish(&bus, "test", json!({ "A": true }));
    let batch = block_on(rows.next_batch()).unwrap().unwrap();
    assert_eq!(batch.field(Field::MESSAGE).unwrap().as_text().unwrap(), [r#"{"A":true}"#]);
}

#[test]
fn a_job_reads_no_payloads() {
    let bus = Arc::new(FakeBus::default());
    let job = JobIdentity { sender: "alice".into(), id: 1, shard: Shard::WHOLE, deed: 1, steps: 1 };
    assert!(matches!(open(json!({}), &bus, Some(job)), Err(PluginError::Parameters { .. })));
}
