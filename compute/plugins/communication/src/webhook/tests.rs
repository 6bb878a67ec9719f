//! Tests of `WEBHOOK`: the contract with a real HTTP server, statuses, pauses, proofs of the sender and TLS.

use super::{sink::signature, *};
use crate::{
    peers::{certificate, context, within, Server},
    tls::Trust,
};
use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode},
    routing::post,
    serve::Listener,
    Router,
};
use neurite_core::{BoxFuture, Communication, Context, Plugin, PluginError, SecretText};
use neurite_testkit::{
    communication::{self, Peer},
    detached_context, free_address, FakeClock,
};
use serde_json::{json, Value};
use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::mpsc,
};
use tokio_rustls::{server::TlsStream, TlsAcceptor};

type Answer = (StatusCode, Vec<(HeaderName, HeaderValue)>);

/// What requests leave behind, and the answers that are not 204.
#[derive(Clone)]
struct Hook {
    requests: mpsc::UnboundedSender<(HeaderMap, Bytes)>,
    answers: Arc<Mutex<VecDeque<Answer>>>,
}

async fn take(State(hook): State<Hook>, headers: HeaderMap, body: Bytes) -> (StatusCode, HeaderMap) {
    hook.requests.send((headers, body)).unwrap();
    let (status, headers) = hook.answers.lock().unwrap().pop_front().unwrap_or((StatusCode::NO_CONTENT, vec![]));
    (status, HeaderMap::from_iter(headers))
}

struct WebPeer {
    address: SocketAddr,
    tls: Option<TlsAcceptor>,
    hook: Hook,
    requests: mpsc::UnboundedReceiver<(HeaderMap, Bytes)>,
    server: Option<Server>,
}

impl WebPeer {
    async fn started(tls: Option<TlsAcceptor>) -> Self {
        let (sender, requests) = mpsc::unbounded_channel();
        let hook = Hook { requests: sender, answers: Arc::default() };
        let mut peer = Self { address: free_address(), tls, hook, requests, server: None };
        peer.start().await;
        peer
    }

    fn url(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}/hooks/t0ken", self.address)
    }

    fn answer(&self, status: u16, headers: &[(&'static str, &str)]) {
        let header = |(name, value): &(&'static str, &str)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        let headers = headers.iter().map(header).collect();
        self.hook.answers.lock().unwrap().push_back((StatusCode::from_u16(status).unwrap(), headers));
    }

    async fn request(&mut self) -> (HeaderMap, Bytes) {
        within("a request", self.requests.recv()).await.unwrap()
    }
}

impl Peer for WebPeer {
    fn next(&mut self) -> BoxFuture<'_, Value> {
        Box::pin(async { serde_json::from_slice(&self.request().await.1).unwrap() })
    }

    fn stop(&mut self) -> BoxFuture<'_, ()> {
        Box::pin(self.server.take().unwrap().stop())
    }

    fn start(&mut self) -> BoxFuture<'_, ()> {
        let listener = std::net::TcpListener::bind(self.address).unwrap();
        listener.set_nonblocking(true).unwrap();
        let (tls, router) = (self.tls.clone(), Router::new().route("/hooks/t0ken", post(take)).with_state(self.hook.clone()));
        self.server = Some(Server::start(async move {
            let listener = TcpListener::from_std(listener).unwrap();
            match tls {
                Some(acceptor) => axum::serve(TlsListener { listener, acceptor }, router).await.unwrap(),
                None => axum::serve(listener, router).await.unwrap(),
            }
        }));
        Box::pin(std::future::ready(()))
    }
}

struct TlsListener {
    listener: TcpListener,
    acceptor: TlsAcceptor,
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let (stream, address) = self.listener.accept().await.unwrap();
            if let Ok(stream) = self.acceptor.accept(stream).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}

async fn open_in(plugin: &Webhook, parameters: Value, context: &Context) -> Result<Arc<dyn Communication>, PluginError> {
    plugin.open(serde_json::from_value(parameters).unwrap(), context).await
}

async fn open(url: &str) -> Arc<dyn Communication> {
    open_in(&Webhook::default(), json!({ "URL": url, "TIMEOUT_MS": 15_000 }), &detached_context()).await.unwrap()
}

