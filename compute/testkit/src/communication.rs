//! The contracts of communication plugins: of those that publish through a publisher, and of those that speak to a service themselves.

use crate::{block_on, FakePublisher};
use neurite_core::{bounds::MAX_PAYLOAD_BYTES, BoxFuture, Communication, Origin, Payload, PayloadKind};
use serde_json::{json, Map, Value};
use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

/// Payloads in flight when many callers send at once.
const CALLERS: usize = 100;
/// How long a service may take to be back.
const RECOVERY: Duration = Duration::from_secs(60);

/// The receiving side of a communication plugin: the real service on loopback, and a reader of what arrives there.
pub trait Peer: Send {
    /// Returns the next message that arrived; panics if none comes.
    fn next(&mut self) -> BoxFuture<'_, Value>;

    /// Takes the service away, with its connections.
    fn stop(&mut self) -> BoxFuture<'_, ()>;

    /// Brings the service back at the same address.
    fn start(&mut self) -> BoxFuture<'_, ()>;
}

/// Checks everything that a communication plugin owes to the engine.
pub async fn keeps_the_contract(sink: &dyn Communication, peer: &mut dyn Peer) {
    keeps_the_order_of_a_caller(sink, peer).await;
    delivers_for_many_callers_at_once(sink, peer).await;
    carries_the_largest_payload(sink, peer).await;
    survives_cancelled_calls(sink, peer).await;
    recovers_from_an_absent_service(sink, peer).await;
}

/// Checks that payloads sent one after the other arrive unchanged in that order, with their origin.
pub async fn keeps_the_order_of_a_caller(sink: &dyn Communication, peer: &mut dyn Peer) {
    for number in 0..20 {
        sink.send(&origin(), &payload(number)).await.expect("an acknowledged payload");
    }
    for number in 0..20 {
        let expected = json!({
            "PIPELINE": "test", "SIGNATURE": "TEST", "INSTANCE": "one", "KIND": "DATA", "PAYLOAD_ID": id(number), "NUMBER": number
        });
        assert_eq!(peer.next().await, expected, "payload {number}");
    }
}

/// Checks that payloads of many callers all arrive, each once.
pub async fn delivers_for_many_callers_at_once(sink: &dyn Communication, peer: &mut dyn Peer) {
    let from = &origin();
    let calls = (0..CALLERS).map(|number| async move { sink.send(from, &payload(number)).await });
    for (number, sent) in futures::future::join_all(calls).await.into_iter().enumerate() {
        sent.unwrap_or_else(|error| panic!("payload {number}: {error}"));
    }
    let mut arrived = BTreeSet::new();
    for _ in 0..CALLERS {
        arrived.insert(number(&peer.next().await));
    }
    assert_eq!(arrived.len(), CALLERS, "payloads that arrived");
}

/// Checks that a payload at the bound of the engine arrives whole.
pub async fn carries_the_largest_payload(sink: &dyn Communication, peer: &mut dyn Peer) {
    let mut largest = payload(0);
    let text = "x".repeat(MAX_PAYLOAD_BYTES - 64);
    largest.body.insert("TEXT".into(), json!(text));
    sink.send(&origin(), &largest).await.expect("the largest payload acknowledged");
    assert!(peer.next().await["TEXT"] == json!(text), "the largest payload arrived changed");
}

/// Checks that calls that are dropped, before they began or on their way, do no harm to those after them.
pub async fn survives_cancelled_calls(sink: &dyn Communication, peer: &mut dyn Peer) {
    for polls in 0..8 {
        let (from, cancelled) = (origin(), payload(0));
        let mut call = sink.send(&from, &cancelled);
        for _ in 0..polls {
            if futures::poll!(&mut call).is_ready() {
                break;
            }
        }
    }
    sink.send(&origin(), &payload(1)).await.expect("an acknowledged payload after cancelled ones");
    arrives(1, peer).await;
}

/// Checks that a service that is away is a transient failure, and that payloads arrive again once it is back.
pub async fn recovers_from_an_absent_service(sink: &dyn Communication, peer: &mut dyn Peer) {
    for _ in 0..2 {
        peer.stop().await;
        let error = sink.send(&origin(), &payload(2)).await.expect_err("nothing acknowledges");
        assert!(error.is_transient(), "{error} must be transient");
        peer.start().await;
        send_until_acknowledged(sink, &payload(3)).await;
        arrives(3, peer).await;
    }
}

/// Sends as the engine does: again after each transient failure.
async fn send_until_acknowledged(sink: &dyn Communication, payload: &Payload) {
    let began = Instant::now();
    while let Err(error) = sink.send(&origin(), payload).await {
        assert!(error.is_transient() && began.elapsed() < RECOVERY, "after {:?}: {error}", began.elapsed());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Waits for a payload; what was sent before it may arrive late or again.
async fn arrives(awaited: usize, peer: &mut dyn Peer) {
    while number(&peer.next().await) != awaited {}
}

fn number(message: &Value) -> usize {
    let number = message["NUMBER"].as_u64().unwrap_or_else(|| panic!("{message} was not sent"));
    usize::try_from(number).expect("a number that was sent")
}

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

/// Returns who sends the payloads of this suite.
pub fn origin() -> Origin {
    Origin { pipeline: "test".into(), signature: "TEST".into(), instance: "one".into() }
}

/// Returns a payload as the engine hands it over, told from others by its number.
pub fn payload(number: usize) -> Payload {
    let body = Map::from_iter([("PAYLOAD_ID".to_owned(), json!(id(number))), ("NUMBER".to_owned(), json!(number))]);
    Payload { kind: PayloadKind::Data, body }
}

fn id(number: usize) -> String {
    format!("test-{number}")
}
