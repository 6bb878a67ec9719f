//! Tests of `MQTT_PUBLISH`: the contract with both versions of MQTT and real brokers, and what it says.

use super::*;
use crate::peers::{context, within, DEADLINE};
use neurite_core::{BoxFuture, Communication, Context, Plugin, PluginError};
use neurite_mqtt::{Broker, BrokerConfig, Credentials, Incoming, MqttClient, MqttConfig, QoS, Secret};
use neurite_testkit::{
    communication::{self, Peer},
    detached_context, free_address,
    servers::Mosquitto,
};
use serde_json::{json, Value};
use std::{net::SocketAddr, sync::Arc};
use tokio::sync::mpsc;

/// A broker with a subscriber to everything.
struct BrokerPeer {
    broker: AnyBroker,
    subscriber: Option<(MqttClient, mpsc::Receiver<Incoming>)>,
}

enum AnyBroker {
    Embedded(SocketAddr, Option<Broker>),
    Mosquitto(Mosquitto),
}

impl BrokerPeer {
    async fn embedded() -> Self {
        let mut peer = Self { broker: AnyBroker::Embedded(free_address(), None), subscriber: None };
        peer.start().await;
        peer
    }

    /// Starts the broker that speaks both versions.
    async fn mosquitto() -> Self {
        let mut peer = Self { broker: AnyBroker::Mosquitto(Mosquitto::start().await), subscriber: None };
        peer.subscribe().await;
        peer
    }

    fn url(&self) -> String {
        match &self.broker {
            AnyBroker::Embedded(address, _) => format!("mqtt://{address}"),
            AnyBroker::Mosquitto(mosquitto) => mosquitto.url(),
        }
    }

    async fn subscribe(&mut self) {
        let (client, reader) = MqttClient::connect(MqttConfig::new(self.url(), "subscriber")).unwrap();
        client.wait_connected(DEADLINE).await.unwrap();
        client.subscribe("#", QoS::AtLeastOnce).await.unwrap();
        self.subscriber = Some((client, reader));
    }

    async fn message(&mut self) -> Incoming {
        let (_, reader) = self.subscriber.as_mut().unwrap();
        within("a message", reader.recv()).await.unwrap()
    }
}

impl Peer for BrokerPeer {
    fn next(&mut self) -> BoxFuture<'_, Value> {
        Box::pin(async { serde_json::from_slice(&self.message().await.payload).unwrap() })
    }

    fn stop(&mut self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            self.subscriber = None;
            match &mut self.broker {
                AnyBroker::Embedded(_, broker) => broker.take().unwrap().shutdown().await,
                AnyBroker::Mosquitto(mosquitto) => mosquitto.stop(),
            }
        })
    }

    fn start(&mut self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            match &mut self.broker {
                AnyBroker::Embedded(address, broker) => *broker = Some(Broker::start(BrokerConfig::new(*address, None)).await.unwrap()),
                AnyBroker::Mosquitto(mosquitto) => mosquitto.restart().await,
            }
            self.subscribe().await;
        })
    }
}

async fn open_in(parameters: Value, context: &Context) -> Result<Arc<dyn Communication>, PluginError> {
    MqttPublish.open(serde_json::from_value(parameters).unwrap(), context).await
}

