//! Tests of `AMQP`: the contract with a real RabbitMQ, and what it refuses.

use super::*;
use crate::peers::{context, within};
use futures::StreamExt;
use lapin::{
    options::{BasicAckOptions, BasicConsumeOptions, ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions},
    types::FieldTable,
    Channel, Connection, ConnectionProperties, Consumer, ExchangeKind,
};
use neurite_core::{BoxFuture, Communication, Context, Plugin, PluginError};
use neurite_testkit::{
    communication::{self, Peer},
    detached_context, free_address,
    servers::RabbitMq,
};
use serde_json::{json, Value};
use std::sync::Arc;

/// A broker, and a durable queue of everything that the exchange `payloads` gets.
struct QueuePeer {
    broker: RabbitMq,
    reader: Option<(Connection, Channel, Consumer)>,
}

impl QueuePeer {
    async fn started() -> Self {
        let mut peer = Self { broker: RabbitMq::start().await, reader: None };
        peer.read().await;
        peer
    }

    async fn read(&mut self) {
        let none = FieldTable::default;
        let connection = Connection::connect(&self.broker.url(), ConnectionProperties::default()).await.unwrap();
        let channel = connection.create_channel().await.unwrap();
        let exchange = ExchangeDeclareOptions { durable: true, ..Default::default() };
        channel.exchange_declare("payloads".into(), ExchangeKind::Topic, exchange, none()).await.unwrap();
        let queue = QueueDeclareOptions { durable: true, ..Default::default() };
        channel.queue_declare("all".into(), queue, none()).await.unwrap();
        channel.queue_bind("all".into(), "payloads".into(), "neurite.#".into(), QueueBindOptions::default(), none()).await.unwrap();
        let consumer = channel.basic_consume("all".into(), "reader".into(), BasicConsumeOptions::default(), none()).await.unwrap();
        self.reader = Some((connection, channel, consumer));
    }

    async fn delivery(&mut self) -> lapin::message::Delivery {
        let (_, _, consumer) = self.reader.as_mut().unwrap();
        let delivery = within("a message", consumer.next()).await.unwrap().unwrap();
        delivery.ack(BasicAckOptions::default()).await.unwrap();
        delivery
    }

    fn parameters(&self) -> Value {
        json!({ "URL": self.broker.url(), "EXCHANGE": "payloads", "EXCHANGE_TYPE": "topic", "TIMEOUT_MS": 15_000 })
    }
}

impl Peer for QueuePeer {
    fn next(&mut self) -> BoxFuture<'_, Value> {
        Box::pin(async { serde_json::from_slice(&self.delivery().await.data).unwrap() })
    }

    fn stop(&mut self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            self.reader = None;
            self.broker.stop().await;
        })
    }

    fn start(&mut self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            self.broker.restart().await;
            self.read().await;
        })
    }
}

async fn open_in(parameters: Value, context: &Context) -> Result<Arc<dyn Communication>, PluginError> {
    Amqp.open(serde_json::from_value(parameters).unwrap(), context).await
}

async fn send(parameters: Value) -> Result<(), PluginError> {
    let sink = open_in(parameters, &detached_context()).await.unwrap();
    sink.send(&communication::origin(), &communication::payload(7)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_contract_holds_with_rabbitmq() {
    let mut peer = QueuePeer::started().await;
    let sink = open_in(peer.parameters(), &detached_context()).await.unwrap();
    communication::keeps_the_contract(&*sink, &mut peer).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_are_persistent_and_say_what_they_are() {
    let mut peer = QueuePeer::started().await;
    send(peer.parameters()).await.unwrap();
    let delivery = peer.delivery().await;
    assert_eq!(delivery.routing_key.to_string(), "neurite.test.TEST.one.data");
    let properties = &delivery.properties;
    assert_eq!(properties.delivery_mode(), &Some(2));
    assert_eq!(properties.message_id().as_ref().map(ToString::to_string).as_deref(), Some("test-7"));
    assert_eq!(properties.content_type().as_ref().map(ToString::to_string).as_deref(), Some("application/json"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_broker_cannot_route_is_kept_only_if_it_must() {
    let mut peer = QueuePeer::started().await;
    let mut parameters = peer.parameters();
    parameters["ROUTING_KEY"] = json!("nobody.listens");
    send(parameters.clone()).await.unwrap();
    parameters["MANDATORY"] = json!(true);
    let error = send(parameters.clone()).await.unwrap_err();
    assert!(error.is_transient() && error.to_string().contains("NO_ROUTE"), "{error}");
    parameters["ROUTING_KEY"] = json!("neurite.somebody");
    send(parameters).await.unwrap();
    assert_eq!(peer.next().await["NUMBER"], 7);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_missing_exchange_is_permanent_and_a_wrong_password_is_not_shown() {
    let peer = QueuePeer::started().await;
    let error = send(json!({ "URL": peer.broker.url(), "EXCHANGE": "nowhere" })).await.unwrap_err();
    assert!(!error.is_transient() && error.to_string().contains("NOT_FOUND"), "{error}");
    let house = context(&peer.broker.url(), Some("guest"), Some("wr0ng"));
    let sink = open_in(json!({ "URL": "connection:house", "EXCHANGE": "payloads" }), &house).await.unwrap();
    let error = sink.send(&communication::origin(), &communication::payload(7)).await.unwrap_err();
    assert!(error.is_transient(), "{error}");
    assert!(!format!("{error} {error:?}").contains("wr0ng"), "{error}");
}

#[tokio::test]
async fn a_broker_that_is_not_there_is_transient() {
    let error = send(json!({ "URL": format!("amqp://{}", free_address()) })).await.unwrap_err();
    assert!(error.is_transient() && error.to_string().contains("refused"), "{error}");
}

#[tokio::test]
async fn what_leads_nowhere_is_a_fault_of_the_document() {
    for url in ["http://h", "amqp://", "amqp://ann:s3cret@h", "amqp://h:port"] {
        let error = open_in(json!({ "URL": url }), &detached_context()).await.err().expect(url);
        assert!(matches!(&error, PluginError::Parameters { path, .. } if path == "/URL"), "{url}: {error}");
        assert!(!error.to_string().contains("s3cret"), "{error}");
    }
    for (parameters, expected) in [
        (json!({ "URL": "amqp://h", "ROUTING_KEY": "{who}" }), "/ROUTING_KEY"),
        (json!({ "URL": "amqp://h", "EXCHANGE_TYPE": "topic" }), "/EXCHANGE_TYPE"),
    ] {
        let faults = Amqp.check(&serde_json::from_value(parameters).unwrap());
        assert_eq!(faults.iter().map(|fault| fault.path.as_str()).collect::<Vec<_>>(), [expected]);
    }
}
