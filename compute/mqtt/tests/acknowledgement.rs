//! What becomes of messages that a broker does not acknowledge. The broker is a Mosquitto that stands still or says no.

mod common;

use common::{connected, eventually, within, Server, DEADLINE};
use neurite_mqtt::{MqttError, MqttProtocol, QoS};
use std::time::Duration;

const PROTOCOLS: [MqttProtocol; 2] = [MqttProtocol::V4, MqttProtocol::V5];

#[tokio::test]
async fn a_lost_connection_fails_what_was_not_acknowledged() {
    for protocol in PROTOCOLS {
        let mut server = Server::mosquitto(protocol).await;
        let (sender, _unused) = connected(server.config("sender")).await;
        server.signal("-STOP");
        let mut calls = tokio::task::JoinSet::new();
        for qos in [QoS::AtLeastOnce, QoS::ExactlyOnce] {
            let sender = sender.clone();
            calls.spawn(async move { sender.publish_acknowledged("root/ctrl", "x", qos).await });
        }
        // Nothing comes of it while the broker stands still; that it takes a while is all that time can show.
        assert!(tokio::time::timeout(Duration::from_millis(200), calls.join_next()).await.is_err());
        server.stop().await;
        while let Some(ended) = within("the loss", calls.join_next()).await {
            let error = ended.unwrap().unwrap_err();
            assert!(matches!(error, MqttError::ConnectionLost) && error.is_transient(), "{error}");
        }
        server.start().await;
        sender.wait_connected(DEADLINE).await.unwrap();
        within("the acknowledgement", sender.publish_acknowledged("root/ctrl", "x", QoS::AtLeastOnce)).await.unwrap();
    }
}

#[tokio::test]
async fn a_call_that_is_cancelled_disturbs_no_other() {
    for protocol in PROTOCOLS {
        let server = Server::mosquitto(protocol).await;
        let (sender, _unused) = connected(server.config("sender")).await;
        server.signal("-STOP");
        for _ in 0..50 {
            let call = sender.publish_acknowledged("root/ctrl", "cancelled", QoS::AtLeastOnce);
            assert!(tokio::time::timeout(Duration::from_millis(1), call).await.is_err());
        }
        server.signal("-CONT");
        for _ in 0..50 {
            within("the acknowledgement", sender.publish_acknowledged("root/ctrl", "kept", QoS::AtLeastOnce)).await.unwrap();
        }
        assert!(sender.is_connected());
    }
}

#[tokio::test]
async fn a_broker_of_mqtt_5_says_that_it_refuses() {
    let rules = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(rules.path(), "topic readwrite open/#\n").unwrap();
    // Mosquitto reads it as a user of its own.
    std::fs::set_permissions(rules.path(), std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    let server = Server::mosquitto_with(MqttProtocol::V5, &format!("acl_file {}", rules.path().display())).await;
    let (sender, _unused) = connected(server.config("sender")).await;
    within("the acknowledgement", sender.publish_acknowledged("open/door", "x", QoS::AtLeastOnce)).await.unwrap();
    let error = within("the refusal", sender.publish_acknowledged("closed/door", "x", QoS::AtLeastOnce)).await.unwrap_err();
    assert!(matches!(&error, MqttError::PublishRefused { topic, .. } if topic == "closed/door"), "{error}");
    assert!(!error.is_transient(), "{error}");
}

#[tokio::test]
async fn a_failed_connection_says_why() {
    let mut server = Server::mosquitto_with(MqttProtocol::V5, "").await;
    let config = server.config("sender");
    server.stop().await;
    let (sender, _reader) = neurite_mqtt::MqttClient::connect(config).unwrap();
    eventually("a failure", || sender.counts().failures > 0).await;
    let error = sender.publish_acknowledged("root/ctrl", "x", QoS::AtLeastOnce).await.unwrap_err();
    assert!(error.to_string().contains("refused"), "{error}");
}
