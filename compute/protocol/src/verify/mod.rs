//! What a receiver believes.
//!
//! [`authenticate`] is stateless and costs most of the time: size, form, hash, signature, and that nobody speaks in another's
//! name. [`Verifier::admit`] then asks for what depends on the receiver's past and clock, in this order: age, replay, rate. The
//! rate comes last, so that nobody can use up the rate of another by sending its messages again; senders are only remembered once
//! their signature is known to be right.

mod rate;
mod refusal;

pub use rate::Rate;
pub use refusal::Refusal;

use crate::{
    canonical::{self, Form},
    envelope::{digest, PayloadPath},
    heartbeat::Heartbeat,
    identity, keys, time, Address, EventType, HeartbeatBody, Observed, ReplayStore, UnixMillis, MAX_MESSAGE,
};
use rate::RateLimiter;
use serde_json::{Map, Value};

/// The longest `EE_MESSAGE_ID` that is kept, in bytes.
const LONGEST_ID: usize = 128;

/// A message whose signature is right; what it says was parsed from the bytes that the signature covers.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// What kind it is.
    pub event: EventType,
    /// Who signed it.
    pub sender: Address,
    /// Where it comes from, as the sender says.
    pub path: PayloadPath,
    /// When it was sent, as the sender says.
    pub sent_at: UnixMillis,
    /// The sender's count.
    pub seq: u64,
    /// The message's own name, if it has one.
    pub id: Option<String>,
    /// Everything that the hash covers, the envelope included.
    pub body: Map<String, Value>,
}

impl Message {
    /// Reads what a heartbeat says; `None` for other messages.
    ///
    /// # Errors
    /// `Malformed` if a field has the wrong type.
    pub fn heartbeat(&self) -> Result<Option<Heartbeat>, Refusal> {
        if self.event != EventType::Heartbeat {
            return Ok(None);
        }
        let body = HeartbeatBody::from_wire(&self.body).map_err(|error| Refusal::malformed(error.to_string()))?;
        Ok(Some(Heartbeat { node: self.sender, seq: self.seq, body }))
    }
}

/// Checks everything about a message that depends on nothing but the message.
///
/// # Errors
/// The first [`Refusal`] that applies.
pub fn authenticate(raw: &[u8]) -> Result<Message, Refusal> {
    if raw.len() > MAX_MESSAGE {
        return Err(Refusal::TooLarge { bytes: raw.len(), limit: MAX_MESSAGE });
    }
    let message = canonical::canonical_message(raw).map_err(|error| Refusal::malformed(error.to_string()))?;
    let signed = |key| message.not_hashed.get(key).filter(|text| !text.is_empty()).ok_or(Refusal::Unsigned { missing: key });
    let (sender, hash, signature) = (signed(keys::SENDER)?, signed(keys::HASH)?, signed(keys::SIGN)?);
    let sender: Address = sender.parse().map_err(|error: crate::ProtocolError| Refusal::malformed(error.to_string()))?;
    let digest = matching_digest(&message.text, hash).ok_or(Refusal::WrongHash)?;
    if !identity::verify_digest(&sender, &digest, signature) {
        return Err(Refusal::WrongSignature);
    }
    match canonical::read(&message.text) {
        Ok(Value::Object(body)) => read(sender, body),
        Ok(_) => Err(Refusal::malformed("the message is not an object")),
        Err(error) => Err(Refusal::malformed(error.to_string())),
    }
}

/// Returns the digest whose hexadecimal text is `hash`, if one of the forms of the text has it.
fn matching_digest(text: &str, hash: &str) -> Option<[u8; 32]> {
    let forms: &[Form] = if text.is_ascii() { &[Form::Ascii, Form::Utf8] } else { &[Form::Utf8, Form::Ascii] };
    forms.iter().map(|form| digest(text, *form)).find(|digest| hex::encode(digest) == hash)
}

