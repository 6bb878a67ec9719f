//! The session key of an oracle.

mod app_sr25519 {
    use sp_application_crypto::{app_crypto, sr25519};
    app_crypto!(sr25519, super::KEY_TYPE);
}

/// The key type of oracles in keystores and session keys.
pub const KEY_TYPE: sp_core::crypto::KeyTypeId = sp_core::crypto::KeyTypeId(*b"orac");

/// The public session key of an oracle.
pub type OracleId = app_sr25519::Public;
/// A signature made with an oracle's session key.
pub type OracleSignature = app_sr25519::Signature;
#[cfg(feature = "std")]
/// The pair, where one can sign.
pub type OraclePair = app_sr25519::Pair;
