//! One suite for every broker and version: the embedded one, and Mosquitto with MQTT 3.1.1 and 5.

mod common;

use common::{connected, eventually, within, Server, DEADLINE};
use neurite_mqtt::{MqttClient, MqttConfig, MqttError, QoS};
use neurite_protocol::MAX_MESSAGE;
use std::time::Duration;

macro_rules! suite {
    ($($behaviour:ident),* $(,)?) => {
        mod embedded {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $behaviour() {
                super::$behaviour(super::Server::embedded().await).await;
            })*
        }
        mod mosquitto {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $behaviour() {
                super::$behaviour(super::Server::mosquitto(neurite_mqtt::MqttProtocol::V4).await).await;
            })*
        }
        mod mosquitto_5 {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $behaviour() {
                super::$behaviour(super::Server::mosquitto(neurite_mqtt::MqttProtocol::V5).await).await;
            })*
        }
    };
}

suite!(
    every_quality_of_service_delivers,
    the_largest_message_passes,
    subscriptions_survive_a_restart_of_the_broker,
    what_is_published_before_the_connection_is_sent_with_it,
    filters_select_topics,
    a_slow_reader_loses_messages_and_they_are_counted,
    the_bytes_that_wait_are_bounded,
    a_full_queue_drops_and_counts,
    many_subscribers_all_hear,
    malformed_topics_are_refused_here,
    shutdown_delivers_what_is_in_flight,
    what_is_acknowledged_has_arrived,
    many_acknowledgements_are_awaited_at_once,
    nothing_is_acknowledged_without_a_connection,
    retained_messages_wait_for_subscribers,
);

async fn every_quality_of_service_delivers(server: Server) {
    let (receiver, mut reader) = connected(server.config("receiver")).await;
    let (sender, _unused) = connected(server.config("sender")).await;
    for (name, qos) in [("0", QoS::AtMostOnce), ("1", QoS::AtLeastOnce), ("2", QoS::ExactlyOnce)] {
        receiver.subscribe(&format!("root/{name}"), qos).await.unwrap();
        sender.publish(&format!("root/{name}"), name.as_bytes().to_vec(), qos).unwrap();
        let message = within("the message", reader.recv()).await.unwrap();
        assert_eq!((message.topic, &message.payload[..]), (format!("root/{name}"), name.as_bytes()));
    }
    assert_eq!((sender.counts().sent, receiver.counts().received), (3, 3));
}

async fn the_largest_message_passes(server: Server) {
    let (receiver, mut reader) = connected(server.config("receiver")).await;
    receiver.subscribe("root/payloads", QoS::AtLeastOnce).await.unwrap();
    let (sender, _unused) = connected(server.config("sender")).await;
    let largest = vec![b'x'; MAX_MESSAGE];
    for _ in 0..3 {
        sender.publish("root/payloads", largest.clone(), QoS::AtLeastOnce).unwrap();
        assert_eq!(within("the message", reader.recv()).await.unwrap().payload.len(), MAX_MESSAGE);
    }
    let refused = sender.publish("root/payloads", vec![b'x'; MAX_MESSAGE + 1], QoS::AtLeastOnce);
    assert!(matches!(refused, Err(MqttError::TooLarge { .. })));
}

async fn subscriptions_survive_a_restart_of_the_broker(mut server: Server) {
    let (receiver, mut reader) = connected(server.config("receiver")).await;
    receiver.subscribe("root/#", QoS::AtLeastOnce).await.unwrap();
    server.stop().await;
    eventually("the loss", || !receiver.is_connected()).await;
    server.start().await;
    receiver.wait_connected(DEADLINE).await.unwrap();
    let (sender, _unused) = connected(server.config("sender")).await;
    // The subscription is restored a moment after the connection; a sender repeats what matters.
    let heard = within("a message", async {
        loop {
            sender.publish("root/again", "hello", QoS::AtLeastOnce).unwrap();
            if let Ok(Some(message)) = tokio::time::timeout(Duration::from_millis(100), reader.recv()).await {
                return message;
            }
        }
    });
    assert_eq!(heard.await.payload, "hello");
    let counts = receiver.counts();
    assert!(counts.connections >= 2 && counts.failures >= 1, "{counts:?}");
}

async fn what_is_published_before_the_connection_is_sent_with_it(mut server: Server) {
    server.stop().await;
    let (sender, _unused) = MqttClient::connect(server.config("sender")).unwrap();
    let (receiver, mut reader) = MqttClient::connect(server.config("receiver")).unwrap();
    receiver.subscribe("root/early", QoS::AtLeastOnce).await.unwrap();
    let refused = receiver.wait_connected(Duration::from_millis(300)).await;
    assert!(matches!(refused, Err(MqttError::NotConnected { .. })));
    server.start().await;
    receiver.wait_connected(DEADLINE).await.unwrap();
    receiver.subscribe("root/early", QoS::AtLeastOnce).await.unwrap();
    sender.publish("root/early", "hello", QoS::AtLeastOnce).unwrap();
    assert_eq!(within("the message", reader.recv()).await.unwrap().payload, "hello");
}

