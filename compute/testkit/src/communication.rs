//! The contract of communication plugins that publish through a publisher.

use crate::{block_on, FakePublisher};
use neurite_core::{Communication, Origin, Payload, PayloadKind};
use serde_json::{json, Map};

/// Checks that payloads arrive unchanged, in order, with their origin.
pub fn delivers_in_order(sink: &dyn Communication, publisher: &FakePublisher) {
    let before = publisher.published().len();
    for number in 0..5 {
        block_on(sink.send(&origin(), &payload(number))).expect("a payload taken over");
    }
    let published = publisher.published();
    assert_eq!(published.len(), before + 5, "payloads published");
    for (number, outbound) in published.iter().skip(before).enumerate() {
        let expected = payload(number);
        assert_eq!((&outbound.origin, outbound.kind, &outbound.body), (&origin(), expected.kind, &expected.body), "payload {number}");
        assert!(outbound.is_bounded(), "recipients of payload {number}");
    }
}

/// Checks that a service that is away is a transient failure, and that nothing is left over once it is back.
pub fn reports_an_absent_service_as_transient(sink: &dyn Communication, publisher: &FakePublisher) {
    let before = publisher.published().len();
    publisher.set_absent(true);
    let error = block_on(sink.send(&origin(), &payload(0))).expect_err("no service");
    assert!(error.is_transient(), "{error} must be transient");
    publisher.set_absent(false);
    block_on(sink.send(&origin(), &payload(1))).expect("a payload taken over");
    assert_eq!(publisher.published().len(), before + 1, "payloads published");
}

fn origin() -> Origin {
    Origin { pipeline: "test".into(), signature: "TEST".into(), instance: "one".into() }
}

fn payload(number: usize) -> Payload {
    Payload { kind: PayloadKind::Data, body: Map::from_iter([("NUMBER".to_owned(), json!(number))]) }
}
