//! Where the engine beside this node is.
//!
//! The runtime's off-chain worker knows the engine by what lies in the node's persistent off-chain storage under
//! [`neurite_duties::reply::ENGINE_URL_KEY`]. The node puts there at every start what its flags say, and takes away what an earlier start
//! left, so that storage and flags never differ.
//!
//! An address is only accepted if it is plain HTTP, carries no credentials (it is stored and logged), and names this machine,
//! unless the operator allows another one.

use codec::Encode;
use reqwest::Url;
use sp_core::offchain::{OffchainStorage, STORAGE_PREFIX};
use std::{fmt, net::IpAddr};

/// The longest address of an engine, in bytes.
pub(crate) const MAX_ENGINE_URL: usize = 256;

/// The checked address of an engine: `http://HOST:PORT`, without a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EngineUrl(String);

/// Why an address cannot be an engine's.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum EngineUrlError {
    /// The address is longer than [`MAX_ENGINE_URL`].
    #[error("the engine's address has {length} bytes, at most {MAX_ENGINE_URL} are allowed")]
    TooLong {
        /// Its length in bytes.
        length: usize,
    },
    /// The address is no URL.
    #[error("the engine's address is no URL: {reason}; give one like http://127.0.0.1:8787")]
    Malformed {
        /// What is wrong with it.
        reason: String,
    },
    /// The scheme is not `http`.
    #[error("the engine's address has the scheme `{scheme}`, only http is supported")]
    Scheme {
        /// The scheme.
        scheme: String,
    },
    /// The address carries a user name or password.
    #[error("the engine's address must not carry a user name or password: it is stored and logged")]
    Credentials,
    /// The address has a path, a query or a fragment.
    #[error("the engine's address must end after the port, without `{rest}`")]
    Path {
        /// What follows the port.
        rest: String,
    },
    /// The address names another machine.
    #[error("the engine's address names another machine, `{host}`: give --engine-remote if you trust it and the network between")]
    Remote {
        /// The machine.
        host: String,
    },
}

impl EngineUrl {
    /// Checks an address; `remote` allows engines on other machines.
    pub(crate) fn parse(text: &str, remote: bool) -> Result<Self, EngineUrlError> {
        if text.len() > MAX_ENGINE_URL {
            return Err(EngineUrlError::TooLong { length: text.len() });
        }
        let malformed = |reason: String| EngineUrlError::Malformed { reason };
        let url = Url::parse(text).map_err(|error| malformed(error.to_string()))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(EngineUrlError::Credentials);
        }
        if url.scheme() != "http" {
            return Err(EngineUrlError::Scheme { scheme: url.scheme().to_owned() });
        }
        let host = url.host_str().ok_or_else(|| malformed("it names no host".to_owned()))?;
        let port = url.port_or_known_default().ok_or_else(|| malformed("it names no port".to_owned()))?;
        let rest = rest_of(&url);
        if !rest.is_empty() {
            return Err(EngineUrlError::Path { rest });
        }
        if !remote && !is_loopback(host) {
            return Err(EngineUrlError::Remote { host: host.to_owned() });
        }
        Ok(Self(format!("http://{host}:{port}")))
    }

    /// Returns the address of a resource of the engine; `path` begins with a slash.
    pub(crate) fn join(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }
}

impl fmt::Display for EngineUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Returns what follows host and port, without a lonely slash.
fn rest_of(url: &Url) -> String {
    let mut rest = url.path().trim_start_matches('/').to_owned();
    for (mark, part) in [('?', url.query()), ('#', url.fragment())] {
        if let Some(part) = part {
            rest.push(mark);
            rest.push_str(part);
        }
    }
    rest
}

/// Tells whether a host is this machine.
fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Makes the off-chain storage say where the engine is, or that there is none.
pub(crate) fn store(storage: &mut impl OffchainStorage, engine: Option<&EngineUrl>) {
    match engine {
        Some(EngineUrl(url)) => storage.set(STORAGE_PREFIX, neurite_duties::reply::ENGINE_URL_KEY, &url.encode()),
        None => storage.remove(STORAGE_PREFIX, neurite_duties::reply::ENGINE_URL_KEY),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use codec::Decode;
    use sp_core::offchain::storage::InMemOffchainStorage;

    fn local(text: &str) -> Result<String, EngineUrlError> {
        EngineUrl::parse(text, false).map(|url| url.to_string())
    }

    #[test]
    fn loopback_is_accepted_in_every_form() {
        for (given, expected) in [
            ("http://127.0.0.1:8787", "http://127.0.0.1:8787"),
            ("http://127.0.0.1:8787/", "http://127.0.0.1:8787"),
            ("http://127.8.9.10:1", "http://127.8.9.10:1"),
            ("http://localhost:8787", "http://localhost:8787"),
            ("HTTP://LOCALHOST", "http://localhost:80"),
            ("http://[::1]:8787", "http://[::1]:8787"),
        ] {
            assert_eq!(local(given), Ok(expected.to_owned()), "{given}");
        }
    }

    #[test]
    fn other_machines_are_refused_without_the_flag() {
        for url in
            ["http://192.0.2.1:8787", "http://engine:8787", "http://localhost.example:1", "http://[2001:db8::1]:1", "http://0.0.0.0:1"]
        {
            assert!(matches!(local(url), Err(EngineUrlError::Remote { .. })), "{url}");
            assert!(EngineUrl::parse(url, true).is_ok(), "{url}");
        }
    }

    #[test]
    fn only_plain_http_is_accepted() {
        for url in ["https://127.0.0.1:1", "ws://127.0.0.1:1", "file:///etc/passwd"] {
            assert!(matches!(local(url), Err(EngineUrlError::Scheme { .. })), "{url}");
        }
    }

    #[test]
    fn credentials_are_refused_and_not_repeated() {
        for url in ["http://user:secret@127.0.0.1:1", "http://user@127.0.0.1:1", "https://:secret@127.0.0.1:1"] {
            let error = local(url).expect_err("credentials are refused");
            assert_eq!(error, EngineUrlError::Credentials);
            assert!(!error.to_string().contains("secret"));
        }
    }

    #[test]
    fn path_query_and_fragment_are_refused() {
        for (url, rest) in [("http://127.0.0.1:1/v1", "v1"), ("http://127.0.0.1:1/?a=b", "?a=b"), ("http://127.0.0.1:1/#x", "#x")] {
            assert_eq!(local(url), Err(EngineUrlError::Path { rest: rest.to_owned() }));
        }
    }

    #[test]
    fn what_is_no_url_is_refused() {
        for url in ["", "127.0.0.1:8787", "http://", "http://127.0.0.1:99999", "engine"] {
            assert!(matches!(local(url), Err(EngineUrlError::Malformed { .. } | EngineUrlError::Scheme { .. })), "{url}");
        }
        let long = format!("http://127.0.0.1:1/{}", "a".repeat(MAX_ENGINE_URL));
        assert_eq!(local(&long), Err(EngineUrlError::TooLong { length: long.len() }));
    }

    #[test]
    fn storage_says_what_the_flags_say() {
        let mut storage = InMemOffchainStorage::default();
        let engine = EngineUrl::parse("http://127.0.0.1:8787", false).expect("the address is valid");
        store(&mut storage, Some(&engine));
        let stored = storage.get(b"storage", b"neurite/engine-url/v1").expect("the address is stored");
        assert_eq!(String::decode(&mut &stored[..]), Ok(engine.to_string()));
        store(&mut storage, None);
        assert_eq!(storage.get(b"storage", b"neurite/engine-url/v1"), None);
    }
}
