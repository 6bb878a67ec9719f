//! The host functions, and what a run leaves behind.

use super::values::{batch_rows, from_json, rows, to_json};
use crate::{
    batch::is_reserved,
    limits::{Limits, MAX_CALLS, MAX_LOG_BYTES},
    wire::{Reply, Run, WireField, WireLog, WirePayload},
};
use monty_types::{CallArgs, ExcType, ExtFunctionResult, MontyException, MontyObject, ObjectRef, PrintWriter, PrintWriterCallback};
use neurite_core::bounds::{MAX_OUTBOX, MAX_PAYLOAD_BYTES};
use serde_json::Value;
use std::{
    borrow::Cow,
    time::{Duration, Instant},
};

/// What the functions of one run work on.
pub(super) struct Host<'a> {
    run: &'a Run<'a>,
    limits: Limits,
    begin: Instant,
    calls: usize,
    /// The state as JSON, once the code has set it.
    state: Option<String>,
    payloads: Vec<WirePayload>,
    payload_bytes: usize,
    log: Log,
}

/// What a function returns to the code: a value, or an exception in it.
type Answer = Result<MontyObject, MontyException>;

impl<'a> Host<'a> {
    /// The names that a script finds defined. Those from `eval` on are there to say why they do nothing.
    pub(super) const FUNCTIONS: [&'static str; 13] =
        ["inputs", "inferences", "columns", "state", "set_state", "emit", "alert", "log", "eval", "exec", "compile", "open", "__import__"];

    pub(super) fn new(run: &'a Run<'a>, limits: Limits) -> Self {
        let (begin, log) = (Instant::now(), Log::default());
        Self { run, limits, begin, calls: 0, state: None, payloads: Vec::new(), payload_bytes: 0, log }
    }

    /// Returns where `print` goes.
    pub(super) fn writer(&mut self) -> PrintWriter<'_> {
        PrintWriter::Callback(&mut self.log)
    }

    /// Counts a question to the host; returns an exception that the code cannot catch if it was one too many, or too late.
    pub(super) fn over_limit(&mut self) -> Option<MontyException> {
        self.calls += 1;
        let time: Duration = self.limits.time();
        if self.begin.elapsed() > time {
            return Some(MontyException::new(ExcType::TimeoutError, Some(format!("the batch took longer than {time:?}"))));
        }
        (self.calls > MAX_CALLS).then(|| MontyException::runtime_error(format!("more than {MAX_CALLS} calls of host functions")))
    }

    /// Answers the call of a function.
    pub(super) fn call(&mut self, name: &str, args: &CallArgs) -> ExtFunctionResult {
        let answer = match name {
            "inputs" => taking(name, args, &[]).map(|_| rows(&self.run.inputs, batch_rows(self.run))),
            "inferences" => taking(name, args, &[]).map(|_| rows(&self.run.inferences, batch_rows(self.run))),
            "columns" => self.columns(args),
            "state" => self.state(args),
            "set_state" => self.set_state(args),
            "emit" => self.emit(args),
            "alert" => self.alert(args),
            "log" => self.write(args),
            _ => Err(MontyException::new(
                ExcType::PermissionError,
                Some(format!("{name} is refused: only code that was signed runs, and it has no files")),
            )),
        };
        answer.map_or_else(ExtFunctionResult::Error, ExtFunctionResult::Return)
    }

    /// Returns the answer to the engine after a run to the end.
    pub(super) fn done(self) -> Reply {
        Reply::Done { payloads: self.payloads, state: self.state, log: self.log.0 }
    }

    /// Returns the answer to the engine after a run that failed.
    pub(super) fn failed(self, fault: String) -> Reply {
        Reply::Failed { fault, log: self.log.0 }
    }

    fn columns(&self, args: &CallArgs) -> Answer {
        let [field] = taking("columns", args, &["field"])?;
        let name = text("columns", "field", field)?;
        let found = |field: &&WireField<'_>| field.name == name;
        let field = self.run.inputs.iter().find(found).or_else(|| self.run.inferences.iter().find(found));
        let field = field.ok_or_else(|| MontyException::new(ExcType::KeyError, Some(format!("there is no field {name:?}"))))?;
        let names = |columns: &Cow<'_, [String]>| MontyObject::list(columns.iter().map(|column| MontyObject::string(column.as_str())));
        Ok(field.columns.as_ref().map_or_else(MontyObject::none, names))
    }

    fn state(&self, args: &CallArgs) -> Answer {
        let [] = taking("state", args, &[])?;
        let state = self.state.as_deref().unwrap_or(&self.run.state);
        let state: Value = serde_json::from_str(state).map_err(MontyException::runtime_error)?;
        Ok(from_json(&state))
    }

