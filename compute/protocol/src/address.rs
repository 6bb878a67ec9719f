//! The address of a node: its public key as text.

use crate::{error::shorten, ProtocolError};
use base64::{engine::general_purpose::URL_SAFE, Engine as _};
use k256::ecdsa::VerifyingKey;
use std::{fmt, str::FromStr};

/// What every address begins with.
pub const PREFIX: &str = "0xai_";
/// Bytes of a compressed public key.
pub const PUBLIC_LEN: usize = 33;

/// The compressed secp256k1 public key of a node, written `0xai_` and 44 characters of base64url.
///
/// A value is always a point of the curve: every constructor checks it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address([u8; PUBLIC_LEN]);

impl Address {
    /// Returns the address of a compressed public key.
    ///
    /// # Errors
    /// `InvalidAddress` if the bytes are not a point of the curve.
    pub fn from_public(public: &[u8; PUBLIC_LEN]) -> Result<Self, ProtocolError> {
        VerifyingKey::from_sec1_bytes(public)
            .map(|key| Self::from_key(&key))
            .map_err(|_| ProtocolError::InvalidAddress { text: hex::encode(public), reason: "not a point of secp256k1" })
    }

    /// Returns the compressed public key.
    pub fn public(&self) -> &[u8; PUBLIC_LEN] {
        &self.0
    }

    pub(crate) fn from_key(key: &VerifyingKey) -> Self {
        let mut public = [0; PUBLIC_LEN];
        for (to, from) in public.iter_mut().zip(key.to_encoded_point(true).as_bytes()) {
            *to = *from;
        }
        Self(public)
    }

    pub(crate) fn verifying_key(&self) -> Option<VerifyingKey> {
        VerifyingKey::from_sec1_bytes(&self.0).ok()
    }
}

impl FromStr for Address {
    type Err = ProtocolError;

    fn from_str(text: &str) -> Result<Self, ProtocolError> {
        let invalid = |reason| ProtocolError::InvalidAddress { text: shorten(text), reason };
        let encoded = text.strip_prefix(PREFIX).ok_or_else(|| invalid("it does not begin with 0xai_"))?;
        if encoded.len() != 44 {
            return Err(invalid("it does not have 44 characters after the prefix"));
        }
        let bytes = URL_SAFE.decode(encoded).map_err(|_| invalid("it is not base64url"))?;
        let public: [u8; PUBLIC_LEN] = bytes.try_into().map_err(|_| invalid("it does not have 33 bytes"))?;
        Self::from_public(&public).map_err(|_| invalid("not a point of secp256k1"))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{PREFIX}{}", URL_SAFE.encode(self.0))
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl serde::Serialize for Address {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Address {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
