//! Tests of what sources of messages share.

use super::*;
use crate::columns::Columns;
use futures::FutureExt;
use neurite_core::{Acquisition, Batch, Bookmark, BoxFuture, Clock, Context, Field, PluginError, Services};
use neurite_testkit::{block_on, detached_context, FakeClock};
use serde_json::{json, Value};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

/// What a source gives, and what it was told.
#[derive(Default)]
struct Script {
    steps: VecDeque<Result<Message, PluginError>>,
    told: Vec<String>,
}

#[derive(Clone, Default)]
struct Scripted(Arc<Mutex<Script>>);

impl Scripted {
    fn gives(&self, step: Result<&str, PluginError>) {
        let message = |body: &str| Message { origin: "o".into(), body: body.into(), time: 7 };
        self.0.lock().unwrap().steps.push_back(step.map(message));
    }

    fn told(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap().told)
    }

    fn tell(&self, what: impl Into<String>) {
        self.0.lock().unwrap().told.push(what.into());
    }
}

impl MessageSource for Scripted {
    fn begin(&mut self) -> BoxFuture<'_, Result<(), PluginError>> {
        self.tell("begin");
        Box::pin(async { Ok(()) })
    }

    fn next(&mut self) -> BoxFuture<'_, Result<Message, PluginError>> {
        match self.0.lock().unwrap().steps.pop_front() {
            Some(step) => Box::pin(async { step }),
            None => Box::pin(std::future::pending()),
        }
    }

    fn refuse<'a>(&'a mut self, _: &'a PluginError) -> BoxFuture<'a, Result<(), PluginError>> {
        self.tell("refused");
        Box::pin(async { Ok(()) })
    }

    fn handed_over(&mut self, first: u64) {
        self.tell(format!("handed over from {first}"));
    }

    fn dropped(&self) -> u64 {
        5
    }
}

struct Bench {
    source: Scripted,
    clock: FakeClock,
    rows: MessageRows<Scripted>,
}

fn bench(batch_rows: u32, columns: Option<Value>) -> Bench {
    let (source, clock) = (Scripted::default(), FakeClock::standing());
    let context = detached_context();
    let services = Services { clock: Arc::new(clock.clone()), ..context.services.clone() };
    let columns = columns.map(|columns| serde_json::from_value::<Columns>(columns).unwrap());
    let batching = Batching { rows: batch_rows, max_wait_ms: 100, columns };
    let rows = MessageRows::new(source.clone(), "test", &batching, &Context { services, ..context }).unwrap();
    Bench { source, clock, rows }
}

fn texts(batch: &Batch) -> &[String] {
    batch.field(Field::MESSAGE).unwrap().as_text().unwrap()
}

fn next(rows: &mut MessageRows<Scripted>) -> Batch {
    block_on(rows.next_batch()).unwrap().unwrap()
}

#[test]
fn a_batch_leaves_when_it_is_full() {
    let Bench { source, mut rows, .. } = bench(2, None);
    for body in ["a", "b", "c", "d"] {
        source.gives(Ok(body));
    }
    block_on(rows.seek(&Bookmark::at(10))).unwrap();
    assert_eq!(texts(&next(&mut rows)), ["a", "b"]);
    let second = next(&mut rows);
    assert_eq!((second.start(), second.end()), (12, 14));
    assert_eq!(second.field(Field::ORIGIN).unwrap().as_text().unwrap(), ["o", "o"]);
    assert_eq!(second.field(Field::TIME).unwrap().as_i64().unwrap(), [7, 7]);
    assert_eq!(source.told(), ["begin", "handed over from 10", "begin", "handed over from 12"]);
    assert_eq!((rows.total(), rows.dropped()), (None, 5));
}

#[test]
fn a_batch_leaves_when_its_first_row_has_waited_long_enough() {
    let Bench { source, clock, mut rows } = bench(10, None);
    let mut waiting = rows.next_batch();
    assert!((&mut waiting).now_or_never().is_none());
    assert_eq!(clock.waiting(), 0, "without a row there is nothing to wait for");
    source.gives(Ok("a"));
    // The source is asked again only when something wakes it, as a real one would.
    drop(waiting);
    let mut waiting = rows.next_batch();
    assert!((&mut waiting).now_or_never().is_none());
    clock.advance(Duration::from_millis(99));
    assert!((&mut waiting).now_or_never().is_none());
    clock.advance(Duration::from_millis(1));
    assert_eq!(texts(&waiting.now_or_never().unwrap().unwrap().unwrap()), ["a"]);
}

