//! Brokers to test against, and waiting for what must happen.
#![allow(unreachable_pub, dead_code)] // Each test file uses its part of it.

use neurite_mqtt::{Broker, BrokerConfig, Incoming, MqttClient, MqttConfig, MqttProtocol};
use std::{
    future::Future,
    io::Write,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    process::{Child, Command, Stdio},
    time::Duration,
};
use tokio::sync::mpsc;

pub const DEADLINE: Duration = Duration::from_secs(30);

/// A broker that can be stopped and started again at the same address, and the version that its clients speak.
pub struct Server {
    kind: Kind,
    protocol: MqttProtocol,
}

enum Kind {
    Embedded(Option<Broker>, SocketAddr),
    Mosquitto(Option<Child>, u16, tempfile::TempDir),
}

impl Server {
    pub async fn embedded() -> Self {
        let broker = Broker::start(BrokerConfig::new((Ipv4Addr::LOCALHOST, 0).into(), None)).await.unwrap();
        let address = broker.address();
        Self { kind: Kind::Embedded(Some(broker), address), protocol: MqttProtocol::V4 }
    }

    /// Starts Debian's broker, which a developer's machine has: `apt-get install mosquitto`.
    pub async fn mosquitto(protocol: MqttProtocol) -> Self {
        Self::mosquitto_with(protocol, "").await
    }

    /// Starts Mosquitto with more lines in its configuration.
    pub async fn mosquitto_with(protocol: MqttProtocol, more: &str) -> Self {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let folder = tempfile::tempdir().unwrap();
        let mut file = std::fs::File::create(folder.path().join("mosquitto.conf")).unwrap();
        writeln!(file, "listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\n{more}").unwrap();
        let mut server = Self { kind: Kind::Mosquitto(None, port, folder), protocol };
        server.start().await;
        server
    }

    pub fn url(&self) -> String {
        match &self.kind {
            Kind::Embedded(_, address) => format!("mqtt://{address}"),
            Kind::Mosquitto(_, port, _) => format!("mqtt://127.0.0.1:{port}"),
        }
    }

    pub fn config(&self, client_id: &str) -> MqttConfig {
        MqttConfig::new(self.url(), client_id).with_protocol(self.protocol)
    }

    pub async fn stop(&mut self) {
        match &mut self.kind {
            Kind::Embedded(broker, _) => broker.take().unwrap().shutdown().await,
            Kind::Mosquitto(child, ..) => {
                let mut child = child.take().unwrap();
                child.kill().unwrap();
                child.wait().unwrap();
            }
        }
    }

    pub async fn start(&mut self) {
        match &mut self.kind {
            Kind::Embedded(broker, address) => *broker = Some(Broker::start(BrokerConfig::new(*address, None)).await.unwrap()),
            Kind::Mosquitto(child, _, folder) => {
                let path = folder.path().join("mosquitto.conf");
                let command = Command::new(mosquitto()).arg("-c").arg(&path).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
                *child = Some(command.expect("mosquitto can be started"));
            }
        }
    }

    /// Makes Mosquitto stand still with its connections open, or go on.
    pub fn signal(&self, signal: &str) {
        let Kind::Mosquitto(Some(child), ..) = &self.kind else { panic!("only a running Mosquitto takes signals") };
        assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Kind::Mosquitto(Some(child), ..) = &mut self.kind {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn mosquitto() -> &'static str {
    // Debian keeps it where only root's PATH looks.
    ["/usr/sbin/mosquitto", "/usr/bin/mosquitto", "/usr/local/sbin/mosquitto"]
        .into_iter()
        .find(|path| std::path::Path::new(path).exists())
        .unwrap_or("mosquitto")
}

pub async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(DEADLINE, future).await.unwrap_or_else(|_| panic!("{what} did not happen"))
}

pub async fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    within(what, async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}

pub async fn connected(config: MqttConfig) -> (MqttClient, mpsc::Receiver<Incoming>) {
    let (client, reader) = MqttClient::connect(config).unwrap();
    client.wait_connected(DEADLINE).await.unwrap();
    (client, reader)
}