/// Reads the envelope of a message whose signature is right.
fn read(sender: Address, body: Map<String, Value>) -> Result<Message, Refusal> {
    match body.get(keys::SIGN_CANON) {
        None => {}
        Some(Value::String(version)) if version == keys::SIGN_CANON_CURRENT => {}
        Some(_) => return Err(Refusal::UnsupportedCanon),
    }
    let string = |key: &str| body.get(key).and_then(Value::as_str);
    let missing = |key: &str| Refusal::malformed(format!("{key} is missing or not what it should be"));
    let event = string(keys::EVENT_TYPE).and_then(EventType::from_wire).ok_or_else(|| missing(keys::EVENT_TYPE))?;
    let path = body.get(keys::PAYLOAD_PATH).and_then(PayloadPath::from_value).ok_or_else(|| missing(keys::PAYLOAD_PATH))?;
    let sent_at = string(keys::TIMESTAMP).and_then(|at| time::parse(at, string(keys::TIMEZONE)));
    let sent_at = sent_at.ok_or_else(|| missing(keys::TIMESTAMP))?;
    let seq = body.get(keys::MESSAGE_SEQ).and_then(Value::as_u64).ok_or_else(|| missing(keys::MESSAGE_SEQ))?;
    let id = string(keys::MESSAGE_ID).filter(|id| id.len() <= LONGEST_ID).map(str::to_owned);
    let message = Message { event, sender, path, sent_at, seq, id, body };
    check_names(&message)?;
    Ok(message)
}

/// Refuses a message that names another node than its signer; a heartbeat must name one.
fn check_names(message: &Message) -> Result<(), Refusal> {
    let signer = message.sender;
    let own = signer.to_string();
    match message.body.get(keys::ADDR) {
        Some(Value::String(address)) if *address == own => {}
        None if message.event != EventType::Heartbeat => {}
        _ => return Err(Refusal::WrongSender { signer, key: keys::ADDR }),
    }
    if message.path.node.starts_with(crate::address::PREFIX) && message.path.node != own {
        return Err(Refusal::WrongSender { signer, key: keys::PAYLOAD_PATH });
    }
    Ok(())
}

/// What a verifier allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerifierConfig {
    /// The oldest message that is believed, in milliseconds.
    pub max_age_ms: u64,
    /// How far a sender's clock may be ahead, in milliseconds.
    pub max_ahead_ms: u64,
    /// What each sender may send.
    pub rate: Rate,
    /// The most senders whose rate is watched at once.
    pub max_senders: usize,
}

impl Default for VerifierConfig {
    /// Two minutes of age, half a minute ahead, 50 messages a second in bursts of 200, 16,384 senders.
    fn default() -> Self {
        Self { max_age_ms: 120_000, max_ahead_ms: 30_000, rate: Rate { per_second: 50, burst: 200 }, max_senders: 16_384 }
    }
}

impl VerifierConfig {
    /// Returns how long a replay store must remember a sender after its last message, in milliseconds.
    pub fn retention_ms(&self) -> u64 {
        self.max_age_ms.saturating_add(self.max_ahead_ms)
    }
}

/// Decides which messages are believed, given what was seen before and the receiver's clock.
#[derive(Debug)]
pub struct Verifier<S> {
    config: VerifierConfig,
    store: S,
    rates: RateLimiter,
}

impl<S: ReplayStore> Verifier<S> {
    /// Makes a verifier with a store that keeps senders for at least [`VerifierConfig::retention_ms`].
    pub fn new(config: VerifierConfig, store: S) -> Self {
        Self { config, store, rates: RateLimiter::new(config.rate, config.max_senders) }
    }

    /// Returns the configuration.
    pub fn config(&self) -> &VerifierConfig {
        &self.config
    }

    /// Verifies a message received at `now`.
    ///
    /// # Errors
    /// The first [`Refusal`] that applies.
    pub fn verify(&mut self, raw: &[u8], now: UnixMillis) -> Result<Message, Refusal> {
        let message = authenticate(raw)?;
        self.admit(&message, now)?;
        Ok(message)
    }

    /// Checks age, replay and rate of a message that [`authenticate`] returned; admits each message once.
    ///
    /// # Errors
    /// The first [`Refusal`] that applies.
    pub fn admit(&mut self, message: &Message, now: UnixMillis) -> Result<(), Refusal> {
        let age_ms = now.saturating_sub(message.sent_at);
        if age_ms > self.config.max_age_ms {
            return Err(Refusal::TooOld { age_ms });
        }
        let ahead_ms = message.sent_at.saturating_sub(now);
        if ahead_ms > self.config.max_ahead_ms {
            return Err(Refusal::FromFuture { ahead_ms });
        }
        match self.store.observe(&message.sender, message.seq, now) {
            Ok(Observed::New) => {}
            Ok(Observed::Seen) => return Err(Refusal::Replayed { seq: message.seq }),
            Ok(Observed::Full) => return Err(Refusal::TooManySenders),
            Err(error) => return Err(Refusal::StoreFailed { reason: error.to_string() }),
        }
        if self.rates.take(&message.sender, now) {
            Ok(())
        } else {
            Err(Refusal::RateExceeded)
        }
    }
}
