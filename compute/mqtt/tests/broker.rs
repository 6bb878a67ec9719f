//! Whom the embedded broker takes, and where.

mod common;

use common::{connected, eventually, Server};
use neurite_mqtt::{Broker, BrokerConfig, Credentials, MqttClient, MqttConfig, MqttError, QoS, Secret};
use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

fn credentials(password: &str) -> Option<Credentials> {
    Some(Credentials { user: "neurite".into(), password: Secret::new(password) })
}

#[tokio::test]
async fn another_address_than_loopback_needs_credentials() {
    let bind = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
    let refused = Broker::start(BrokerConfig::new(bind, None)).await;
    assert!(matches!(refused, Err(MqttError::CredentialsRequired { .. })));
    let broker = Broker::start(BrokerConfig::new(bind, credentials("right"))).await.unwrap();
    assert_ne!(broker.address().port(), 0);
}

#[tokio::test]
async fn clients_without_the_password_are_refused() {
    let bind = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let broker = Broker::start(BrokerConfig::new(bind, credentials("right"))).await.unwrap();
    for wrong in [None, credentials("wrong")] {
        let (client, _reader) = MqttClient::connect(MqttConfig::new(broker.url(), "client").with_credentials(wrong)).unwrap();
        eventually("a refusal", || client.counts().failures >= 2).await;
        assert_eq!(client.counts().connections, 0);
    }
    connected(MqttConfig::new(broker.url(), "client").with_credentials(credentials("right"))).await;
}

#[tokio::test]
async fn a_taken_address_is_an_error() {
    let taken = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let refused = Broker::start(BrokerConfig::new(taken.local_addr().unwrap(), None)).await;
    assert!(matches!(refused, Err(MqttError::CannotListen { .. })), "{refused:?}");
}

#[tokio::test]
async fn brokers_do_not_share_messages_or_ports() {
    let (first, second) = (Server::embedded().await, Server::embedded().await);
    assert_ne!(first.url(), second.url());
    let (receiver, mut reader) = connected(MqttConfig::new(second.url(), "receiver")).await;
    receiver.subscribe("#", QoS::AtLeastOnce).await.unwrap();
    let (other, _unused) = connected(MqttConfig::new(first.url(), "sender")).await;
    other.publish("root/ctrl", "first", QoS::AtLeastOnce).unwrap();
    let (sender, _unused) = connected(MqttConfig::new(second.url(), "sender")).await;
    sender.publish("root/ctrl", "second", QoS::AtLeastOnce).unwrap();
    assert_eq!(reader.recv().await.unwrap().payload, "second");
}

#[tokio::test]
async fn a_client_that_speaks_another_protocol_disturbs_nobody() {
    let server = Server::embedded().await;
    let (client, _reader) = connected(MqttConfig::new(server.url(), "client")).await;
    let address = server.url().replace("mqtt://", "");
    for hostile in [&b"GET / HTTP/1.1\r\n\r\n"[..], &[0xff; 4096], &[0x10, 0xff, 0xff, 0xff, 0x7f]] {
        let mut socket = tokio::net::TcpStream::connect(&address).await.unwrap();
        socket.write_all(hostile).await.unwrap();
        socket.shutdown().await.unwrap();
        let mut answer = vec![];
        let _ = tokio::time::timeout(Duration::from_secs(10), socket.read_to_end(&mut answer)).await.unwrap();
    }
    assert!(client.is_connected());
    client.subscribe("root/ctrl", QoS::AtLeastOnce).await.unwrap();
}

#[tokio::test]
async fn dropping_the_reader_ends_the_connector() {
    let server = Server::embedded().await;
    let (client, reader) = connected(MqttConfig::new(server.url(), "client")).await;
    drop(reader);
    eventually("the end", || !client.is_connected()).await;
}
