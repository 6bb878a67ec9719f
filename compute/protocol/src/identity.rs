//! The secret key that signs messages.

use crate::{Address, ProtocolError};
use base64::{engine::general_purpose::URL_SAFE, Engine as _};
use k256::ecdsa::{
    signature::{Signer as _, Verifier as _},
    Signature, SigningKey,
};
use std::fmt;

/// A node's key pair; the secret is never shown and is wiped when dropped.
#[derive(Clone)]
pub struct Identity {
    key: SigningKey,
    address: Address,
}

impl Identity {
    /// Makes an identity from 32 secret bytes.
    ///
    /// # Errors
    /// `InvalidSecret` if they are zero or not below the order of the curve.
    pub fn from_secret(secret: &[u8; 32]) -> Result<Self, ProtocolError> {
        let key = SigningKey::from_slice(secret).map_err(|_| ProtocolError::InvalidSecret)?;
        let address = Address::from_key(key.verifying_key());
        Ok(Self { key, address })
    }

    /// Returns the address.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// Signs a digest: ECDSA with SHA-256 over its 32 bytes, deterministic, low-S, DER in base64url.
    pub fn sign_digest(&self, digest: &[u8; 32]) -> String {
        let signature: Signature = self.key.sign(digest);
        let low = signature.normalize_s().unwrap_or(signature);
        URL_SAFE.encode(low.to_der().as_bytes())
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Identity").field("address", &self.address).finish_non_exhaustive()
    }
}

/// Tells whether `signature` is the one of `signer` over `digest`; peers may sign with a high S.
pub fn verify_digest(signer: &Address, digest: &[u8; 32], signature: &str) -> bool {
    // The longest DER signature has 72 bytes.
    if signature.len() > 100 {
        return false;
    }
    let Some(key) = signer.verifying_key() else { return false };
    let Ok(der) = URL_SAFE.decode(signature) else { return false };
    let Ok(signature) = Signature::from_der(&der) else { return false };
    key.verify(digest, &signature.normalize_s().unwrap_or(signature)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_signatures_have_a_low_s() {
        for byte in 1..40u8 {
            let identity = Identity::from_secret(&[byte; 32]).unwrap();
            let signature = identity.sign_digest(&[byte; 32]);
            let parsed = Signature::from_der(&URL_SAFE.decode(&signature).unwrap()).unwrap();
            assert!(parsed.normalize_s().is_none());
            assert!(verify_digest(identity.address(), &[byte; 32], &signature));
        }
    }

    #[test]
    fn a_high_s_of_a_peer_is_believed() {
        let identity = Identity::from_secret(&[7; 32]).unwrap();
        let low = Signature::from_der(&URL_SAFE.decode(identity.sign_digest(&[9; 32])).unwrap()).unwrap();
        let high = Signature::from_scalars(*low.r(), -*low.s()).unwrap();
        assert!(high.normalize_s().is_some());
        assert!(verify_digest(identity.address(), &[9; 32], &URL_SAFE.encode(high.to_der().as_bytes())));
    }

    #[test]
    fn a_zero_secret_is_refused_and_never_shown() {
        assert!(matches!(Identity::from_secret(&[0; 32]), Err(ProtocolError::InvalidSecret)));
        assert!(matches!(Identity::from_secret(&[0xff; 32]), Err(ProtocolError::InvalidSecret)));
        let shown = format!("{:?}", Identity::from_secret(&[0xab; 32]).unwrap());
        assert!(shown.contains("0xai_") && !shown.to_lowercase().contains("abab"));
    }

    #[test]
    fn an_address_survives_its_text() {
        let address = *Identity::from_secret(&[3; 32]).unwrap().address();
        assert_eq!(address.to_string().parse::<Address>().unwrap(), address);
        for wrong in ["", "0xai_", "aixp_AAAA", "0xai_****", &format!("0xai_{}", "A".repeat(44)), &"x".repeat(10_000)] {
            assert!(wrong.parse::<Address>().is_err());
        }
    }
}