async fn open(parameters: Value) -> Arc<dyn Communication> {
    open_in(parameters, &detached_context()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_contract_holds_with_the_embedded_broker() {
    let mut peer = BrokerPeer::embedded().await;
    let sink = open(json!({ "URL": peer.url(), "TIMEOUT_MS": 5000 })).await;
    communication::keeps_the_contract(&*sink, &mut peer).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_contract_holds_with_mosquitto_and_mqtt_5() {
    let mut peer = BrokerPeer::mosquitto().await;
    let sink = open(json!({ "URL": peer.url(), "PROTOCOL": "5", "TIMEOUT_MS": 5000 })).await;
    communication::keeps_the_contract(&*sink, &mut peer).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_acknowledgements_payloads_arrive_all_the_same() {
    let mut peer = BrokerPeer::embedded().await;
    let sink = open(json!({ "URL": peer.url(), "QOS": 0 })).await;
    communication::keeps_the_order_of_a_caller(&*sink, &mut peer).await;
    communication::delivers_for_many_callers_at_once(&*sink, &mut peer).await;
}

#[tokio::test]
async fn the_topic_names_the_sender_and_the_broker_keeps_the_last() {
    let mut peer = BrokerPeer::mosquitto().await;
    let topic = "home/{pipeline}/{instance}/{kind}";
    let sink = open(json!({ "URL": peer.url(), "TOPIC": topic, "RETAIN": true })).await;
    for number in 0..2 {
        sink.send(&communication::origin(), &communication::payload(number)).await.unwrap();
        assert_eq!(peer.message().await.topic, "home/test/one/data");
    }
    let (client, mut reader) = MqttClient::connect(MqttConfig::new(peer.url(), "late")).unwrap();
    client.wait_connected(DEADLINE).await.unwrap();
    client.subscribe("home/#", QoS::AtLeastOnce).await.unwrap();
    let kept: Value = serde_json::from_slice(&within("the kept one", reader.recv()).await.unwrap().payload).unwrap();
    assert_eq!(kept["NUMBER"], 1);
}

#[tokio::test]
async fn the_password_of_the_connection_opens_the_broker_and_is_not_shown() {
    let credentials = Credentials { user: "ann".into(), password: Secret::new("s3cret") };
    let broker = Broker::start(BrokerConfig::new(free_address(), Some(credentials))).await.unwrap();
    let parameters = json!({ "URL": "connection:house", "TIMEOUT_MS": 5000 });
    let sink = open_in(parameters.clone(), &context(&broker.url(), Some("ann"), Some("s3cret"))).await.unwrap();
    sink.send(&communication::origin(), &communication::payload(0)).await.unwrap();
    let sink = open_in(parameters, &context(&broker.url(), Some("ann"), Some("wr0ng"))).await.unwrap();
    let error = sink.send(&communication::origin(), &communication::payload(0)).await.unwrap_err();
    assert!(error.is_transient(), "{error}");
    assert!(!format!("{error} {error:?}").contains("wr0ng"), "{error}");
}

#[tokio::test]
async fn what_leads_nowhere_is_a_fault_of_the_document() {
    for url in ["http://h", "mqtt://ann:s3cret@h", "mqtt://h:port", "connection:shed"] {
        let error = open_in(json!({ "URL": url }), &context("mqtt://h", None, None)).await.err().expect(url);
        assert!(matches!(&error, PluginError::Parameters { path, .. } if path == "/URL"), "{url}: {error}");
        assert!(!error.to_string().contains("s3cret"), "{error}");
    }
    for (topic, expected) in [("a/{kind}", 0), ("a/{who}", 1), ("a/#", 1), ("+/a", 1)] {
        let parameters = serde_json::from_value(json!({ "URL": "mqtt://h", "TOPIC": topic })).unwrap();
        assert_eq!(MqttPublish.check(&parameters).len(), expected, "{topic}");
    }
}

#[test]
fn the_broker_must_be_there_and_be_known() {
    let context = context("mqtt://broker.example:1884", Some("ann"), Some("s3cret"));
    let needs = |url: &str| {
        let parameters: MqttPublishParameters = serde_json::from_value(json!({ "URL": url })).unwrap();
        MqttPublish.needs(&parameters, &context)
    };
    let shown = |url: &str| needs(url).unwrap().iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(shown("connection:house"), ["service mqtt://broker.example:1884"]);
    assert_eq!(shown("mqtt://127.0.0.1"), ["service mqtt://127.0.0.1"]);
    assert!(needs("connection:garden").is_err());
}
