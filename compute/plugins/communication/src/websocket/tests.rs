//! Tests of `WEBSOCKET`: the contract with a real WebSocket server, its acknowledgements and TLS.

use super::*;
use crate::{
    peers::{certificate, context, within, Server},
    tls::Trust,
};
use futures::{SinkExt, StreamExt};
use neurite_core::{BoxFuture, Communication, Context, Plugin, PluginError};
use neurite_testkit::{
    communication::{self, Peer},
    detached_context, free_address,
};
use serde_json::{json, Value};
use std::{net::SocketAddr, sync::Arc};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
    sync::mpsc,
};
use tokio_rustls::TlsAcceptor;
use tokio_tungstenite::{
    accept_hdr_async,
    tungstenite::{
        handshake::server::{ErrorResponse, Request, Response},
        Message,
    },
};

/// Which payloads the server acknowledges.
#[derive(Clone, Copy, PartialEq)]
enum Acknowledges {
    All,
    None,
    /// Those with an odd number.
    Odd,
}

#[derive(Clone)]
struct Script {
    acknowledges: Acknowledges,
    messages: mpsc::UnboundedSender<Value>,
    /// What the handshake must show.
    authorization: Option<&'static str>,
}

struct SocketPeer {
    address: SocketAddr,
    tls: Option<TlsAcceptor>,
    script: Script,
    messages: mpsc::UnboundedReceiver<Value>,
    server: Option<Server>,
}

impl SocketPeer {
    async fn started(acknowledges: Acknowledges, authorization: Option<&'static str>, tls: Option<TlsAcceptor>) -> Self {
        let (sender, messages) = mpsc::unbounded_channel();
        let script = Script { acknowledges, messages: sender, authorization };
        let mut peer = Self { address: free_address(), tls, script, messages, server: None };
        peer.start().await;
        peer
    }

    fn url(&self) -> String {
        let scheme = if self.tls.is_some() { "wss" } else { "ws" };
        format!("{scheme}://{}/push/t0ken", self.address)
    }
}

impl Peer for SocketPeer {
    fn next(&mut self) -> BoxFuture<'_, Value> {
        Box::pin(async { within("a message", self.messages.recv()).await.unwrap() })
    }

    fn stop(&mut self) -> BoxFuture<'_, ()> {
        Box::pin(self.server.take().unwrap().stop())
    }

    fn start(&mut self) -> BoxFuture<'_, ()> {
        let listener = std::net::TcpListener::bind(self.address).unwrap();
        listener.set_nonblocking(true).unwrap();
        let (tls, script) = (self.tls.clone(), self.script.clone());
        self.server = Some(Server::start(async move {
            let listener = TcpListener::from_std(listener).unwrap();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (tls, script) = (tls.clone(), script.clone());
                tokio::spawn(async move {
                    match tls {
                        Some(acceptor) => {
                            if let Ok(stream) = acceptor.accept(stream).await {
                                converse(stream, script).await;
                            }
                        }
                        None => converse(stream, script).await,
                    }
                });
            }
        }));
        Box::pin(std::future::ready(()))
    }
}

async fn converse(stream: impl AsyncRead + AsyncWrite + Unpin, script: Script) {
    let wanted = script.authorization;
    #[allow(clippy::result_large_err)] // The library's type.
    let check = |request: &Request, response: Response| {
        let shown = request.headers().get("authorization").map(|value| value.to_str().unwrap());
        if shown == wanted {
            Ok(response)
        } else {
            let mut refusal = ErrorResponse::new(None);
            *refusal.status_mut() = tokio_tungstenite::tungstenite::http::StatusCode::UNAUTHORIZED;
            Err(refusal)
        }
    };
    let Ok(mut socket) = accept_hdr_async(stream, check).await else { return };
    while let Some(Ok(message)) = socket.next().await {
        let Message::Text(text) = message else { continue };
        let value: Value = serde_json::from_str(&text).unwrap();
        let odd = value["NUMBER"].as_u64().unwrap() % 2 == 1;
        let acknowledgement = json!({ "ACK": value["PAYLOAD_ID"] }).to_string();
        script.messages.send(value).unwrap();
        if script.acknowledges == Acknowledges::All || script.acknowledges == Acknowledges::Odd && odd {
            socket.send(Message::text(acknowledgement)).await.unwrap();
        }
    }
}

async fn open_in(plugin: &WebSocket, parameters: Value, context: &Context) -> Result<Arc<dyn Communication>, PluginError> {
    plugin.open(serde_json::from_value(parameters).unwrap(), context).await
}

