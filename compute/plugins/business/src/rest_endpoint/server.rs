//! The task that answers requests.

use super::window::Window;
use neurite_core::{Context, PluginError, Request, RequestReader, Response, Route};
use serde_json::{json, Value};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::task::JoinHandle;

/// The most requests that wait for an answer.
pub const MAX_WAITING: usize = 64;

/// The route and its task, which end when this is dropped.
pub(super) struct Server {
    shown: Arc<Mutex<Window>>,
    task: JoinHandle<()>,
}

impl Server {
    /// Opens the route and answers with what [`Server::show`] was given last. To be called within a runtime.
    pub(super) fn open(path: &str, summary: &str, context: &Context) -> Result<Self, PluginError> {
        let route = Route {
            pipeline: context.pipeline.clone(),
            method: "GET",
            path: path.to_owned(),
            summary: summary.to_owned(),
            request: None,
            response: schema(),
            max_body: 0,
        };
        let requests = context.services.ingress.open(route, MAX_WAITING)?;
        let shown = Arc::new(Mutex::new(Window::default()));
        let task = tokio::spawn(serve(requests, shown.clone()));
        Ok(Self { shown, task })
    }

    /// Replaces what is answered.
    pub(super) fn show(&self, window: &Window) {
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = window.clone();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut requests: Box<dyn RequestReader>, shown: Arc<Mutex<Window>>) {
    while let Some(Request { query, answer, .. }) = requests.next().await {
        let window = shown.lock().unwrap_or_else(PoisonError::into_inner).clone();
        answer(respond(&window, query.get("limit").map(String::as_str)));
    }
}

/// Returns the answer to a request for at most `limit` rows.
pub(super) fn respond(window: &Window, limit: Option<&str>) -> Response {
    match limit.map_or(Ok(usize::MAX), str::parse) {
        Ok(limit) => Response { status: 200, body: window.answer(limit) },
        Err(_) => Response { status: 400, body: json!({ "error": "limit is no number of rows" }) },
    }
}

/// The JSON Schema of answers.
fn schema() -> Value {
    let row = json!({
        "type": "object",
        "properties": { "ROW": { "type": "integer" }, "TIME": { "type": ["integer", "null"] }, "VALUES": { "type": "object" } }
    });
    json!({
        "type": "object",
        "required": ["ROWS", "LAST", "WINDOW"],
        "properties": {
            "ROWS": { "type": "integer", "description": "Rows so far." },
            "LAST": { "anyOf": [row, { "type": "null" }], "description": "The last row." },
            "WINDOW": { "type": "array", "items": row, "description": "The last rows, oldest first." }
        }
    })
}
