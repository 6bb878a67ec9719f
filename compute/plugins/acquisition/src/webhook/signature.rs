//! Who may call: HMAC-SHA256 over the body.

use hmac::{Hmac, Mac};
use neurite_core::{PluginError, SecretText};
use sha2::Sha256;

/// A check of bodies against a secret.
pub(super) struct Signature {
    keyed: Hmac<Sha256>,
}

impl Signature {
    /// Makes a check; fails with [`PluginError::Parameters`] if the connection has no secret.
    pub(super) fn new(secret: Option<&SecretText>) -> Result<Self, PluginError> {
        let secret = secret.map(SecretText::expose).filter(|secret| !secret.is_empty());
        let keyed = secret.and_then(|secret| Hmac::new_from_slice(secret.as_bytes()).ok());
        Ok(Self { keyed: keyed.ok_or_else(|| PluginError::parameters("/SECRET", "names a connection without password"))? })
    }

    /// Tells whether the text of a header is the HMAC of a body.
    pub(super) fn matches(&self, header: &str, body: &[u8]) -> bool {
        let digits = header.strip_prefix("sha256=").unwrap_or(header);
        let Ok(given) = hex::decode(digits) else { return false };
        let mut keyed = self.keyed.clone();
        keyed.update(body);
        keyed.verify_slice(&given).is_ok()
    }
}
