//! Tests of `AmqpSubscriber` with RabbitMQ.

use super::*;
use lapin::{
    options::{BasicPublishOptions, ConfirmSelectOptions, QueueDeclareOptions},
    types::FieldTable,
    BasicProperties, Channel, Connection, ConnectionProperties,
};
use neurite_core::{Acquisition, Batch, Context, Field, Plugin, PluginError, Services};
use neurite_testkit::{detached_context, servers::RabbitMq, FakeClock};
use serde_json::{json, Value};
use std::{sync::Arc, time::Duration};
use tokio::time::timeout;

const DEADLINE: Duration = Duration::from_secs(60);

/// A connection of the test's own, which must stay open as long as its channel is used.
struct Sender {
    _connection: Connection,
    channel: Channel,
}

impl Sender {
    async fn connect(url: &str) -> Self {
        let connection = Connection::connect(url, ConnectionProperties::default()).await.unwrap();
        let channel = connection.create_channel().await.unwrap();
        channel.confirm_select(ConfirmSelectOptions::default()).await.unwrap();
        Self { _connection: connection, channel }
    }

    async fn declare(&self, queue: &str) {
        self.channel.queue_declare(queue.into(), QueueDeclareOptions::durable(), FieldTable::default()).await.unwrap();
    }

    async fn send(&self, queue: &str, body: &str) {
        let properties = BasicProperties::default().with_delivery_mode(2);
        let sent = self.channel.basic_publish("".into(), queue.into(), BasicPublishOptions::default(), body.as_bytes(), properties).await;
        sent.unwrap().await.unwrap();
    }

    /// Returns how many messages of a queue wait for a consumer.
    async fn waiting(&self, queue: &str) -> u32 {
        let passive = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() };
        self.channel.queue_declare(queue.into(), passive, FieldTable::default()).await.unwrap().message_count()
    }
}

async fn open(url: &str, parameters: Value) -> Result<Box<dyn Acquisition>, PluginError> {
    let context = detached_context();
    let context = Context { services: Services { clock: Arc::new(FakeClock::jumping()), ..context.services.clone() }, ..context };
    let mut parameters = parameters;
    parameters["URL"] = url.into();
    let parameters: AmqpSubscriberParameters = serde_json::from_value(parameters).unwrap();
    assert_eq!(AmqpSubscriber.check(&parameters), []);
    AmqpSubscriber.open(parameters, &context).await
}

async fn next(rows: &mut dyn Acquisition) -> Batch {
    timeout(DEADLINE, rows.next_batch()).await.expect("a batch in time").unwrap().unwrap()
}