    fn set_state(&mut self, args: &CallArgs) -> Answer {
        let [value] = taking("set_state", args, &["value"])?;
        let value = required("set_state", "value", value)?;
        self.state = Some(to_json(value, self.limits.state())?.to_string());
        Ok(MontyObject::none())
    }

    fn emit(&mut self, args: &CallArgs) -> Answer {
        let [body] = taking("emit", args, &["body"])?;
        let body = self.object("emit", "body", required("emit", "body", body)?)?;
        self.push(body.len(), WirePayload::Data(body))
    }

    fn alert(&mut self, args: &CallArgs) -> Answer {
        let [message, details] = taking("alert", args, &["text", "details"])?;
        let message = text("alert", "text", message)?.to_owned();
        let details = match details.filter(|details| details.type_name() != "NoneType") {
            Some(details) => self.object("alert", "details", details)?,
            None => "{}".to_owned(),
        };
        self.push(message.len().saturating_add(details.len()), WirePayload::Alert(message, details))
    }

    fn write(&mut self, args: &CallArgs) -> Answer {
        let [line] = taking("log", args, &["text"])?;
        self.log.add(text("log", "text", line)?);
        self.log.add("\n");
        Ok(MontyObject::none())
    }

    /// Returns a dict as a JSON object.
    fn object(&self, function: &str, name: &str, value: ObjectRef<'_>) -> Result<String, MontyException> {
        let Value::Object(object) = to_json(value, self.limits.output().min(MAX_PAYLOAD_BYTES))? else {
            return Err(type_error(format!("{name} of {function} must be a dict, not {}", value.type_name())));
        };
        let reserved = object.keys().find(|key| is_reserved(key));
        if let Some(key) = reserved {
            return Err(MontyException::new(ExcType::ValueError, Some(format!("the key {key:?} belongs to the engine"))));
        }
        Ok(Value::Object(object).to_string())
    }

    fn push(&mut self, bytes: usize, payload: WirePayload) -> Answer {
        let total = self.payload_bytes.saturating_add(bytes);
        if total > self.limits.output() || bytes > MAX_PAYLOAD_BYTES {
            let limit = self.limits.output_kb;
            return Err(MontyException::runtime_error(format!("the payloads of this batch take more than {limit} KiB")));
        }
        if self.payloads.len() >= MAX_OUTBOX {
            return Err(MontyException::runtime_error(format!("this batch has more than {MAX_OUTBOX} payloads")));
        }
        self.payload_bytes = total;
        self.payloads.push(payload);
        Ok(MontyObject::none())
    }
}

/// Sorts arguments, positional and by name, into the places of a function.
fn taking<'a, const N: usize>(function: &str, args: &'a CallArgs, names: &[&str; N]) -> Result<[Option<ObjectRef<'a>>; N], MontyException> {
    let mut places = [None; N];
    if args.args().len() > N {
        return Err(type_error(format!("{function}() takes {N} arguments but {} were given", args.args().len())));
    }
    for (place, value) in places.iter_mut().zip(args.args()) {
        *place = Some(value);
    }
    for (key, value) in args.kwargs() {
        let place = names.iter().position(|name| key.as_str() == Some(*name)).and_then(|at| places.get_mut(at));
        match place {
            Some(place) if place.is_none() => *place = Some(value),
            _ => return Err(type_error(format!("{function}() got an argument that it does not take, or takes once"))),
        }
    }
    Ok(places)
}

fn required<'a>(function: &str, name: &str, value: Option<ObjectRef<'a>>) -> Result<ObjectRef<'a>, MontyException> {
    value.ok_or_else(|| type_error(format!("{function}() missing its argument '{name}'")))
}

fn text<'a>(function: &str, name: &str, value: Option<ObjectRef<'a>>) -> Result<&'a str, MontyException> {
    let value = required(function, name, value)?;
    value.as_str().ok_or_else(|| type_error(format!("{name} of {function} must be a str, not {}", value.type_name())))
}

fn type_error(message: String) -> MontyException {
    MontyException::new(ExcType::TypeError, Some(message))
}

/// Log lines up to a bound.
#[derive(Default)]
struct Log(WireLog);

impl Log {
    fn add(&mut self, text: &str) {
        let room = MAX_LOG_BYTES.saturating_sub(self.0.text.len());
        let kept = (0..=room.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        self.0.text.push_str(&text[..kept]);
        self.0.dropped = self.0.dropped.saturating_add((text.len() - kept) as u64);
    }
}

impl PrintWriterCallback for Log {
    fn stdout_write(&mut self, output: Cow<'_, str>) -> Result<(), MontyException> {
        self.add(&output);
        Ok(())
    }

    fn stdout_push(&mut self, end: char) -> Result<(), MontyException> {
        self.add(end.encode_utf8(&mut [0; 4]));
        Ok(())
    }
}
