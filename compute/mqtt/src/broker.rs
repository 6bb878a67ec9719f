//! The embedded broker.
//!
//! For networks on one machine and for tests; larger networks name a broker of their own. It takes anonymous clients on loopback
//! only; on any other address it does not start without user and password. Memory: at most 36 MiB per topic filter. It keeps
//! nothing across restarts. Its router has a thread of its own that stays idle after shutdown until the process ends.

use crate::{listener::accept_without_delay, Credentials, MqttClient, MqttConfig, MqttError};
use neurite_protocol::MAX_MESSAGE;
use rumqttd::{protocol::v4::V4, ConnectionSettings, LinkType, Router, RouterConfig, Server, ServerSettings};
use std::{
    collections::HashMap,
    net::{SocketAddr, TcpListener},
    time::Duration,
};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

/// How long a broker may take to answer its first client.
const START_TIMEOUT: Duration = Duration::from_secs(10);
/// How often another free port is tried if somebody else took the first.
const PORT_ATTEMPTS: usize = 5;
const SEGMENT_BYTES: usize = 4 * 1024 * 1024;
const SEGMENTS: usize = 8;

/// Where a broker listens and whom it takes.
#[derive(Clone, Debug)]
pub struct BrokerConfig {
    /// The address; port 0 takes a free one.
    pub bind: SocketAddr,
    /// User and password that clients must name; may be absent on loopback only.
    pub credentials: Option<Credentials>,
    /// The most clients at once.
    pub max_clients: usize,
}

impl BrokerConfig {
    /// Makes a configuration for at most 1,024 clients.
    pub fn new(bind: SocketAddr, credentials: Option<Credentials>) -> Self {
        Self { bind, credentials, max_clients: 1024 }
    }
}

/// A running broker; dropping it shuts it down.
#[derive(Debug)]
pub struct Broker {
    address: SocketAddr,
    stop: CancellationToken,
    ended: oneshot::Receiver<String>,
}

impl Broker {
    /// Starts a broker on a thread of its own and returns once it has answered a client.
    ///
    /// # Errors
    /// `CredentialsRequired` for an address other than loopback without credentials; `CannotListen`.
    pub async fn start(config: BrokerConfig) -> Result<Self, MqttError> {
        if !config.bind.ip().is_loopback() && config.credentials.is_none() {
            return Err(MqttError::CredentialsRequired { bind: config.bind });
        }
        let attempts = if config.bind.port() == 0 { PORT_ATTEMPTS } else { 1 };
        let mut result = Err(MqttError::CannotListen { bind: config.bind, reason: "no free port".into() });
        for _ in 0..attempts {
            let address = free_address(config.bind)?;
            result = Self::start_on(address, &config).await;
            if result.is_ok() {
                // The library leaves Nagle's algorithm on, which holds acknowledgements back. The broker works without this, only slower.
                if let Err(error) = accept_without_delay(address) {
                    tracing::warn!(%address, %error, "the broker's connections send small messages with a delay");
                }
                break;
            }
        }
        result
    }

    /// Returns the address that clients connect to.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the URL that clients on this machine connect to.
    pub fn url(&self) -> String {
        format!("mqtt://{}", reachable(self.address))
    }

    /// Ends all connections and waits until the address is free.
    pub async fn shutdown(mut self) {
        self.stop.cancel();
        let _ = (&mut self.ended).await;
    }

    async fn start_on(address: SocketAddr, config: &BrokerConfig) -> Result<Self, MqttError> {
        let stop = CancellationToken::new();
        let (ended_sender, ended) = oneshot::channel();
        let (settings, router, stopped) = (server_settings(address, config), router_config(config), stop.clone());
        let cannot = |reason: String| MqttError::CannotListen { bind: address, reason };
        let run = move || {
            let reason = serve(settings, router, &stopped);
            // Nobody listens any more after a start that failed.
            let _ = ended_sender.send(reason);
        };
        std::thread::Builder::new().name("mqtt-broker".into()).spawn(run).map_err(|error| cannot(error.to_string()))?;
        let mut broker = Self { address, stop, ended };
        let answered = answers(address, config.credentials.clone());
        tokio::select! {
            reason = &mut broker.ended => Err(cannot(reason.unwrap_or_else(|_| "its thread ended".into()))),
            answered = answered => answered.map(|()| broker).map_err(|error| cannot(error.to_string())),
        }
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Runs the broker until it is stopped or fails, and says why it ended.
fn serve(settings: ServerSettings, router: RouterConfig, stop: &CancellationToken) -> String {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return error.to_string(),
    };
    let mut server = Server::new(settings, Router::new(0, router).spawn(), V4);
    runtime.block_on(async {
        tokio::select! {
            result = server.start(LinkType::Remote) => result.map_or_else(|error| error.to_string(), |()| "it ended by itself".into()),
            () = stop.cancelled() => "it was shut down".into(),
        }
    })
}

/// Makes a connection as any client would.
async fn answers(address: SocketAddr, credentials: Option<Credentials>) -> Result<(), MqttError> {
    let url = format!("mqtt://{}", reachable(address));
    let mut config = MqttConfig::new(url, "broker-start").with_credentials(credentials);
    config.max_backoff = Duration::from_millis(200);
    let (client, _reader) = MqttClient::connect(config)?;
    let connected = client.wait_connected(START_TIMEOUT).await;
    client.shutdown(Duration::from_secs(1)).await;
    connected
}

/// Replaces "any address" by loopback and port 0 by one that is free now.
fn free_address(bind: SocketAddr) -> Result<SocketAddr, MqttError> {
    let listen = || TcpListener::bind(bind)?.local_addr();
    listen().map_err(|error| MqttError::CannotListen { bind, reason: error.to_string() })
}

fn reachable(address: SocketAddr) -> SocketAddr {
    let mut reachable = address;
    if address.ip().is_unspecified() {
        reachable.set_ip(if address.is_ipv4() { [127, 0, 0, 1].into() } else { std::net::Ipv6Addr::LOCALHOST.into() });
    }
    reachable
}

fn router_config(config: &BrokerConfig) -> RouterConfig {
    RouterConfig {
        max_connections: config.max_clients,
        max_outgoing_packet_count: 200,
        max_segment_size: SEGMENT_BYTES,
        max_segment_count: SEGMENTS,
        ..RouterConfig::default()
    }
}

fn server_settings(address: SocketAddr, config: &BrokerConfig) -> ServerSettings {
    let auth = config.credentials.as_ref();
    let auth = auth.map(|credentials| HashMap::from([(credentials.user.clone(), credentials.password.expose().to_owned())]));
    ServerSettings {
        name: "mqtt-v4".into(),
        listen: address,
        tls: None,
        next_connection_delay_ms: 0,
        connections: ConnectionSettings {
            connection_timeout_ms: 5000,
            // Room for the topic and the header beside the largest message.
            max_payload_size: MAX_MESSAGE + 70_000,
            max_inflight_count: 100,
            auth,
            external_auth: None,
            dynamic_filters: true,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::listener::listening_on;

    #[tokio::test]
    async fn connections_send_small_messages_at_once() {
        let broker = Broker::start(BrokerConfig::new(([127, 0, 0, 1], 0).into(), None)).await.unwrap();
        let listener = listening_on(broker.address()).unwrap();
        assert!(rustix::net::sockopt::tcp_nodelay(&listener).unwrap());
        drop(listener);
        broker.shutdown().await;
    }
}