/// Reads until there are so many rows.
async fn read(rows: &mut dyn Acquisition, wanted: usize) -> Vec<String> {
    let mut read = Vec::new();
    while read.len() < wanted {
        read.extend_from_slice(next(rows).await.field(Field::MESSAGE).unwrap().as_text().unwrap());
    }
    read
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_is_read_at_least_once() {
    let mut broker = RabbitMq::start().await;
    let sender = Sender::connect(&broker.url()).await;
    messages_come_in_order_and_are_not_repeated_once_the_next_are_asked_for(&broker, &sender).await;
    what_does_not_decode_leaves_the_queue(&broker, &sender).await;
    what_cannot_be_opened_is_told_apart(&broker).await;
    a_broker_that_comes_back_gives_what_was_not_acknowledged(&mut broker, &sender).await;
}

async fn messages_come_in_order_and_are_not_repeated_once_the_next_are_asked_for(broker: &RabbitMq, sender: &Sender) {
    sender.declare("orders").await;
    let sent: Vec<String> = (0..20).map(|number| number.to_string()).collect();
    for body in &sent {
        sender.send("orders", body).await;
    }
    let parameters = json!({ "QUEUE": "orders", "BATCH_ROWS": 4, "PREFETCH": 8 });
    let mut rows = open(&broker.url(), parameters.clone()).await.unwrap();
    let first = next(&mut *rows).await;
    assert_eq!(first.field(Field::ORIGIN).unwrap().as_text().unwrap()[0], "orders");
    assert_eq!(first.field(Field::MESSAGE).unwrap().as_text().unwrap(), &sent[..first.rows()]);
    // Only asking for another batch would have said that the first is in good hands.
    drop(rows);
    let mut again = open(&broker.url(), parameters.clone()).await.unwrap();
    let mut read_again = read(&mut *again, 20).await;
    // What comes back may come after what had not been sent yet.
    read_again.sort_by_key(|body| body.parse::<u32>().unwrap());
    assert_eq!(read_again, sent);
    sender.send("orders", "last").await;
    assert_eq!(read(&mut *again, 1).await, ["last"]);
    drop(again);
    let mut last = open(&broker.url(), parameters).await.unwrap();
    assert_eq!(read(&mut *last, 1).await, ["last"], "all before it was acknowledged when it was asked for");
}

async fn what_does_not_decode_leaves_the_queue(broker: &RabbitMq, sender: &Sender) {
    sender.declare("numbers").await;
    for body in ["x", "[]", r#"{"a":1}"#, "y", r#"{"a":2}"#, "z"] {
        sender.send("numbers", body).await;
    }
    let columns = json!({ "FEATURES": ["a"] });
    let mut rows = open(&broker.url(), json!({ "QUEUE": "numbers", "BATCH_ROWS": 2, "PREFETCH": 2, "COLUMNS": columns })).await.unwrap();
    let mut found = Vec::new();
    while found.len() < 2 {
        found.extend_from_slice(next(&mut *rows).await.field(Field::FEATURES).unwrap().as_f32().unwrap());
    }
    assert_eq!(found, [1.0, 2.0]);
    sender.send("numbers", r#"{"a":3}"#).await;
    assert_eq!(next(&mut *rows).await.field(Field::FEATURES).unwrap().as_f32().unwrap(), [3.0]);
    drop(rows);
    let emptied = async {
        while sender.waiting("numbers").await != 1 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(DEADLINE, emptied).await.expect("nothing but the last message comes back");
}

async fn what_cannot_be_opened_is_told_apart(broker: &RabbitMq) {
    let missing = open(&broker.url(), json!({ "QUEUE": "missing" })).await.err().unwrap();
    assert!(matches!(&missing, PluginError::Input { input, .. } if input == "missing"), "{missing}");
    let nobody = open("amqp://127.0.0.1:1", json!({ "QUEUE": "orders" })).await.err().unwrap();
    assert!(nobody.is_transient(), "{nobody}");
    for url in ["mqtt://127.0.0.1", "amqp://[::1]", "amqp://guest:guest@127.0.0.1"] {
        let error = open(url, json!({ "QUEUE": "orders" })).await.err().unwrap();
        assert!(matches!(&error, PluginError::Parameters { path, .. } if path == "/URL"), "{error}");
    }
}

async fn a_broker_that_comes_back_gives_what_was_not_acknowledged(broker: &mut RabbitMq, sender: &Sender) {
    sender.declare("kept").await;
    for body in ["a", "b", "c"] {
        sender.send("kept", body).await;
    }
    let parameters = json!({ "QUEUE": "kept", "BATCH_ROWS": 1 });
    let mut rows = open(&broker.url(), parameters.clone()).await.unwrap();
    assert_eq!(read(&mut *rows, 1).await, ["a"]);
    broker.stop().await;
    let error = loop {
        match timeout(DEADLINE, rows.next_batch()).await.expect("an end in time") {
            // What had come before the break is still given.
            Ok(batch) => assert!(batch.is_some()),
            Err(error) => break error,
        }
    };
    assert!(error.is_transient(), "{error}");
    broker.restart().await;
    let mut rows = open(&broker.url(), parameters).await.unwrap();
    assert_eq!(read(&mut *rows, 3).await, ["a", "b", "c"]);
}

#[test]
fn a_prefetch_below_the_batch_is_a_fault() {
    let parameters = json!({ "URL": "amqp://a", "QUEUE": "ü".repeat(200), "PREFETCH": 8, "BATCH_ROWS": 9 });
    let paths: Vec<String> =
        AmqpSubscriber.check(&serde_json::from_value(parameters).unwrap()).into_iter().map(|fault| fault.path).collect();
    assert_eq!(paths, ["/PREFETCH", "/QUEUE"]);
}
