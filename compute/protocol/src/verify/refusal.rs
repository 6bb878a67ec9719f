//! Why a received message is not believed.

use crate::Address;

/// A reason to refuse a message; nothing of it may be acted on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// It is larger than anybody may send.
    #[error("the message has {bytes} bytes, more than {limit}")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// It is not a JSON object with an envelope, or goes beyond the bounds of one.
    #[error("the message is malformed: {reason}")]
    Malformed {
        /// What is wrong.
        reason: String,
    },
    /// Sender, hash or signature is missing.
    #[error("the message has no {missing}")]
    Unsigned {
        /// The key that is missing.
        missing: &'static str,
    },
    /// The signature covers a canonical text of a version that is not supported.
    #[error("the version of the canonical text is not {}", crate::keys::SIGN_CANON_CURRENT)]
    UnsupportedCanon,
    /// The hash is not that of the message.
    #[error("the hash is not that of the message")]
    WrongHash,
    /// The signature is not that of the sender over the hash.
    #[error("the signature is not that of the sender")]
    WrongSignature,
    /// The message says that it comes from another node than the one that signed it.
    #[error("{signer} signed a message that names another node in {key}")]
    WrongSender {
        /// Who signed.
        signer: Address,
        /// The key that names another.
        key: &'static str,
    },
    /// It was sent longer ago than the window.
    #[error("the message was sent {age_ms} ms ago")]
    TooOld {
        /// How long ago, by the receiver's clock.
        age_ms: u64,
    },
    /// It is dated further in the future than clocks may differ.
    #[error("the message is dated {ahead_ms} ms in the future")]
    FromFuture {
        /// How far, by the receiver's clock.
        ahead_ms: u64,
    },
    /// The sender's count was already seen.
    #[error("the message {seq} of this sender was already seen")]
    Replayed {
        /// The count.
        seq: u64,
    },
    /// The sender sends more than it may.
    #[error("the sender sends more than it may")]
    RateExceeded,
    /// So many senders are known that there is no room for a new one.
    #[error("there is no room for a new sender")]
    TooManySenders,
    /// It could not be found out whether the message was already seen.
    #[error("{reason}")]
    StoreFailed {
        /// What happened.
        reason: String,
    },
}

impl Refusal {
    /// The names of all reasons in metrics; they never change.
    pub const METRICS: [&'static str; 13] = [
        "too_large",
        "malformed",
        "unsigned",
        "unsupported_canon",
        "wrong_hash",
        "wrong_signature",
        "wrong_sender",
        "too_old",
        "from_future",
        "replayed",
        "rate_exceeded",
        "too_many_senders",
        "store_failed",
    ];

    /// Returns the name of this reason in metrics.
    pub fn metric(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "too_large",
            Self::Malformed { .. } => "malformed",
            Self::Unsigned { .. } => "unsigned",
            Self::UnsupportedCanon => "unsupported_canon",
            Self::WrongHash => "wrong_hash",
            Self::WrongSignature => "wrong_signature",
            Self::WrongSender { .. } => "wrong_sender",
            Self::TooOld { .. } => "too_old",
            Self::FromFuture { .. } => "from_future",
            Self::Replayed { .. } => "replayed",
            Self::RateExceeded => "rate_exceeded",
            Self::TooManySenders => "too_many_senders",
            Self::StoreFailed { .. } => "store_failed",
        }
    }

    pub(crate) fn malformed(reason: impl Into<String>) -> Self {
        Self::Malformed { reason: reason.into() }
    }
}
