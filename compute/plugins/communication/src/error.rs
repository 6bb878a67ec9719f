//! What can go wrong on the way to a system outside, and whether it may go right later.

use neurite_core::PluginError;
use neurite_mqtt::MqttError;
use std::time::Duration;

/// Why a payload was not delivered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SinkError {
    /// The payload is larger than what is sent in one piece.
    #[error("the payload has {bytes} bytes as JSON, more than {limit}")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// The payload has no `PAYLOAD_ID`, or one that the protocol cannot carry.
    #[error("the payload has no PAYLOAD_ID that can be acknowledged")]
    NoId,
    /// The MQTT broker did not take the payload.
    #[error(transparent)]
    Mqtt(#[from] MqttError),
    /// There is no connection.
    #[error("cannot connect: {reason}")]
    Unreachable {
        /// What happened.
        reason: String,
    },
    /// The connection broke before the payload was acknowledged.
    #[error("the connection broke before the payload was acknowledged: {reason}")]
    Lost {
        /// What happened.
        reason: String,
    },
    /// There was no acknowledgement in time.
    #[error("no acknowledgement within {after:?}")]
    TimedOut {
        /// How long was waited.
        after: Duration,
    },
    /// The server answered with another status than success.
    #[error("the server answered {status}")]
    Status {
        /// The HTTP status.
        status: u16,
    },
    /// The broker took the payload, but could not store or route it.
    #[error("the broker did not keep the payload: {reason}")]
    NotKept {
        /// What the broker said.
        reason: String,
    },
    /// The broker will never take the payload.
    #[error("the broker refused the payload: {reason}")]
    Refused {
        /// What the broker said.
        reason: String,
    },
    /// TLS cannot be used on this machine.
    #[error("TLS cannot be used: {reason}")]
    Tls {
        /// What is missing.
        reason: String,
    },
}

impl SinkError {
    /// Tells whether the same payload may be taken later.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Mqtt(error) => error.is_transient(),
            Self::Status { status } => matches!(status, 408 | 425 | 429 | 500..=599),
            Self::Unreachable { .. } | Self::Lost { .. } | Self::TimedOut { .. } | Self::NotKept { .. } => true,
            Self::TooLarge { .. } | Self::NoId | Self::Refused { .. } | Self::Tls { .. } => false,
        }
    }

    /// Makes a plugin's error of it; `service` says who was to take the payload.
    pub(crate) fn at(self, service: &str) -> PluginError {
        if self.is_transient() {
            PluginError::unavailable(service, self.to_string())
        } else {
            PluginError::internal(format!("{service}: {self}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_that_may_change_are_transient() {
        let transient: Vec<u16> = (100..600).filter(|status| SinkError::Status { status: *status }.is_transient()).collect();
        let expected: Vec<u16> = [408, 425, 429].into_iter().chain(500..600).collect();
        assert_eq!(transient, expected);
    }

    #[test]
    fn a_plugin_error_keeps_the_kind_and_names_the_service() {
        let transient = SinkError::Unreachable { reason: "refused".into() }.at("http://h");
        assert!(transient.is_transient());
        assert_eq!(transient.to_string(), "http://h is unavailable: cannot connect: refused");
        let permanent = SinkError::Status { status: 400 }.at("http://h");
        assert!(!permanent.is_transient());
        assert_eq!(permanent.to_string(), "http://h: the server answered 400");
    }
}
