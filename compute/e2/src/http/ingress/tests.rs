//! Tests of the routes of pipelines, over real HTTP.

use super::*;
use crate::base;
use axum::{routing::any, Router};
use futures::future::select_all;
use neurite_config::BaseFolder;
use neurite_core::{FailureClass, Response};
use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::{json, Value};
use std::net::SocketAddr;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// An HTTP server with nothing but an ingress.
struct Bench {
    ingress: HttpIngress,
    address: SocketAddr,
    token: String,
}

impl Bench {
    async fn new() -> Self {
        Self::with(HttpIngress::new(["open".to_owned()])).await
    }

    /// Makes a bench on which nobody waits for long.
    async fn impatient() -> Self {
        Self::with(HttpIngress { patience: Duration::from_millis(20), ..HttpIngress::new([]) }).await
    }

    async fn with(ingress: HttpIngress) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let base = BaseFolder::new(folder.path());
        let door = Door { ingress: ingress.clone(), token: base::api_token(&base).unwrap() };
        let token = std::fs::read_to_string(base.api_token()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/v1/pipelines/{name}/{*path}", any(answer)).with_state(door);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { ingress, address, token }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}/v1/pipelines/{path}", self.address)
    }

    fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        Client::new().post(self.url(path)).bearer_auth(&self.token).json(body)
    }

    fn open(&self, pipeline: &str, path: &str) -> Box<dyn RequestReader> {
        self.ingress.open(route(pipeline, path), 4).unwrap()
    }

    /// Sends the text of a request and returns the first line of the answer.
    async fn raw(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(request.replace("TOKEN", &self.token).as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer.lines().next().unwrap_or_default().to_owned()
    }
}

fn route(pipeline: &str, path: &str) -> Route {
    Route {
        pipeline: pipeline.into(),
        method: "POST",
        path: path.into(),
        summary: "Takes a number.".into(),
        request: Some(json!({ "type": "integer" })),
        response: json!({}),
        max_body: 64,
    }
}

