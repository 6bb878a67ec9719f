//! The keys of the envelope.

/// The signature: DER in base64url.
pub const SIGN: &str = "EE_SIGN";
/// The signer's address.
pub const SENDER: &str = "EE_SENDER";
/// The SHA-256 of the canonical text, in lower-case hexadecimal.
pub const HASH: &str = "EE_HASH";
/// An Ethereum signature that some peers add; neither made nor checked here.
pub const ETH_SIGN: &str = "EE_ETH_SIGN";
/// An Ethereum address that some peers add; neither made nor checked here.
pub const ETH_SENDER: &str = "EE_ETH_SENDER";
/// The keys that the hash does not cover.
pub const NOT_HASHED: [&str; 5] = [SIGN, SENDER, HASH, ETH_SIGN, ETH_SENDER];
/// The version of the canonical text; covered by the hash.
pub const SIGN_CANON: &str = "SIGN_CANON_V";
/// The only version that is made and believed.
pub const SIGN_CANON_CURRENT: &str = "v2";

/// The name that the node's operator gave it.
pub const ID: &str = "EE_ID";
/// The node's address.
pub const ADDR: &str = "EE_ADDR";
/// What kind of message it is.
pub const EVENT_TYPE: &str = "EE_EVENT_TYPE";
/// Node, pipeline, signature and instance that it comes from.
pub const PAYLOAD_PATH: &str = "EE_PAYLOAD_PATH";
/// When the node says it sent it, as `YYYY-MM-DD hh:mm:ss.ffffff`.
pub const TIMESTAMP: &str = "EE_TIMESTAMP";
/// The offset of that time, as `UTC+3` or `UTC-03:30`.
pub const TIMEZONE: &str = "EE_TIMEZONE";
/// The message's own name.
pub const MESSAGE_ID: &str = "EE_MESSAGE_ID";
/// The sender's count of messages.
pub const MESSAGE_SEQ: &str = "EE_MESSAGE_SEQ";
/// Whether the node is a supervisor.
pub const IS_SUPER: &str = "EE_IS_SUPER";

/// Tells whether a key belongs to the envelope, so that a body must not have it.
pub fn is_reserved(key: &str) -> bool {
    key.starts_with("EE_") || key == SIGN_CANON
}