async fn open(url: &str, ack: bool, timeout_ms: u64) -> Arc<dyn Communication> {
    let parameters = json!({ "URL": url, "ACK": ack, "TIMEOUT_MS": timeout_ms });
    open_in(&WebSocket::default(), parameters, &detached_context()).await.unwrap()
}

async fn send(sink: &dyn Communication, number: usize) -> Result<(), PluginError> {
    sink.send(&communication::origin(), &communication::payload(number)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_contract_holds_with_acknowledgements() {
    let mut peer = SocketPeer::started(Acknowledges::All, None, None).await;
    communication::keeps_the_contract(&*open(&peer.url(), true, 15_000).await, &mut peer).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_contract_holds_over_tls() {
    let (acceptor, roots) = certificate();
    let mut peer = SocketPeer::started(Acknowledges::All, None, Some(acceptor)).await;
    let plugin = WebSocket { trust: Trust::Only(roots) };
    let sink = open_in(&plugin, json!({ "URL": peer.url(), "ACK": true }), &detached_context()).await.unwrap();
    communication::keeps_the_contract(&*sink, &mut peer).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_acknowledgements_payloads_arrive_all_the_same() {
    let mut peer = SocketPeer::started(Acknowledges::None, None, None).await;
    let sink = open(&peer.url(), false, 15_000).await;
    communication::keeps_the_order_of_a_caller(&*sink, &mut peer).await;
    communication::delivers_for_many_callers_at_once(&*sink, &mut peer).await;
    communication::carries_the_largest_payload(&*sink, &mut peer).await;
}

#[tokio::test]
async fn only_what_is_acknowledged_counts_as_delivered() {
    let mut peer = SocketPeer::started(Acknowledges::Odd, None, None).await;
    let sink = open(&peer.url(), true, 2000).await;
    let (even, odd) = tokio::join!(send(&*sink, 2), send(&*sink, 3));
    odd.unwrap();
    let error = even.unwrap_err();
    assert!(error.is_transient() && error.to_string().contains("no acknowledgement"), "{error}");
    assert_eq!((peer.next().await["NUMBER"].clone(), peer.next().await["NUMBER"].clone()), (json!(2), json!(3)));
}

#[tokio::test]
async fn a_payload_without_a_name_cannot_be_acknowledged() {
    let peer = SocketPeer::started(Acknowledges::All, None, None).await;
    let mut nameless = communication::payload(1);
    nameless.body.remove("PAYLOAD_ID");
    let error = open(&peer.url(), true, 300).await.send(&communication::origin(), &nameless).await.unwrap_err();
    assert!(!error.is_transient() && error.to_string().contains("PAYLOAD_ID"), "{error}");
}

#[tokio::test]
async fn a_certificate_that_nobody_trusts_is_refused() {
    let (acceptor, _) = certificate();
    let mut peer = SocketPeer::started(Acknowledges::All, None, Some(acceptor)).await;
    let error = send(&*open(&peer.url(), true, 15_000).await, 0).await.unwrap_err();
    assert!(error.to_string().contains("certificate") && !error.to_string().contains("t0ken"), "{error}");
    assert!(peer.messages.try_recv().is_err());
}

#[tokio::test]
async fn the_handshake_shows_the_password_and_errors_do_not() {
    let mut peer = SocketPeer::started(Acknowledges::All, Some("Bearer s3cret"), None).await;
    let parameters = json!({ "URL": "connection:house", "ACK": true });
    let sink = open_in(&WebSocket::default(), parameters.clone(), &context(&peer.url(), None, Some("s3cret"))).await.unwrap();
    send(&*sink, 1).await.unwrap();
    assert_eq!(peer.next().await["NUMBER"], 1);
    let sink = open_in(&WebSocket::default(), parameters, &context(&peer.url(), None, Some("wr0ng"))).await.unwrap();
    let error = send(&*sink, 1).await.unwrap_err();
    assert!(error.to_string().contains("401") && !format!("{error} {error:?}").contains("wr0ng"), "{error}");
}

#[tokio::test]
async fn what_leads_nowhere_is_a_fault_of_the_document() {
    for url in ["http://h", "ws://", "ws://ann:s3cret@h", "ws://h:port"] {
        let error = open_in(&WebSocket::default(), json!({ "URL": url }), &detached_context()).await.err().expect(url);
        assert!(matches!(&error, PluginError::Parameters { path, .. } if path == "/URL"), "{url}: {error}");
    }
}
