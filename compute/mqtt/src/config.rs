//! What a connector needs to know.

use crate::MqttError;
use std::{fmt, time::Duration};

/// The port of a URL that names none.
pub(crate) const DEFAULT_PORT: u16 = 1883;

/// A password; never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a password.
    pub fn new(password: impl Into<String>) -> Self {
        Self(password.into())
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("<secret>")
    }
}

/// User and password of a broker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// The user.
    pub user: String,
    /// The password.
    pub password: Secret,
}

/// The version of MQTT that a connector speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MqttProtocol {
    /// MQTT 3.1.1, which every broker speaks.
    #[default]
    V4,
    /// MQTT 5, whose brokers say why they refuse something.
    V5,
}

/// How to reach a broker, and the bounds of the connector.
#[derive(Clone, Debug)]
pub struct MqttConfig {
    /// `mqtt://host[:port]`; user and password have a field of their own.
    pub url: String,
    /// Unique among the clients of the broker: a second connection with the same one ends the first.
    pub client_id: String,
    /// User and password, if the broker wants them.
    pub credentials: Option<Credentials>,
    /// The version of the protocol.
    pub protocol: MqttProtocol,
    /// The most messages that wait for being sent.
    pub outgoing_queue: usize,
    /// The most messages that wait for the reader.
    pub incoming_queue: usize,
    /// The most bytes that wait for the reader or are still held by it.
    pub incoming_bytes: usize,
    /// The longest pause between attempts to connect; the first is a tenth of a second, each next one twice as long.
    pub max_backoff: Duration,
}

impl MqttConfig {
    /// Makes a configuration for MQTT 3.1.1 with the usual bounds: 1,024 outgoing and 4,096 incoming messages, 64 MiB, 5 s.
    pub fn new(url: impl Into<String>, client_id: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            client_id: client_id.into(),
            credentials: None,
            protocol: MqttProtocol::default(),
            outgoing_queue: 1024,
            incoming_queue: 4096,
            incoming_bytes: 64 * 1024 * 1024,
            max_backoff: Duration::from_secs(5),
        }
    }

    /// Adds user and password.
    pub fn with_credentials(mut self, credentials: Option<Credentials>) -> Self {
        self.credentials = credentials;
        self
    }

    /// Sets the version of the protocol.
    pub fn with_protocol(mut self, protocol: MqttProtocol) -> Self {
        self.protocol = protocol;
        self
    }
}

/// Splits `mqtt://host[:port]` into host and port.
pub(crate) fn parse_url(url: &str) -> Result<(String, u16), MqttError> {
    let invalid = |reason| MqttError::InvalidUrl { url: without_credentials(url), reason };
    let rest = url.strip_prefix("mqtt://").or_else(|| url.strip_prefix("tcp://"));
    let rest = rest.ok_or_else(|| invalid("it does not begin with mqtt:// (TLS ends at a proxy of the operator)"))?;
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    if rest.contains(['/', '@', '?', '#', ' ']) {
        return Err(invalid("it has more than host and port"));
    }
    let is_bare_ipv6 = rest.ends_with(']');
    let (host, port) = match rest.rsplit_once(':').filter(|_| !is_bare_ipv6) {
        Some((host, port)) => (host, port.parse().ok().filter(|port| *port != 0).ok_or_else(|| invalid("the port is not a number"))?),
        None => (rest, DEFAULT_PORT),
    };
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    if host.is_empty() {
        return Err(invalid("it has no host"));
    }
    Ok((host.to_owned(), port))
}

/// Takes user and password out of a URL that is to be shown.
fn without_credentials(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://{host}"),
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_name_host_and_port() {
        for (url, host, port) in [
            ("mqtt://localhost", "localhost", 1883),
            ("mqtt://127.0.0.1:18830/", "127.0.0.1", 18_830),
            ("tcp://broker.example:1", "broker.example", 1),
            ("mqtt://[::1]:1884", "::1", 1884),
            ("mqtt://[::1]", "::1", 1883),
        ] {
            assert_eq!(parse_url(url).unwrap(), (host.to_owned(), port), "{url}");
        }
    }

    #[test]
    fn other_urls_are_refused_and_their_secrets_not_shown() {
        for url in ["", "localhost:1883", "mqtts://host", "mqtt://", "mqtt://host:0", "mqtt://host:x", "mqtt://host/topic", "http://h"] {
            assert!(parse_url(url).is_err(), "{url}");
        }
        let error = parse_url("mqtt://user:hunter2@host").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }

    #[test]
    fn passwords_are_not_shown() {
        let credentials = Credentials { user: "u".into(), password: Secret::new("hunter2") };
        assert!(!format!("{:?}", MqttConfig::new("mqtt://h", "c").with_credentials(Some(credentials))).contains("hunter2"));
    }
}
