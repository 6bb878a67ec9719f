//! HTTP requests as messages.

use super::{Message, MessageSource};
use neurite_core::{BoxFuture, Clock, Context, PluginError, Request, RequestReader, Response, Route};
use serde_json::{json, Value};
use std::sync::Arc;

/// The most requests that may wait for being read.
pub(crate) const MAX_WAITING: u32 = 1024;

/// Gives an answer.
type Answer = Box<dyn FnOnce(Response) + Send>;

/// Says why a request is not taken, as the status and body of its answer.
pub(crate) type Check = Box<dyn Fn(&Request) -> Result<(), Response> + Send>;

/// The requests to a route, each of which is answered when its row is handed over, or when it is refused.
pub(crate) struct RequestRows {
    requests: Box<dyn RequestReader>,
    check: Check,
    origin: String,
    clock: Arc<dyn Clock>,
    /// The answers to the messages that were returned and not yet handed over.
    waiting: Vec<Answer>,
}

impl RequestRows {
    /// Opens a route of the context's pipeline; requests that pass the check become messages.
    ///
    /// Fails as [`neurite_core::Ingress::open`] does.
    pub(crate) fn open(route: Route, waiting: u32, check: Check, context: &Context) -> Result<Self, PluginError> {
        let origin = route.path.clone();
        let requests = context.services.ingress.open(route, usize::try_from(waiting).unwrap_or(1))?;
        Ok(Self { requests, check, origin, clock: context.services.clock.clone(), waiting: Vec::new() })
    }

    /// Describes a route that takes bodies and answers with the number of a row.
    pub(crate) fn route(method: &'static str, path: &str, summary: &str, max_body: usize, context: &Context) -> Route {
        Route {
            pipeline: context.pipeline.clone(),
            method,
            path: path.to_owned(),
            summary: summary.to_owned(),
            request: Some(json!({})),
            response: json!({
                "type": "object",
                "required": ["row"],
                "properties": { "row": { "type": "integer", "minimum": 1, "description": "The row that the body became, counted from 1." } }
            }),
            max_body,
        }
    }
}

/// Makes an answer that says why a request was not taken, in the words of the engine's API.
pub(crate) fn refusal(status: u16, error: &str, reason: impl Into<Value>) -> Response {
    Response { status, body: json!({ "error": error, "reason": reason.into() }) }
}

impl MessageSource for RequestRows {
    fn next(&mut self) -> BoxFuture<'_, Result<Message, PluginError>> {
        Box::pin(async move {
            while let Some(request) = self.requests.next().await {
                match (self.check)(&request) {
                    Ok(()) => {
                        self.waiting.push(request.answer);
                        return Ok(Message::now(&*self.clock, &self.origin, request.body));
                    }
                    Err(refusal) => (request.answer)(refusal),
                }
            }
            // The engine shuts down and is about to end this source; a source without an end must not end by itself.
            std::future::pending().await
        })
    }

    fn refuse<'a>(&'a mut self, reason: &'a PluginError) -> BoxFuture<'a, Result<(), PluginError>> {
        if let Some(answer) = self.waiting.pop() {
            answer(refusal(422, "not_a_row", reason.to_string()));
        }
        Box::pin(async { Ok(()) })
    }

    fn handed_over(&mut self, first: u64) {
        for (row, answer) in (first.saturating_add(1)..).zip(self.waiting.drain(..)) {
            answer(Response { status: 202, body: json!({ "row": row }) });
        }
    }
}
