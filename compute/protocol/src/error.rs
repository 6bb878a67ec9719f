//! What can go wrong when a message is made.

/// Says why a message, key, address or topic cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProtocolError {
    /// The text is not an address.
    #[error("{text:?} is not an address: {reason}")]
    InvalidAddress {
        /// The text, cut to 64 characters.
        text: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The bytes are no secret key of secp256k1.
    #[error("the secret key is not 32 bytes between 1 and the order of secp256k1")]
    InvalidSecret,
    /// A body has a key that belongs to the envelope.
    #[error("the body has the key {key}, which belongs to the envelope")]
    ReservedKey {
        /// The key.
        key: String,
    },
    /// The signed message would be larger than anybody believes.
    #[error("the message has {bytes} bytes, more than the {limit} that receivers believe")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// A part of a topic is empty, too long or has a reserved character.
    #[error("{level:?} cannot be a level of a topic")]
    InvalidTopic {
        /// The part, cut to 64 characters.
        level: String,
    },
    /// A body does not have the fields of its type.
    #[error("the body is not that of a {event}: {reason}")]
    InvalidBody {
        /// What the body should be of.
        event: &'static str,
        /// What is wrong with it.
        reason: String,
    },
}

/// Cuts a text from outside to a length that fits an error message.
pub(crate) fn shorten(text: &str) -> String {
    text.chars().take(64).collect()
}
