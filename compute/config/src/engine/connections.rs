//! The services outside that documents reach by a name: `[connections.NAME]`.

use super::Secret;
use crate::ConfigError;
use neurite_core::{Connection, Endpoint, SecretText};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The most connections of an engine.
const MAX_CONNECTIONS: usize = 256;
/// The longest name of a connection, in bytes.
const MAX_NAME: usize = 64;

/// A service outside, with what its operator alone knows of it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConnectionSection {
    /// Where it is, without user and password.
    pub url: String,
    /// As whom to connect.
    #[serde(default)]
    pub user: Option<String>,
    /// The user's password; without a user, the token of a service that knows no user.
    #[serde(default)]
    pub password: Option<Secret>,
    /// Whether jobs of others may use it.
    #[serde(default)]
    pub open_to_jobs: bool,
}

impl ConnectionSection {
    /// Returns the connection as plugins see it.
    pub(super) fn connection(&self) -> Connection {
        let password = self.password.as_ref().map(|password| SecretText::new(password.expose()));
        let endpoint = Endpoint { url: self.url.clone(), user: self.user.clone(), password };
        Connection { endpoint, open_to_jobs: self.open_to_jobs }
    }

    /// Returns the faulty key and what is wrong with it.
    fn fault(&self) -> Option<(&'static str, &'static str)> {
        let rest = self.url.split_once("://").map(|(_, rest)| rest).filter(|rest| !rest.is_empty());
        let Some(rest) = rest else { return Some(("url", "must be scheme://host with what else the service needs")) };
        if rest.split(['/', '?', '#']).next().is_some_and(|authority| authority.contains('@')) {
            return Some(("url", "must not hold user or password: they have keys of their own"));
        }
        (self.user.is_some() && self.password.is_none()).then_some(("user", "needs a password"))
    }
}

/// Checks names and contents of all connections.
pub(super) fn validate(connections: &BTreeMap<String, ConnectionSection>) -> Result<(), ConfigError> {
    if connections.len() > MAX_CONNECTIONS {
        return Err(ConfigError::Value { key: "connections".into(), reason: format!("must be at most {MAX_CONNECTIONS}") });
    }
    for (name, section) in connections {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if name.is_empty() || name.len() > MAX_NAME || !name.bytes().all(plain) {
            let shown: String = name.chars().take(MAX_NAME).collect();
            return Err(ConfigError::Value { key: format!("connections.{shown:?}"), reason: "name must be 1 to 64 of a-z 0-9 -".into() });
        }
        if let Some((key, reason)) = section.fault() {
            return Err(ConfigError::Value { key: format!("connections.{name}.{key}"), reason: reason.into() });
        }
    }
    Ok(())
}
