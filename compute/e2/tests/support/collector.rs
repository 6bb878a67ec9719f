//! A web server that keeps every payload it is sent, as a reader of an application would.

use axum::{extract::State, http::StatusCode, routing::post, Json, Router};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

/// What was received, by `PAYLOAD_ID`.
#[derive(Clone, Default)]
pub struct Collector {
    payloads: Arc<Mutex<Received>>,
    url: String,
}

#[derive(Default)]
struct Received {
    by_id: BTreeMap<String, Value>,
    repeats: usize,
    contradictions: Vec<(Value, Value)>,
}

impl Collector {
    /// Starts the server on a free port.
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let collector = Self { url: format!("http://{}/payloads", listener.local_addr().unwrap()), ..Self::default() };
        let router = Router::new().route("/payloads", post(receive)).with_state(collector.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        collector
    }

    /// Where payloads are to be sent.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The payloads of a pipeline, each once.
    pub fn of(&self, pipeline: &str) -> Vec<Value> {
        self.payloads.lock().unwrap().by_id.values().filter(|payload| payload["PIPELINE"] == pipeline).cloned().collect()
    }

    /// How many payloads came, each counted once.
    pub fn count(&self) -> usize {
        self.payloads.lock().unwrap().by_id.len()
    }

    /// How many payloads came again.
    pub fn repeats(&self) -> usize {
        self.payloads.lock().unwrap().repeats
    }

    /// Payloads that came with an identifier that another one had.
    pub fn contradictions(&self) -> Vec<(Value, Value)> {
        self.payloads.lock().unwrap().contradictions.clone()
    }
}

async fn receive(State(collector): State<Collector>, Json(payload): Json<Value>) -> StatusCode {
    // Results have no identifier: there is one per pipeline.
    let Some(id) = payload["PAYLOAD_ID"].as_str().map(str::to_owned) else { return StatusCode::NO_CONTENT };
    let mut received = collector.payloads.lock().unwrap();
    match received.by_id.get(&id).cloned() {
        Some(first) if first == payload => received.repeats += 1,
        Some(first) => received.contradictions.push((first, payload)),
        None => drop(received.by_id.insert(id, payload)),
    }
    StatusCode::NO_CONTENT
}
