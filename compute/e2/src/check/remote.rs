//! Connects to services, as far as that leaves no trace.

use super::report::Fault;
use neurite_core::Endpoint;
use neurite_mqtt::{Credentials, MqttClient, MqttConfig, Secret};
use reqwest::Url;
use rustls::{crypto::ring, pki_types::ServerName, ClientConfig, RootCertStore};
use std::{
    io::{self, ErrorKind},
    sync::Arc,
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;

/// How long a broker may take to hear that the client leaves.
const FAREWELL: Duration = Duration::from_millis(200);

/// How a protocol begins.
struct Hello {
    /// What the client says first.
    ours: &'static [u8],
    /// Which byte of the answer tells the protocol.
    at: usize,
    /// What that byte may be.
    theirs: &'static [u8],
}

/// AMQP 0-9-1: the header; a frame of a method comes back.
const AMQP: Hello = Hello { ours: b"AMQP\x00\x00\x09\x01", at: 0, theirs: &[1] };
/// PostgreSQL: the question for TLS; it is answered with yes or no.
const POSTGRES: Hello = Hello { ours: &[0, 0, 0, 8, 4, 210, 22, 47], at: 0, theirs: b"SN" };
/// MySQL and MariaDB: the server greets with the version of its protocol, after the four bytes of every packet's header.
const MYSQL: Hello = Hello { ours: &[], at: 4, theirs: &[10] };

/// Connects to a service; fails with why that does not succeed.
pub async fn reach(endpoint: &Endpoint, deadline: Duration) -> Result<(), Fault> {
    let unclear = || Fault::new("the address is none", "write it as scheme://host:port");
    let url = Url::parse(&endpoint.url).map_err(|_| unclear())?;
    if url.scheme() == "mqtt" {
        return reach_mqtt(endpoint, deadline).await;
    }
    let port = url.port_or_known_default().or_else(|| usual_port(url.scheme())).ok_or_else(unclear)?;
    let host = url.host_str().ok_or_else(unclear)?.trim_matches(['[', ']']);
    let stream = TcpStream::connect((host, port)).await.map_err(|error| unreachable(&error))?;
    match url.scheme() {
        "https" | "wss" => begin_tls(stream, host).await,
        "amqp" => greet(stream, &AMQP, "AMQP broker").await,
        "postgres" | "postgresql" => greet(stream, &POSTGRES, "PostgreSQL server").await,
        "mysql" | "mariadb" => greet(stream, &MYSQL, "MySQL server").await,
        _ => Ok(()),
    }
}

/// The ports of protocols that [`Url`] does not know.
fn usual_port(scheme: &str) -> Option<u16> {
    match scheme {
        "amqp" => Some(5672),
        "postgres" | "postgresql" => Some(5432),
        "mysql" | "mariadb" => Some(3306),
        "rtsp" => Some(554),
        _ => None,
    }
}

fn unreachable(error: &io::Error) -> Fault {
    let advice = match error.kind() {
        ErrorKind::ConnectionRefused => "start the service, or correct the port",
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable | ErrorKind::TimedOut => "check the network and the address",
        _ => "correct the host's name, or see that it is known to this machine",
    };
    Fault::new(error.to_string(), advice)
}

/// Speaks the beginning of a protocol and looks whether the other side speaks it too.
async fn greet(mut stream: TcpStream, hello: &Hello, what: &str) -> Result<(), Fault> {
    let foreign = || Fault::new(format!("is no {what}"), "correct the port: something else listens there");
    stream.write_all(hello.ours).await.map_err(|_| foreign())?;
    let mut answer = vec![0; hello.at.saturating_add(1)];
    stream.read_exact(&mut answer).await.map_err(|_| foreign())?;
    let told = answer.last().is_some_and(|byte| hello.theirs.contains(byte));
    told.then_some(()).ok_or_else(foreign)
}

/// Connects as a client that subscribes to nothing, with the password, and leaves.
async fn reach_mqtt(endpoint: &Endpoint, deadline: Duration) -> Result<(), Fault> {
    let advice = "start the broker, or correct address, user and password";
    let failed = |error: neurite_mqtt::MqttError| Fault::new(error.to_string(), advice);
    let password = endpoint.password.as_ref().map(|password| Secret::new(password.expose()));
    let credentials = password.map(|password| Credentials { user: endpoint.user.clone().unwrap_or_default(), password });
    let client_id = format!("neurite-check-{:08x}", rand::random::<u32>());
    let config = MqttConfig::new(&endpoint.url, client_id).with_credentials(credentials);
    let (client, _incoming) = MqttClient::connect(config).map_err(failed)?;
    // Less than the whole deadline, for the client knows why it is not connected.
    let connected = client.wait_connected(deadline.mul_f64(0.8)).await;
    client.shutdown(FAREWELL).await;
    connected.map_err(failed)
}

/// Begins TLS and looks whether this machine trusts the other side.
async fn begin_tls(stream: TcpStream, host: &str) -> Result<(), Fault> {
    let advice = "see that its certificate is valid for this host and signed by somebody this machine trusts (ca-certificates)";
    let failed = |reason: String| Fault::new(format!("TLS: {reason}"), advice);
    let name = ServerName::try_from(host.to_owned()).map_err(|error| failed(error.to_string()))?;
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider())).with_safe_default_protocol_versions();
    let config = builder.map_err(|error| failed(error.to_string()))?.with_root_certificates(roots).with_no_client_auth();
    let connected = TlsConnector::from(Arc::new(config)).connect(name, stream).await;
    connected.map(drop).map_err(|error| failed(error.to_string()))
}
