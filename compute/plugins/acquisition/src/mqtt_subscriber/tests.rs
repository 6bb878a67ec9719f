//! Tests of `MqttSubscriber` with the embedded broker and with Mosquitto.

use super::*;
use neurite_core::{Acquisition, Connection, Connections, Context, Endpoint, Field, Plugin, PluginError, SecretText, Services};
use neurite_mqtt::{Broker, BrokerConfig, Credentials, MqttClient, MqttConfig, QoS, Secret};
use neurite_testkit::{detached_context, servers::Mosquitto, FakeClock};
use serde_json::{json, Value};
use std::{collections::BTreeMap, sync::Arc, time::Duration};

const DEADLINE: Duration = Duration::from_secs(60);

async fn open_in(parameters: Value, context: &Context) -> Result<Box<dyn Acquisition>, PluginError> {
    let parameters: MqttSubscriberParameters = serde_json::from_value(parameters).unwrap();
    assert_eq!(MqttSubscriber.check(&parameters), []);
    MqttSubscriber.open(parameters, context).await
}

/// Returns a context whose clock lets batches leave at once, so that a test need not fill them.
fn context() -> Context {
    let context = detached_context();
    Context { services: Services { clock: Arc::new(FakeClock::jumping()), ..context.services.clone() }, ..context }
}

async fn sender(url: &str, credentials: Option<Credentials>) -> (MqttClient, tokio::sync::mpsc::Receiver<neurite_mqtt::Incoming>) {
    let (client, reader) = MqttClient::connect(MqttConfig::new(url, "sender").with_credentials(credentials)).unwrap();
    client.wait_connected(DEADLINE).await.unwrap();
    (client, reader)
}

/// Reads until there are so many rows.
async fn read(rows: &mut dyn Acquisition, wanted: usize) -> Vec<(String, String)> {
    let mut read = Vec::new();
    while read.len() < wanted {
        let batch = tokio::time::timeout(DEADLINE, rows.next_batch()).await.expect("a batch in time").unwrap().unwrap();
        assert_eq!(batch.start(), read.len() as u64);
        let [origins, messages] = [Field::ORIGIN, Field::MESSAGE].map(|name| batch.field(name).unwrap().as_text().unwrap().to_vec());
        read.extend(origins.into_iter().zip(messages));
    }
    read
}

async fn messages_arrive_in_order(url: &str) {
    let mut rows = open_in(json!({ "URL": url, "TOPICS": ["plant/+/speed", "alarm"], "BATCH_ROWS": 8 }), &context()).await.unwrap();
    let (sender, _reader) = sender(url, None).await;
    let mut expected = Vec::new();
    for number in 0..50 {
        let (topic, text) = (format!("plant/{}/speed", number % 3), number.to_string());
        sender.publish(&topic, text.clone(), QoS::AtLeastOnce).unwrap();
        sender.publish("plant/1/other", "not asked for", QoS::AtLeastOnce).unwrap();
        expected.push((topic, text));
    }
    sender.publish("alarm", "last", QoS::AtLeastOnce).unwrap();
    expected.push(("alarm".into(), "last".into()));
    let mut read = read(&mut *rows, expected.len()).await;
    // A broker keeps the order within a topic only.
    read.sort_by_key(|(topic, _)| topic.clone());
    expected.sort_by_key(|(topic, _)| topic.clone());
    assert_eq!(read, expected);
    assert_eq!(rows.dropped(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_arrive_in_order_from_the_embedded_broker() {
    let broker = Broker::start(BrokerConfig::new(([127, 0, 0, 1], 0).into(), None)).await.unwrap();
    messages_arrive_in_order(&broker.url()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_arrive_in_order_from_mosquitto() {
    let broker = Mosquitto::start().await;
    messages_arrive_in_order(&broker.url()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_subscription_outlives_the_broker() {
    let mut broker = Mosquitto::start().await;
    let mut rows = open_in(json!({ "URL": broker.url(), "TOPICS": ["t"] }), &context()).await.unwrap();
    broker.stop();
    broker.restart().await;
    let (sender, _reader) = sender(&broker.url(), None).await;
    // The subscription is made again some time after the broker is back.
    let publish = async {
        loop {
            sender.publish("t", "still there", QoS::AtLeastOnce).unwrap();
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let rows = tokio::select! {
        rows = read(&mut *rows, 1) => rows,
        () = publish => unreachable!("publishing has no end"),
    };
    assert_eq!(rows[0], ("t".into(), "still there".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_reader_loses_the_oldest_and_knows_how_many() {
    let broker = Broker::start(BrokerConfig::new(([127, 0, 0, 1], 0).into(), None)).await.unwrap();
    let mut rows = open_in(json!({ "URL": broker.url(), "TOPICS": ["t"], "CAPACITY": 4 }), &context()).await.unwrap();
    let (sender, _reader) = sender(&broker.url(), None).await;
    for number in 0..20 {
        sender.publish("t", number.to_string(), QoS::AtLeastOnce).unwrap();
    }
    let dropped = async {
        while rows.dropped() < 16 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(DEADLINE, dropped).await.expect("the oldest are dropped");
    let kept: Vec<String> = read(&mut *rows, 4).await.into_iter().map(|(_, message)| message).collect();
    assert_eq!((kept, rows.dropped()), (["16", "17", "18", "19"].map(String::from).to_vec(), 16));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_brings_its_password_and_a_broker_that_is_not_there_is_transient() {
    let credentials = Credentials { user: "engine".into(), password: Secret::new("open sesame") };
    let broker = Broker::start(BrokerConfig::new(([127, 0, 0, 1], 0).into(), Some(credentials.clone()))).await.unwrap();
    let endpoint = Endpoint { url: broker.url(), user: Some("engine".into()), password: Some(SecretText::new("open sesame")) };
    let connections = Connections::new(BTreeMap::from([("plant".to_owned(), Connection { endpoint, open_to_jobs: false })]));
    let context = context();
    let context = Context { services: Services { connections: Arc::new(connections), ..context.services.clone() }, ..context };
    let mut rows = open_in(json!({ "URL": "connection:plant", "TOPICS": ["t"] }), &context).await.unwrap();
    let (sender, _reader) = sender(&broker.url(), Some(credentials)).await;
    sender.publish("t", "hello", QoS::AtLeastOnce).unwrap();
    assert_eq!(read(&mut *rows, 1).await[0].1, "hello");
    let anonymous = open_in(json!({ "URL": broker.url(), "TOPICS": ["t"] }), &context).await.err().unwrap();
    assert!(anonymous.is_transient(), "{anonymous}");
    let wrong = open_in(json!({ "URL": "http://127.0.0.1", "TOPICS": ["t"] }), &context).await.err().unwrap();
    assert!(matches!(&wrong, PluginError::Parameters { path, .. } if path == "/URL"), "{wrong}");
}