async fn send(sink: &dyn Communication, number: usize) -> Result<(), PluginError> {
    sink.send(&communication::origin(), &communication::payload(number)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_contract_holds_over_http() {
    let mut peer = WebPeer::started(None).await;
    communication::keeps_the_contract(&*open(&peer.url()).await, &mut peer).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_contract_holds_over_https_with_a_trusted_certificate() {
    let (acceptor, roots) = certificate();
    let mut peer = WebPeer::started(Some(acceptor)).await;
    let plugin = Webhook { trust: Trust::Only(roots) };
    let sink = open_in(&plugin, json!({ "URL": peer.url() }), &detached_context()).await.unwrap();
    communication::keeps_the_contract(&*sink, &mut peer).await;
}

#[tokio::test]
async fn a_certificate_that_nobody_trusts_is_refused() {
    let (acceptor, _) = certificate();
    let mut peer = WebPeer::started(Some(acceptor)).await;
    let error = send(&*open(&peer.url()).await, 0).await.unwrap_err();
    assert!(error.is_transient() && error.to_string().contains("certificate"), "{error}");
    assert!(peer.requests.try_recv().is_err());
}

#[tokio::test]
async fn a_status_decides_whether_a_payload_is_sent_again() {
    let peer = WebPeer::started(None).await;
    let sink = open(&peer.url()).await;
    for status in [408, 425, 429, 500, 503] {
        peer.answer(status, &[]);
        let error = send(&*sink, 0).await.unwrap_err();
        assert!(error.is_transient() && error.to_string().contains(&status.to_string()), "{error}");
    }
    for status in [400, 401, 404, 410, 422] {
        peer.answer(status, &[]);
        let error = send(&*sink, 0).await.unwrap_err();
        assert!(!error.is_transient() && error.to_string().contains(&status.to_string()), "{error}");
        assert!(!error.to_string().contains("t0ken"), "{error}");
    }
    for status in [200, 202, 204] {
        peer.answer(status, &[]);
        send(&*sink, 0).await.unwrap();
    }
}

#[tokio::test]
async fn a_redirection_is_not_followed() {
    let (mut elsewhere, peer) = (WebPeer::started(None).await, WebPeer::started(None).await);
    let target = elsewhere.url();
    for status in [301, 307] {
        peer.answer(status, &[("location", target.as_str())]);
        assert!(!send(&*open(&peer.url()).await, 0).await.unwrap_err().is_transient());
    }
    assert!(elsewhere.requests.try_recv().is_err());
}

#[tokio::test]
async fn a_server_that_asks_for_a_pause_gets_it() {
    let mut peer = WebPeer::started(None).await;
    let clock = FakeClock::standing();
    let mut context = detached_context();
    context.services.clock = Arc::new(clock.clone());
    let sink = open_in(&Webhook::default(), json!({ "URL": peer.url() }), &context).await.unwrap();
    peer.answer(429, &[("retry-after", "30")]);
    assert!(send(&*sink, 0).await.unwrap_err().is_transient());
    peer.request().await;
    let again = tokio::spawn(async move { send(&*sink, 1).await });
    within("the wait", async {
        while clock.waiting() == 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    clock.advance(Duration::from_secs(29));
    tokio::task::yield_now().await;
    assert!(peer.requests.try_recv().is_err(), "asked before the pause was over");
    clock.advance(Duration::from_secs(1));
    within("the second try", again).await.unwrap().unwrap();
    assert_eq!(peer.next().await["NUMBER"], 1);
}

#[tokio::test]
async fn a_server_that_does_not_answer_in_time_is_transient() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let sink = open_in(&Webhook::default(), json!({ "URL": url, "TIMEOUT_MS": 100 }), &detached_context()).await.unwrap();
    let error = within("the end of patience", send(&*sink, 0)).await.unwrap_err();
    assert!(error.is_transient() && error.to_string().contains("no acknowledgement within 100ms"), "{error}");
}

#[tokio::test]
async fn receivers_can_tell_repeats_and_the_sender() {
    let mut peer = WebPeer::started(None).await;
    let secret = context(&peer.url(), None, Some("s3cret"));
    let user = context(&peer.url(), Some("ann"), Some("s3cret"));
    for (context, sign, header) in
        [(&secret, false, Some("Bearer s3cret")), (&user, false, Some("Basic YW5uOnMzY3JldA==")), (&secret, true, None)]
    {
        let sink = open_in(&Webhook::default(), json!({ "URL": "connection:house", "SIGN": sign }), context).await.unwrap();
        send(&*sink, 7).await.unwrap();
        let (headers, body) = peer.request().await;
        assert_eq!(headers["idempotency-key"], "test-7");
        assert_eq!(headers["content-type"], "application/json");
        assert_eq!(headers.get("authorization").map(|value| value.to_str().unwrap()), header);
        let expected = signature(&SecretText::new("s3cret"), &body);
        assert_eq!(headers.get("x-neurite-signature").map(|value| value.to_str().unwrap()), sign.then_some(expected.as_str()));
    }
}

#[tokio::test]
async fn what_leads_nowhere_is_a_fault_of_the_document() {
    let context = context("http://h", None, None);
    for (parameters, expected) in [
        (json!({ "URL": "ftp://h" }), "/URL"),
        (json!({ "URL": "http://" }), "/URL"),
        (json!({ "URL": "http://ann:s3cret@h" }), "/URL"),
        (json!({ "URL": "http://h", "SIGN": true }), "/SIGN"),
        (json!({ "URL": "connection:house", "SIGN": true }), "/SIGN"),
    ] {
        let error = open_in(&Webhook::default(), parameters.clone(), &context).await.err().expect("a fault");
        assert!(matches!(&error, PluginError::Parameters { path, .. } if path == expected), "{parameters}: {error}");
    }
}