#[test]
fn what_does_not_decode_is_refused_and_the_rest_goes_on() {
    let Bench { source, mut rows, .. } = bench(3, Some(json!({ "FEATURES": ["x"], "TEXTS": ["origin"], "TIME": "at", "TIME_UNIT": "ms" })));
    for body in [
        "no JSON",
        r#"{"x":1,"at":5,"origin":"mine"}"#,
        "[]",
        r#"{"x":"one","at":6}"#,
        r#"{"x":2,"at":6,"origin":"yours"}"#,
        r#"{"x":3,"at":7,"origin":""}"#,
    ] {
        source.gives(Ok(body));
    }
    let batch = next(&mut rows);
    assert_eq!(batch.field(Field::FEATURES).unwrap().as_f32().unwrap(), [1.0, 2.0, 3.0]);
    assert_eq!(batch.field(Field::TIME).unwrap().as_i64().unwrap(), [5, 6, 7], "a column of times goes before the time of receipt");
    assert_eq!(batch.field(Field::ORIGIN).unwrap().as_text().unwrap(), ["mine", "yours", ""]);
    assert_eq!(batch.fields().len(), 3);
    assert_eq!(source.told(), ["begin", "refused", "refused", "refused", "handed over from 0"]);
}

#[test]
fn bytes_that_are_no_text_or_too_many_are_refused() {
    let mut rows = Rows::new("test", None).unwrap();
    let message = |body: Vec<u8>| Message { origin: "o".into(), body, time: 0 };
    assert!(rows.push(1, message(vec![0xff])).is_err());
    assert!(rows.push(1, message(vec![b'a'; MAX_MESSAGE_BYTES + 1])).is_err());
    assert_eq!(rows.len(), 0);
    while rows.has_room() {
        rows.push(1, message(vec![b'a'; MAX_MESSAGE_BYTES])).unwrap();
    }
    assert!(Batch::new(0, rows.take().unwrap()).is_ok(), "a full batch is within the bounds");
    assert!(rows.has_room() && rows.len() == 0);
}

#[test]
fn a_flood_of_refused_messages_does_not_hold_back_a_row() {
    let Bench { source, mut rows, .. } = bench(4, Some(json!({ "FEATURES": ["x"] })));
    source.gives(Ok(r#"{"x":1}"#));
    for _ in 0..100 {
        source.gives(Ok("garbage"));
    }
    assert_eq!(next(&mut rows).rows(), 1);
}

#[test]
fn a_failure_comes_after_the_rows_before_it() {
    let Bench { source, mut rows, .. } = bench(4, None);
    source.gives(Ok("a"));
    source.gives(Err(PluginError::unavailable("server", "gone")));
    source.gives(Err(PluginError::unavailable("server", "still gone")));
    assert_eq!(texts(&next(&mut rows)), ["a"]);
    assert_eq!(block_on(rows.next_batch()).unwrap_err(), PluginError::unavailable("server", "gone"));
    assert_eq!(block_on(rows.next_batch()).unwrap_err(), PluginError::unavailable("server", "still gone"));
}

#[test]
fn an_inbox_drops_the_oldest_and_counts_them() {
    let clock = FakeClock::standing();
    let (letterbox, mut inbox) = inbox(3);
    let put = |body: &str| letterbox.put(Message::now(&clock, "o", body));
    (0..5).for_each(|number| put(&number.to_string()));
    assert_eq!(inbox.dropped(), 2);
    let first = block_on(inbox.next());
    assert_eq!((first.body.as_slice(), first.time), (&b"2"[..], clock.unix_ms() as i64));
    assert_eq!(block_on(inbox.next()).body, b"3");
    assert_eq!(block_on(inbox.next()).body, b"4");
    let mut waiting = Box::pin(inbox.next());
    assert!((&mut waiting).now_or_never().is_none());
    put("5");
    assert_eq!(waiting.now_or_never().unwrap().body, b"5");
}

#[test]
fn an_inbox_is_bounded_by_bytes_too() {
    let (letterbox, mut inbox) = inbox(1000);
    for _ in 0..20 {
        letterbox.put(Message::now(&FakeClock::standing(), "o", vec![0; MAX_MESSAGE_BYTES]));
    }
    let mut taken = 0;
    while inbox.next().now_or_never().is_some() {
        taken += 1;
    }
    assert_eq!((taken, inbox.dropped()), (15, 5), "as many as fit into 32 MiB with what each takes beside its body");
}

#[test]
fn an_origin_is_cut_at_a_character() {
    let message = Message::now(&FakeClock::standing(), &"ü".repeat(1000), "");
    assert_eq!(message.origin.len(), 512);
}
