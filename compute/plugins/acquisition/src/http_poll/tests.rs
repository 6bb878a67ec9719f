//! Tests of `HttpPoll` with a web server that says what the test wants.

use super::*;
use neurite_core::{
    Acquisition, Connection, Connections, Context, Endpoint, FailureClass, Field, Plugin, PluginError, SecretText, Services,
};
use neurite_testkit::{detached_context, FakeClock};
use serde_json::{json, Value};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
    time::timeout,
};

const DEADLINE: Duration = Duration::from_secs(60);

/// A web server that gives one answer after the other, the last for ever, and remembers what it was asked.
struct Server {
    url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn start(answers: &[&str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/data?key=secret", listener.local_addr().unwrap());
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let (told, mut answers) = (asked.clone(), answers.iter().map(|answer| (*answer).to_owned()).collect::<VecDeque<_>>());
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut request = String::new();
                let mut reader = BufReader::new(&mut stream);
                // The head ends with an empty line; what is no text is no request.
                while reader.read_line(&mut request).await.is_ok_and(|bytes| bytes > 2) {}
                told.lock().unwrap().push(request.to_lowercase());
                let answer = if answers.len() > 1 { answers.pop_front().unwrap() } else { answers[0].clone() };
                // A client that has read enough hangs up.
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        Self { url, asked }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn answer(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n{headers}\r\n{body}", body.len())
}

fn context() -> Context {
    let context = detached_context();
    Context { services: Services { clock: Arc::new(FakeClock::jumping()), ..context.services.clone() }, ..context }
}

async fn open(parameters: Value) -> Result<Box<dyn Acquisition>, PluginError> {
    open_in(parameters, &context()).await
}

async fn open_in(parameters: Value, context: &Context) -> Result<Box<dyn Acquisition>, PluginError> {
    let parameters: HttpPollParameters = serde_json::from_value(parameters).unwrap();
    assert_eq!(HttpPoll.check(&parameters), []);
    HttpPoll.open(parameters, context).await
}

async fn messages(rows: &mut dyn Acquisition, wanted: usize) -> Vec<String> {
    let mut read = Vec::new();
    while read.len() < wanted {
        let batch = timeout(DEADLINE, rows.next_batch()).await.expect("a batch in time").unwrap().unwrap();
        assert_eq!(batch.start(), read.len() as u64);
        read.extend_from_slice(batch.field(Field::MESSAGE).unwrap().as_text().unwrap());
    }
    read
}

async fn failure(rows: &mut dyn Acquisition) -> PluginError {
    loop {
        match timeout(DEADLINE, rows.next_batch()).await.expect("an end in time") {
            Ok(batch) => assert!(batch.is_some(), "a source without an end has ended"),
            Err(error) => return error,
        }
    }
}

#[tokio::test]
async fn elements_of_an_array_and_single_values_become_rows() {
    let array = answer("200 OK", "", r#" [{"x": 1.00}, 2, "three"]"#);
    let object = answer("200 OK", "", r#"{"x": [4]}"#);
    let server = Server::start(&[&array, &object]).await;
    let mut rows = open(json!({ "URL": server.url })).await.unwrap();
    assert_eq!(messages(&mut *rows, 4).await[..4], [r#"{"x": 1.00}"#, "2", r#""three""#, r#"{"x": [4]}"#]);
}

#[tokio::test]
async fn lines_become_rows() {
    let server = Server::start(&[&answer("200 OK", "", "one\n\n  \ntwo\r\n")]).await;
    let mut rows = open(json!({ "URL": server.url, "FORMAT": "LINES", "BATCH_ROWS": 1 })).await.unwrap();
    assert_eq!(messages(&mut *rows, 2).await, ["one", "two"]);
}

#[tokio::test]
async fn a_version_that_was_read_is_not_read_again() {
    let first = answer("200 OK", "etag: \"v1\"\r\nlast-modified: Sat, 21 Nov 2026 10:00:00 GMT\r\n", "[1]");
    let same = answer("304 Not Modified", "", "");
    let second = answer("200 OK", "etag: \"v2\"\r\n", "[2]");
    let server = Server::start(&[&first, &same, &same, &second, &same]).await;
    let mut rows = open(json!({ "URL": server.url })).await.unwrap();
    assert_eq!(messages(&mut *rows, 2).await, ["1", "2"]);
    let asked = server.asked();
    assert!(!asked[0].contains("if-none-match"));
    for request in &asked[1..4] {
        assert!(request.contains("if-none-match: \"v1\"") && request.contains("if-modified-since: sat, 21 nov"), "{request}");
    }
}

#[tokio::test]
async fn a_server_that_fails_for_a_while_is_asked_again_and_one_that_stays_so_is_unavailable() {
    let fails = answer("503 Service Unavailable", "", "");
    let works = answer("200 OK", "", "[1]");
    let mut answers = vec![fails.as_str(); FAILURES as usize - 1];
    answers.push(&works);
    answers.push(&fails);
    let server = Server::start(&answers).await;
    let mut rows = open(json!({ "URL": server.url })).await.unwrap();
    assert_eq!(messages(&mut *rows, 1).await, ["1"]);
    let error = failure(&mut *rows).await;
    assert!(error.is_transient() && error.to_string().contains("503"), "{error}");
    assert!(!error.to_string().contains("secret"), "{error}");
    assert_eq!(server.asked().len(), 2 * FAILURES as usize);
}

#[tokio::test]
async fn what_will_not_get_better_is_a_failure_of_the_input() {
    let long = "x".repeat(101);
    for (given, reason) in [
        (answer("404 Not Found", "", ""), "404"),
        (answer("302 Found", "location: http://169.254.169.254/\r\n", ""), "redirects are not followed"),
        (answer("200 OK", "", &long), "more than 100 bytes"),
        (format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n65\r\n{long}\r\n0\r\n\r\n"), "more than 100 bytes"),
        (answer("200 OK", "", "{"), "no JSON"),
    ] {
        let server = Server::start(&[&given]).await;
        let mut rows = open(json!({ "URL": server.url, "MAX_BODY_BYTES": 100 })).await.unwrap();
        let error = failure(&mut *rows).await;
        assert_eq!(error.class(), FailureClass::Input, "{error}");
        assert!(error.to_string().contains(reason), "{error}");
        assert_eq!(server.asked().len(), 1);
    }
}

#[tokio::test]
async fn nobody_there_and_no_tls_are_transient() {
    let server = Server::start(&["no HTTP at all"]).await;
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    for url in [format!("http://{closed}/"), server.url.replace("http:", "https:"), server.url.clone()] {
        let mut rows = open(json!({ "URL": url })).await.unwrap();
        assert!(failure(&mut *rows).await.is_transient());
    }
}

#[tokio::test]
async fn a_connection_brings_its_password_or_its_token() {
    let server = Server::start(&[&answer("200 OK", "", "[1]")]).await;
    let connection = |user: Option<&str>| {
        let password = Some(SecretText::new("open sesame"));
        Connection { endpoint: Endpoint { url: server.url.clone(), user: user.map(str::to_owned), password }, open_to_jobs: false }
    };
    let connections = BTreeMap::from([("basic".to_owned(), connection(Some("me"))), ("bearer".to_owned(), connection(None))]);
    let context = context();
    let context =
        Context { services: Services { connections: Arc::new(Connections::new(connections)), ..context.services.clone() }, ..context };
    for (name, header) in [("basic", "authorization: basic bwu6b3blbibzzxnhbwu="), ("bearer", "authorization: bearer open sesame")] {
        let mut rows = open_in(json!({ "URL": format!("connection:{name}") }), &context).await.unwrap();
        messages(&mut *rows, 1).await;
        assert!(server.asked().iter().any(|request| request.contains(header)), "{:?}", server.asked());
    }
    let error = open(json!({ "URL": "ftp://127.0.0.1/" })).await.err().unwrap();
    assert!(matches!(&error, PluginError::Parameters { path, .. } if path == "/URL"), "{error}");
}
