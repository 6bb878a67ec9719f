//! What goes into a run and what comes out of it, on the engine's side.

use crate::{
    error::SandboxError,
    limits::Limits,
    wire::{encode, Reply, Request, Run, WireField, WireLog, WirePayload, MAX_REQUEST},
};
use neurite_core::{
    bounds::{MAX_OUTBOX, MAX_PAYLOAD_BYTES},
    Field, Input,
};
use serde_json::{Map, Value};
use std::borrow::Cow;

/// The key that the engine itself adds to bodies.
const PAYLOAD_ID: &str = "PAYLOAD_ID";

/// Something that the code made.
#[derive(Debug, Clone, PartialEq)]
pub enum Produced {
    /// A payload.
    Data(Map<String, Value>),
    /// Something that a person should know.
    Alert {
        /// What it says.
        text: String,
        /// What belongs to it.
        details: Map<String, Value>,
    },
}

/// What a run that succeeded left.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Outcome {
    /// What the code made, in order; at most [`MAX_OUTBOX`].
    pub produced: Vec<Produced>,
    /// The state after the batch, if the code has set it.
    pub state: Option<Value>,
}

/// Writes the question for a batch.
pub(crate) fn question(input: Input<'_>, state: &Value) -> Result<Vec<u8>, SandboxError> {
    let rows = input.batch.rows();
    if input.inference.iter().any(|field| field.tensor.rows() != rows || !field.tensor.is_consistent()) {
        return Err(SandboxError::Batch { reason: "an inference has not as many rows as its batch".into() });
    }
    let request = Request::Run(Run {
        start: input.batch.start(),
        state: Cow::Owned(state.to_string()),
        inputs: input.batch.fields().iter().map(field).collect(),
        inferences: input.inference.iter().map(field).collect(),
    });
    encode(&request, MAX_REQUEST).map_err(|error| SandboxError::Batch { reason: error.to_string() })
}

fn field(field: &Field) -> WireField<'_> {
    WireField {
        name: Cow::Borrowed(&field.name),
        columns: field.columns.as_deref().map(Cow::Borrowed),
        tensor: Cow::Borrowed(&field.tensor),
    }
}

/// Reads the answer to [`question`], believing nothing; logs what the code logged.
pub(crate) fn outcome(reply: Reply, limits: &Limits, name: &str) -> Result<Outcome, SandboxError> {
    match reply {
        Reply::Done { payloads, state, log } => {
            tell(&log, name);
            if payloads.len() > MAX_OUTBOX {
                return Err(protocol(format!("{} payloads", payloads.len())));
            }
            let produced = payloads.into_iter().map(produced).collect::<Result<_, _>>()?;
            Ok(Outcome { produced, state: state.map(|text| parse_state(&text, limits)).transpose()? })
        }
        Reply::Failed { fault, log } => {
            tell(&log, name);
            Err(SandboxError::Failed { fault })
        }
        Reply::Loaded | Reply::Refused(_) | Reply::Unconfined(_) => Err(protocol("an answer to another question".into())),
    }
}

fn produced(payload: WirePayload) -> Result<Produced, SandboxError> {
    match payload {
        WirePayload::Data(body) => Ok(Produced::Data(parse_object(&body)?)),
        WirePayload::Alert(text, details) => Ok(Produced::Alert { text, details: parse_object(&details)? }),
    }
}

fn parse_object(text: &str) -> Result<Map<String, Value>, SandboxError> {
    if text.len() > MAX_PAYLOAD_BYTES {
        return Err(protocol(format!("a payload of {} bytes", text.len())));
    }
    let object: Map<String, Value> =
        serde_json::from_str(text).map_err(|error| protocol(format!("a payload that is no object: {error}")))?;
    match object.keys().find(|key| is_reserved(key)) {
        Some(key) => Err(protocol(format!("the key {key:?} belongs to the engine"))),
        None => Ok(object),
    }
}

/// Tells whether a key of a body is the engine's to write.
pub(crate) fn is_reserved(key: &str) -> bool {
    neurite_protocol::keys::is_reserved(key) || key == PAYLOAD_ID
}

fn parse_state(text: &str, limits: &Limits) -> Result<Value, SandboxError> {
    if text.len() > limits.state() {
        return Err(protocol(format!("a state of {} bytes", text.len())));
    }
    serde_json::from_str(text).map_err(|error| protocol(format!("a state that is no JSON: {error}")))
}

fn protocol(reason: String) -> SandboxError {
    SandboxError::Protocol { reason }
}

/// Logs at a level that operators choose to see: what strangers write must not fill their logs.
fn tell(log: &WireLog, name: &str) {
    for line in log.text.lines() {
        tracing::debug!(target: "neurite_sandbox::code", name, line, "code says");
    }
    if log.dropped > 0 {
        tracing::debug!(target: "neurite_sandbox::code", name, bytes = log.dropped, "code said more than is kept");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done(payloads: Vec<WirePayload>, state: Option<&str>) -> Result<Outcome, SandboxError> {
        let reply = Reply::Done { payloads, state: state.map(str::to_owned), log: WireLog::default() };
        outcome(reply, &Limits { state_kb: 1, ..Limits::default() }, "test")
    }

    #[test]
    fn an_honest_answer_is_read() {
        let payloads = vec![WirePayload::Data(r#"{"A":1}"#.into()), WirePayload::Alert("hot".into(), "{}".into())];
        let outcome = done(payloads, Some("[1]")).unwrap();
        let data = Produced::Data(Map::from_iter([("A".to_owned(), 1.into())]));
        assert_eq!(outcome.produced, [data, Produced::Alert { text: "hot".into(), details: Map::new() }]);
        assert_eq!(outcome.state, Some(serde_json::json!([1])));
    }

    #[test]
    fn a_worker_that_writes_what_no_worker_writes_is_found_out() {
        let refused = |result: Result<Outcome, SandboxError>| assert!(matches!(result, Err(SandboxError::Protocol { .. })), "{result:?}");
        refused(done(vec![WirePayload::Data("[]".into())], None));
        refused(done(vec![WirePayload::Data("{\"A\":NaN}".into())], None));
        refused(done(vec![WirePayload::Data("{\"EE_SIGN\":1}".into())], None));
        refused(done(vec![WirePayload::Alert("t".into(), "{\"PAYLOAD_ID\":1}".into())], None));
        refused(done(vec![WirePayload::Data(format!("{{\"A\":{}}}", "[".repeat(100_000)))], None));
        refused(done(vec![WirePayload::Data(format!("{{\"A\":\"{}\"}}", "x".repeat(MAX_PAYLOAD_BYTES)))], None));
        refused(done(vec![WirePayload::Data("{}".into()); MAX_OUTBOX + 1], None));
        refused(done(vec![], Some(&format!("\"{}\"", "x".repeat(1024)))));
        refused(done(vec![], Some("[1,")));
        refused(outcome(Reply::Loaded, &Limits::default(), "test"));
    }
}