async fn filters_select_topics(server: Server) {
    let (receiver, mut reader) = connected(server.config("receiver")).await;
    receiver.subscribe("root/+/payloads", QoS::AtLeastOnce).await.unwrap();
    receiver.subscribe("root/ctrl", QoS::AtLeastOnce).await.unwrap();
    let (sender, _unused) = connected(server.config("sender")).await;
    for topic in ["other/ctrl", "root/notif", "root/a/config", "root/0xai_A/payloads", "root/ctrl"] {
        sender.publish(topic, topic, QoS::AtLeastOnce).unwrap();
    }
    let mut heard = vec![];
    for _ in 0..2 {
        heard.push(within("the message", reader.recv()).await.unwrap().topic);
    }
    heard.sort();
    assert_eq!(heard, ["root/0xai_A/payloads", "root/ctrl"]);
}

async fn a_slow_reader_loses_messages_and_they_are_counted(server: Server) {
    let config = MqttConfig { incoming_queue: 5, ..server.config("receiver") };
    let (receiver, mut reader) = connected(config).await;
    receiver.subscribe("root/ctrl", QoS::AtLeastOnce).await.unwrap();
    let (sender, _unused) = connected(server.config("sender")).await;
    for number in 0..50 {
        sender.publish("root/ctrl", number.to_string(), QoS::AtLeastOnce).unwrap();
    }
    eventually("the drops", || receiver.counts().dropped_incoming == 45).await;
    for number in 0..5 {
        assert_eq!(reader.recv().await.unwrap().payload, number.to_string());
    }
    sender.publish("root/ctrl", "last", QoS::AtLeastOnce).unwrap();
    assert_eq!(within("the message", reader.recv()).await.unwrap().payload, "last");
    assert_eq!(receiver.counts().received, 6);
}

async fn the_bytes_that_wait_are_bounded(server: Server) {
    let config = MqttConfig { incoming_bytes: 3 * 1024 * 1024, ..server.config("receiver") };
    let (receiver, mut reader) = connected(config).await;
    receiver.subscribe("root/payloads", QoS::AtLeastOnce).await.unwrap();
    let (sender, _unused) = connected(server.config("sender")).await;
    for _ in 0..5 {
        sender.publish("root/payloads", vec![0; 1_000_000], QoS::AtLeastOnce).unwrap();
    }
    eventually("the drops", || receiver.counts().dropped_incoming == 2).await;
    let held = reader.recv().await.unwrap();
    sender.publish("root/payloads", vec![0; 1_000_000], QoS::AtLeastOnce).unwrap();
    eventually("the drop", || receiver.counts().dropped_incoming == 3).await;
    drop(held);
    sender.publish("root/payloads", vec![0; 1_000_000], QoS::AtLeastOnce).unwrap();
    eventually("the message", || receiver.counts().received == 4).await;
}

async fn a_full_queue_drops_and_counts(mut server: Server) {
    server.stop().await;
    let config = MqttConfig { outgoing_queue: 3, ..server.config("sender") };
    let (sender, _unused) = MqttClient::connect(config).unwrap();
    let refused = (0..10).filter(|_| matches!(sender.publish("root/ctrl", "x", QoS::AtLeastOnce), Err(MqttError::QueueFull))).count();
    assert_eq!(refused, 7);
    assert_eq!((sender.counts().sent, sender.counts().dropped_outgoing), (3, 7));
}

async fn many_subscribers_all_hear(server: Server) {
    let mut receivers = vec![];
    for number in 0..20 {
        let (receiver, reader) = connected(server.config(&format!("receiver-{number}"))).await;
        receiver.subscribe("root/ctrl", QoS::AtLeastOnce).await.unwrap();
        receivers.push((receiver, reader));
    }
    let (sender, _unused) = connected(server.config("sender")).await;
    for number in 0..20 {
        sender.publish("root/ctrl", number.to_string(), QoS::AtLeastOnce).unwrap();
    }
    for (_receiver, reader) in &mut receivers {
        for number in 0..20 {
            assert_eq!(within("the message", reader.recv()).await.unwrap().payload, number.to_string());
        }
    }
}

