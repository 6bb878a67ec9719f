//! Tests of `MQTT`: the contract of communication, and recipients.

use super::*;
use neurite_core::{Communication, Plugin};
use neurite_testkit::{block_on, communication, detached_context, FakePublisher};
use serde_json::json;
use std::sync::Arc;

fn open(publisher: &FakePublisher, recipients: &[&str]) -> Arc<dyn Communication> {
    let parameters: MqttParameters = serde_json::from_value(json!({ "RECIPIENTS": recipients })).unwrap();
    block_on(Mqtt::new(Arc::new(publisher.clone())).open(parameters, &detached_context())).unwrap()
}

#[test]
fn the_contract_of_communication_holds() {
    let publisher = FakePublisher::default();
    communication::delivers_in_order(&*open(&publisher, &[]), &publisher);
    communication::reports_an_absent_service_as_transient(&*open(&publisher, &[]), &publisher);
}

#[test]
fn recipients_are_passed_on() {
    let publisher = FakePublisher::default();
    communication::delivers_in_order(&*open(&publisher, &["0xai_a", "0xai_b"]), &publisher);
    assert!(publisher.published().iter().all(|payload| payload.recipients == ["0xai_a", "0xai_b"]));
}

#[test]
fn a_doubled_recipient_is_a_fault() {
    let parameters: MqttParameters = serde_json::from_value(json!({ "RECIPIENTS": ["a", "b", "a"] })).unwrap();
    let faults = Mqtt::new(Arc::new(FakePublisher::default())).check(&parameters);
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].path, "/RECIPIENTS/2");
}
