//! Requests from outside to a pipeline, over the engine's HTTP API.

use crate::{BoxFuture, PluginError};
use serde_json::Value;
use std::collections::BTreeMap;

/// A route of a pipeline: `/v1/pipelines/{pipeline}/{path}`.
#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    /// The pipeline's name.
    pub pipeline: String,
    /// `GET`, `POST`, `PUT` or `DELETE`.
    pub method: &'static str,
    /// The path below the pipeline, of segments that are plain or a `{name}`; without a slash at its ends.
    pub path: String,
    /// What the route does, in a sentence for the OpenAPI document.
    pub summary: String,
    /// JSON Schema of the request's body; `None` for one without.
    pub request: Option<Value>,
    /// JSON Schema of the answer's body.
    pub response: Value,
    /// The largest body that is read, in bytes.
    pub max_body: usize,
}

/// A request that matched a route.
pub struct Request {
    /// The values of the path's `{name}` segments.
    pub segments: BTreeMap<String, String>,
    /// The values of the query.
    pub query: BTreeMap<String, String>,
    /// The headers, by their names in lower case, at most [`MAX_HEADERS`](crate::bounds::MAX_HEADERS); without those that authorise towards the engine.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: Vec<u8>,
    /// Takes the answer; dropping it unused answers 503.
    pub answer: Box<dyn FnOnce(Response) + Send>,
}

impl std::fmt::Debug for Request {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { segments, query, body, .. } = self;
        formatter
            .debug_struct("Request")
            .field("segments", segments)
            .field("query", query)
            .field("bytes", &body.len())
            .finish_non_exhaustive()
    }
}

/// What a request is answered with.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The body, sent as JSON.
    pub body: Value,
}

/// The requests to one route, in the order in which they came.
pub trait RequestReader: Send {
    /// Returns the next request; `None` when the engine shuts down. Cancel-safe.
    fn next(&mut self) -> BoxFuture<'_, Option<Request>>;
}

/// The engine's HTTP API, as plugins see it.
pub trait Ingress: Send + Sync + 'static {
    /// Opens a route; it is closed when the reader is dropped. Requests that find `capacity` others waiting are answered 429.
    ///
    /// Fails with [`PluginError::Parameters`] if the path is malformed or taken.
    fn open(&self, route: Route, capacity: usize) -> Result<Box<dyn RequestReader>, PluginError>;
}
