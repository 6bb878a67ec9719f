//! Which services outside a plugin may connect to.
//!
//! A document says where to connect in one text: `connection:NAME` names a connection that the operator configured, with its password;
//! anything else is a URL. Jobs of strangers may use only connections that the operator opened to them, so that nobody reaches into the
//! operator's network by a document; passwords never stand in documents.

use crate::{Context, PluginError};
use std::{collections::BTreeMap, fmt};

/// A text that is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretText(String);

impl SecretText {
    /// Wraps a secret.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// Returns the secret, for the one who connects.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("<secret>")
    }
}

/// A connection that the operator configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// Where and who.
    pub endpoint: Endpoint,
    /// Whether jobs of others may use it.
    pub open_to_jobs: bool,
}

/// Where to connect and as whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// The URL, without user and password.
    pub url: String,
    /// The user.
    pub user: Option<String>,
    /// The password, or the token of services that know no user.
    pub password: Option<SecretText>,
}

impl Endpoint {
    /// Returns scheme, host and port: enough to recognise the service, and fit to be shown.
    pub fn service(&self) -> String {
        let (scheme, rest) = self.url.split_once("://").unwrap_or(("", self.url.as_str()));
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let host = authority.rsplit('@').next().unwrap_or_default();
        format!("{scheme}://{host}")
    }
}

/// The connections that the operator configured, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Connections {
    by_name: BTreeMap<String, Connection>,
}

/// What the text before the name of a connection is.
const PREFIX: &str = "connection:";

impl Connections {
    /// Makes the list.
    pub fn new(by_name: BTreeMap<String, Connection>) -> Self {
        Self { by_name }
    }

    /// Finds where a document's text leads.
    ///
    /// `schemes` are those that the plugin speaks, such as `["mqtt"]`. Fails with [`PluginError::Parameters`] at `path` if the text leads
    /// nowhere, holds a password, is of another scheme or has no number for a port, or if the pipeline is a job that may not go there.
    pub fn resolve(&self, text: &str, schemes: &[&str], path: &str, context: &Context) -> Result<Endpoint, PluginError> {
        let endpoint = match text.strip_prefix(PREFIX) {
            Some(name) => self.named(name, path, context)?,
            None if context.job.is_some() => {
                return Err(PluginError::parameters(path, "jobs may name only connections of the operator: connection:NAME"));
            }
            None => Endpoint { url: text.to_owned(), user: None, password: None },
        };
        let (scheme, rest) = endpoint.url.split_once("://").unwrap_or(("", ""));
        if !schemes.contains(&scheme) || rest.is_empty() {
            return Err(PluginError::parameters(path, format!("must begin with {}://", schemes.join(":// or "))));
        }
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if authority.contains('@') {
            return Err(PluginError::parameters(path, "must not hold a user or password: configure a connection and name it"));
        }
        if !has_valid_port(authority) {
            return Err(PluginError::parameters(path, "must have a number of at most 65535 as port"));
        }
        Ok(endpoint)
    }

    fn named(&self, name: &str, path: &str, context: &Context) -> Result<Endpoint, PluginError> {
        let usable = |connection: &&Connection| context.job.is_none() || connection.open_to_jobs;
        let Some(connection) = self.by_name.get(name).filter(usable) else {
            let known: Vec<&str> = self.by_name.iter().filter(|(_, entry)| usable(entry)).map(|(name, _)| name.as_str()).collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            return Err(PluginError::parameters(path, format!("is no connection of this engine; available: {known}")));
        };
        Ok(connection.endpoint.clone())
    }
}

/// Tells whether what follows the host, which may be an address in brackets, is nothing or a port.
fn has_valid_port(authority: &str) -> bool {
    let after_address = authority.rsplit_once(']').map_or(authority, |(_, rest)| rest);
    let port = after_address.rsplit_once(':').map(|(_, port)| port);
    port.is_none_or(|port| port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::has_valid_port;

    #[test]
    fn a_port_is_a_number_that_fits() {
        for authority in ["", "host", "host:80", "host:65535", "[::1]", "[::1]:80"] {
            assert!(has_valid_port(authority), "{authority}");
        }
        for authority in ["host:", "host:port", "host:+80", "host:65536", "[::1]:port", "[::1]:"] {
            assert!(!has_valid_port(authority), "{authority}");
        }
    }
}