async fn malformed_topics_are_refused_here(server: Server) {
    let (client, _reader) = connected(server.config("client")).await;
    for topic in ["", "a/+/b", "a/#"] {
        assert!(matches!(client.publish(topic, "x", QoS::AtMostOnce), Err(MqttError::InvalidTopic { .. })), "{topic:?}");
    }
    for filter in ["", "a#", "a/#/b", "a+"] {
        assert!(matches!(client.subscribe(filter, QoS::AtMostOnce).await, Err(MqttError::InvalidTopic { .. })), "{filter:?}");
    }
    for number in 0..256 {
        client.subscribe(&format!("root/{number}"), QoS::AtMostOnce).await.unwrap();
    }
    assert!(matches!(client.subscribe("root/more", QoS::AtMostOnce).await, Err(MqttError::TooManySubscriptions { .. })));
    assert!(client.is_connected());
}

async fn shutdown_delivers_what_is_in_flight(server: Server) {
    let (receiver, mut reader) = connected(server.config("receiver")).await;
    receiver.subscribe("root/ctrl", QoS::AtLeastOnce).await.unwrap();
    let (sender, _unused) = connected(server.config("sender")).await;
    sender.publish("root/ctrl", "farewell", QoS::AtLeastOnce).unwrap();
    assert_eq!(within("the message", reader.recv()).await.unwrap().payload, "farewell");
    sender.shutdown(Duration::from_secs(5)).await;
    assert!(matches!(sender.publish("root/ctrl", "late", QoS::AtLeastOnce), Err(MqttError::Closed)));
    assert!(!sender.is_connected() && receiver.is_connected());
}

async fn what_is_acknowledged_has_arrived(server: Server) {
    let (receiver, mut reader) = connected(server.config("receiver")).await;
    receiver.subscribe("root/#", QoS::ExactlyOnce).await.unwrap();
    let (sender, _unused) = connected(server.config("sender")).await;
    for (name, qos) in [("0", QoS::AtMostOnce), ("1", QoS::AtLeastOnce), ("2", QoS::ExactlyOnce)] {
        within("the acknowledgement", sender.publish_acknowledged(&format!("root/{name}"), name, qos)).await.unwrap();
        assert_eq!(within("the message", reader.recv()).await.unwrap().payload, name);
    }
    assert_eq!(sender.counts().sent, 3);
    let refused = sender.publish_acknowledged("root/#", "x", QoS::AtLeastOnce).await;
    assert!(matches!(refused, Err(MqttError::InvalidTopic { .. })));
    let refused = sender.publish_acknowledged("root/x", vec![0; MAX_MESSAGE + 1], QoS::AtLeastOnce).await;
    assert!(matches!(refused, Err(MqttError::TooLarge { .. })));
}

async fn many_acknowledgements_are_awaited_at_once(server: Server) {
    let (receiver, mut reader) = connected(server.config("receiver")).await;
    receiver.subscribe("root/#", QoS::AtLeastOnce).await.unwrap();
    let (sender, _unused) = connected(MqttConfig { outgoing_queue: 8, ..server.config("sender") }).await;
    let mut calls = tokio::task::JoinSet::new();
    for number in 0..300_usize {
        let sender = sender.clone();
        calls.spawn(async move { sender.publish_acknowledged("root/ctrl", number.to_string(), QoS::AtLeastOnce).await });
    }
    let mut heard = std::collections::BTreeSet::new();
    while heard.len() < 300 {
        let payload = within("the messages", reader.recv()).await.unwrap().payload;
        heard.insert(std::str::from_utf8(&payload).unwrap().parse::<usize>().unwrap());
    }
    while let Some(acknowledged) = within("the acknowledgements", calls.join_next()).await {
        acknowledged.unwrap().unwrap();
    }
    assert_eq!((heard.first(), heard.last()), (Some(&0), Some(&299)));
}

async fn nothing_is_acknowledged_without_a_connection(mut server: Server) {
    let (sender, _unused) = connected(server.config("sender")).await;
    server.stop().await;
    eventually("the loss", || !sender.is_connected()).await;
    let error = within("the refusal", sender.publish_acknowledged("root/ctrl", "x", QoS::AtLeastOnce)).await.unwrap_err();
    assert!(matches!(error, MqttError::NotConnected { .. }) && error.is_transient(), "{error}");
    server.start().await;
    sender.wait_connected(DEADLINE).await.unwrap();
    within("the acknowledgement", sender.publish_acknowledged("root/ctrl", "y", QoS::AtLeastOnce)).await.unwrap();
}

async fn retained_messages_wait_for_subscribers(server: Server) {
    let (sender, _unused) = connected(server.config("sender")).await;
    sender.publish_retained("root/state", "kept", QoS::AtLeastOnce).await.unwrap();
    sender.publish_acknowledged("root/state", "passed by", QoS::AtLeastOnce).await.unwrap();
    let (receiver, mut reader) = connected(server.config("receiver")).await;
    receiver.subscribe("root/state", QoS::AtLeastOnce).await.unwrap();
    assert_eq!(within("the message", reader.recv()).await.unwrap().payload, "kept");
}
