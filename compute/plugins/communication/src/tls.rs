//! TLS towards servers outside.

use crate::SinkError;
use rustls::{crypto::ring, ClientConfig, RootCertStore};
use std::sync::Arc;

/// Whose certificates are believed.
#[derive(Debug, Clone, Default)]
pub(crate) enum Trust {
    /// Those that this machine trusts: the system's store, or the file that `SSL_CERT_FILE` names.
    #[default]
    Machine,
    /// None: for connections without TLS.
    Nobody,
    /// Only these.
    #[cfg(test)]
    Only(RootCertStore),
}

impl Trust {
    /// Makes what a connection needs; fails with `Tls` if the machine trusts nobody.
    pub(crate) fn client_config(&self) -> Result<ClientConfig, SinkError> {
        let roots = match self {
            Self::Machine => machine_roots()?,
            Self::Nobody => RootCertStore::empty(),
            #[cfg(test)]
            Self::Only(roots) => roots.clone(),
        };
        // The provider is named, for more than one is linked in.
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider())).with_safe_default_protocol_versions();
        let builder = builder.map_err(|error| SinkError::Tls { reason: error.to_string() })?;
        Ok(builder.with_root_certificates(roots).with_no_client_auth())
    }
}

fn machine_roots() -> Result<RootCertStore, SinkError> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    let (added, _) = roots.add_parsable_certificates(found.certs);
    if added == 0 {
        let reason = found.errors.first().map_or_else(|| "the package ca-certificates is missing".to_owned(), ToString::to_string);
        return Err(SinkError::Tls { reason: format!("this machine trusts no certificates: {reason}") });
    }
    Ok(roots)
}