async fn status(request: RequestBuilder) -> (StatusCode, String) {
    let answer = request.send().await.unwrap();
    let status = answer.status();
    let body: Value = answer.json().await.unwrap();
    assert!(body["reason"].is_string(), "{body}");
    (status, body["error"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_request_reaches_the_plugin_with_all_but_the_token() {
    let bench = Bench::new().await;
    let mut requests = bench.open("cameras", "frames/{id}");
    let ask = bench.post("cameras/frames/a%2Fb?from=3", &json!(7)).header("X-Kind", "one").header("X-Kind", "two");
    let asked = tokio::spawn(ask.send());
    let request = requests.next().await.unwrap();
    assert_eq!(request.segments["id"], "a/b");
    assert_eq!(request.query["from"], "3");
    assert_eq!(request.body, b"7");
    assert_eq!(request.headers["x-kind"], "one, two");
    assert!(!request.headers.contains_key("authorization"));
    (request.answer)(Response { status: 202, body: json!({ "row": 1 }) });
    let answer = asked.await.unwrap().unwrap();
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    assert_eq!(answer.json::<Value>().await.unwrap(), json!({ "row": 1 }));
}

#[tokio::test]
async fn the_token_is_asked_for_except_on_public_routes() {
    let bench = Bench::new().await;
    let _guarded = bench.open("cameras", "input");
    let refused = Client::new().post(bench.url("cameras/input")).bearer_auth("guess").send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    let unknown = Client::new().post(bench.url("nothing/input")).send().await.unwrap();
    assert_eq!(unknown.status(), StatusCode::UNAUTHORIZED, "strangers do not learn which pipelines there are");
    let mut requests = bench.open("open", "input");
    let asked = tokio::spawn(Client::new().post(bench.url("open/input")).send());
    (requests.next().await.unwrap().answer)(Response { status: 204, body: Value::Null });
    assert_eq!(asked.await.unwrap().unwrap().status(), StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn what_fits_no_route_is_refused() {
    let bench = Bench::new().await;
    let _requests = bench.open("cameras", "frames/{id}");
    for path in ["cameras/frames", "cameras/frames/1/2", "cameras/other/1", "nothing/frames/1"] {
        assert_eq!(status(bench.post(path, &json!(1))).await, (StatusCode::NOT_FOUND, "not_found".into()), "{path}");
    }
    let wrong = Client::new().get(bench.url("cameras/frames/1")).bearer_auth(&bench.token).send().await.unwrap();
    assert_eq!((wrong.status(), &wrong.headers()["allow"]), (StatusCode::METHOD_NOT_ALLOWED, &"POST".parse().unwrap()));
    let large = bench.post("cameras/frames/1", &json!("x".repeat(64)));
    assert_eq!(status(large).await, (StatusCode::PAYLOAD_TOO_LARGE, "too_large".into()));
    let chunks = "POST /v1/pipelines/cameras/frames/1 HTTP/1.1\r\nhost: a\r\nauthorization: Bearer TOKEN\r\ntransfer-encoding: chunked\r\n\
                  connection: close\r\n\r\n28\r\n0123456789012345678901234567890123456789\r\n28\r\n0123456789012345678901234567890123456789\r\n0\r\n\r\n";
    assert!(bench.raw(chunks).await.contains(" 413 "));
}

#[tokio::test]
async fn a_plugin_that_is_busy_or_gone_is_told_apart() {
    let bench = Bench::new().await;
    let mut requests = bench.ingress.open(route("cameras", "input"), 1).unwrap();
    let asks = [1, 2].map(|number| Box::pin(status(bench.post("cameras/input", &json!(number)))));
    // One finds the other waiting.
    let (refused, _, others) = select_all(asks).await;
    assert_eq!(refused, (StatusCode::TOO_MANY_REQUESTS, "too_many_requests".into()));
    drop(requests.next().await);
    assert_eq!(select_all(others).await.0, (StatusCode::SERVICE_UNAVAILABLE, "not_answered".into()));
}

#[tokio::test]
async fn neither_a_slow_plugin_nor_a_slow_sender_is_waited_for() {
    let bench = Bench::impatient().await;
    let _requests = bench.open("cameras", "input");
    assert_eq!(status(bench.post("cameras/input", &json!(1))).await, (StatusCode::GATEWAY_TIMEOUT, "answer_timeout".into()));
    let nothing = "POST /v1/pipelines/cameras/input HTTP/1.1\r\nhost: a\r\nauthorization: Bearer TOKEN\r\ncontent-length: 9\r\n\
                   connection: close\r\n\r\n";
    assert!(bench.raw(nothing).await.contains(" 408 "));
}

#[tokio::test]
async fn requests_are_answered_side_by_side() {
    const REQUESTS: u64 = 64;
    let bench = Bench::new().await;
    let mut requests = bench.ingress.open(route("cameras", "input"), REQUESTS as usize).unwrap();
    let ask = |number| tokio::spawn(bench.post("cameras/input", &json!(number)).send());
    let asks: Vec<_> = (0..REQUESTS).map(ask).collect();
    let mut waiting = Vec::new();
    while waiting.len() < REQUESTS as usize {
        waiting.push(requests.next().await.unwrap());
    }
    // The last comes first: nobody waits for another's answer.
    for request in waiting.into_iter().rev() {
        let number: u64 = serde_json::from_slice(&request.body).unwrap();
        (request.answer)(Response { status: 200, body: json!(number + 1) });
    }
    for (number, asked) in asks.into_iter().enumerate() {
        assert_eq!(asked.await.unwrap().unwrap().json::<usize>().await.unwrap(), number + 1);
    }
}

#[tokio::test]
async fn a_route_is_closed_with_its_reader_and_all_with_the_engine() {
    let bench = Bench::new().await;
    drop(bench.open("cameras", "input"));
    assert_eq!(status(bench.post("cameras/input", &json!(1))).await.0, StatusCode::NOT_FOUND);
    let mut requests = bench.open("cameras", "input");
    let asked = tokio::spawn(bench.post("cameras/input", &json!(1)).send());
    let request = requests.next().await.unwrap();
    bench.ingress.close();
    assert!(requests.next().await.is_none());
    (request.answer)(Response { status: 200, body: json!("done") });
    assert_eq!(asked.await.unwrap().unwrap().status(), StatusCode::OK, "what was taken is still answered");
    assert!(bench.ingress.open(route("cameras", "other"), 1).is_err_and(|error| error.is_transient()));
    assert!(bench.ingress.routes().is_empty());
}

#[tokio::test]
async fn the_most_exact_route_wins_and_none_is_opened_twice() {
    let ingress = HttpIngress::new([]);
    let _any = ingress.open(route("a", "frames/{id}"), 1).unwrap();
    let _exact = ingress.open(route("a", "frames/last"), 1).unwrap();
    let _other = ingress.open(route("b", "frames/{id}"), 1).unwrap();
    let _method = ingress.open(Route { method: "GET", ..route("a", "frames/{id}") }, 1).unwrap();
    for path in ["frames/{number}", "frames/last", "a b", ""] {
        let error = ingress.open(route("a", path), 1).err().unwrap();
        assert_eq!(error.class(), FailureClass::Document, "{path}");
    }
    for (max_body, capacity) in [(MAX_BODY + 1, 1), (1, 0), (1, MAX_CAPACITY + 1)] {
        assert!(ingress.open(Route { max_body, ..route("a", "more") }, capacity).is_err());
    }
    let path = ["frames".to_owned(), "last".to_owned()];
    let table::Found::Route { values, .. } = ingress.table().find("a", "POST", &path) else { panic!("nothing found") };
    assert!(values.is_empty());
    assert_eq!(ingress.routes().len(), 4);
}
