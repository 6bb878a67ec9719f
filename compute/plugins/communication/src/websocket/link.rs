//! The task that serves a connection.

use crate::{service, SinkError};
use futures::{SinkExt, StreamExt};
use serde::Deserialize;
use std::{collections::HashMap, ops::ControlFlow, time::Duration};
use tokio::{
    net::TcpStream,
    sync::{mpsc, oneshot},
    time::{interval_at, timeout, Instant, Interval},
};
use tokio_tungstenite::{
    connect_async_tls_with_config,
    tungstenite::{http::Request, protocol::WebSocketConfig, Error, Message},
    Connector, MaybeTlsStream, WebSocketStream,
};

/// How long a connection may be silent before it is asked for a sign of life.
pub const KEEP_ALIVE: Duration = Duration::from_secs(20);
/// Payloads that wait for the socket; the engine keeps the rest.
const QUEUE: usize = 64;
/// The most payloads that wait for an acknowledgement.
const MAX_UNACKNOWLEDGED: usize = 1024;
/// The largest message that a server may send: it has only acknowledgements to say.
const MAX_INCOMING_BYTES: usize = 64 * 1024;

/// Where to connect.
pub(super) struct Target {
    pub(super) request: Request<()>,
    pub(super) connector: Connector,
    /// The longest that connecting or writing may take.
    pub(super) timeout: Duration,
}

/// A payload on its way to the task.
struct Outgoing {
    text: String,
    /// What the acknowledgement must name; `None` if there will be none.
    awaited: Option<String>,
    delivered: Delivered,
}

type Delivered = oneshot::Sender<Result<(), SinkError>>;

/// The handle of the task, which ends with it.
pub(super) struct Link {
    outgoing: mpsc::Sender<Outgoing>,
}

impl Link {
    /// Starts the task on the current runtime; it connects when there is something to send.
    pub(super) fn start(target: Target) -> Self {
        let (outgoing, payloads) = mpsc::channel(QUEUE);
        tokio::spawn(serve(target, payloads));
        Self { outgoing }
    }

    /// Writes a text and waits for its acknowledgement, or for the flush. Cancel-safe: what was not written yet is not written then.
    pub(super) async fn deliver(&self, text: String, awaited: Option<String>) -> Result<(), SinkError> {
        let (delivered, result) = oneshot::channel();
        let gone = || SinkError::Lost { reason: "its task ended".into() };
        self.outgoing.send(Outgoing { text, awaited, delivered }).await.map_err(|_| gone())?;
        result.await.unwrap_or_else(|_| Err(gone()))
    }
}

/// Connects for a payload and serves the connection until it breaks, again and again.
async fn serve(target: Target, mut payloads: mpsc::Receiver<Outgoing>) {
    while let Some(first) = payloads.recv().await {
        if first.delivered.is_closed() {
            continue;
        }
        match connect(&target).await {
            Ok(socket) => {
                let mut connection = Connection { socket, unacknowledged: HashMap::new(), heard: true, patience: target.timeout };
                let reason = connection.serve(first, &mut payloads).await;
                connection.fail(&reason);
            }
            // Nobody waits any more if this cannot be told.
            Err(error) => drop(first.delivered.send(Err(error))),
        }
    }
}

async fn connect(target: &Target) -> Result<WebSocketStream<MaybeTlsStream<TcpStream>>, SinkError> {
    let limits = WebSocketConfig::default().max_message_size(Some(MAX_INCOMING_BYTES)).max_frame_size(Some(MAX_INCOMING_BYTES));
    let connecting = connect_async_tls_with_config(target.request.clone(), Some(limits), true, Some(target.connector.clone()));
    match timeout(target.timeout, connecting).await {
        Ok(Ok((socket, _))) => Ok(socket),
        Ok(Err(Error::Http(answer))) => Err(SinkError::Status { status: answer.status().as_u16() }),
        Ok(Err(error)) => Err(SinkError::Unreachable { reason: service::innermost(&error) }),
        Err(_) => Err(SinkError::Unreachable { reason: format!("no answer within {:?}", target.timeout) }),
    }
}

struct Connection {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    unacknowledged: HashMap<String, Delivered>,
    /// Whether the server was heard since the last ping.
    heard: bool,
    patience: Duration,
}

/// An acknowledgement of the server.
#[derive(Deserialize)]
struct Acknowledgement {
    #[serde(rename = "ACK")]
    id: String,
}

impl Connection {
    /// Serves the connection and says why it ended.
    async fn serve(&mut self, first: Outgoing, payloads: &mut mpsc::Receiver<Outgoing>) -> String {
        let mut alive = interval_at(Instant::now() + KEEP_ALIVE, KEEP_ALIVE);
        let mut next = self.write(first).await;
        loop {
            match next {
                ControlFlow::Continue(()) => next = self.step(payloads, &mut alive).await,
                ControlFlow::Break(reason) => return reason,
            }
        }
    }

    async fn step(&mut self, payloads: &mut mpsc::Receiver<Outgoing>, alive: &mut Interval) -> ControlFlow<String> {
        let has_room = self.has_room();
        tokio::select! {
            payload = payloads.recv(), if has_room => match payload {
                Some(payload) => self.write(payload).await,
                None => self.say_goodbye().await,
            },
            message = self.socket.next() => self.handle_message(message),
            _ = alive.tick() => self.handle_silence().await,
        }
    }

    /// Callers that went away leave their place.
    fn has_room(&mut self) -> bool {
        if self.unacknowledged.len() >= MAX_UNACKNOWLEDGED {
            self.unacknowledged.retain(|_, delivered| !delivered.is_closed());
        }
        self.unacknowledged.len() < MAX_UNACKNOWLEDGED
    }

    async fn write(&mut self, payload: Outgoing) -> ControlFlow<String> {
        if payload.delivered.is_closed() {
            return ControlFlow::Continue(());
        }
        let written = self.flush(Message::text(payload.text)).await;
        match (written, payload.awaited) {
            (ControlFlow::Break(reason), _) => {
                drop(payload.delivered.send(Err(SinkError::Lost { reason: reason.clone() })));
                ControlFlow::Break(reason)
            }
            (written, Some(id)) => {
                // A payload that is sent again takes the place of the call that gave up on it.
                self.unacknowledged.insert(id, payload.delivered);
                written
            }
            (written, None) => {
                drop(payload.delivered.send(Ok(())));
                written
            }
        }
    }

    async fn flush(&mut self, message: Message) -> ControlFlow<String> {
        match timeout(self.patience, self.socket.send(message)).await {
            Ok(Ok(())) => ControlFlow::Continue(()),
            Ok(Err(error)) => ControlFlow::Break(service::innermost(&error)),
            Err(_) => ControlFlow::Break(format!("the server took nothing for {:?}", self.patience)),
        }
    }

    fn handle_message(&mut self, message: Option<Result<Message, Error>>) -> ControlFlow<String> {
        self.heard = true;
        match message {
            Some(Ok(Message::Text(text))) => {
                if let Ok(Acknowledgement { id }) = serde_json::from_str(&text) {
                    // One that comes late finds nobody waiting.
                    drop(self.unacknowledged.remove(&id).map(|delivered| delivered.send(Ok(()))));
                }
                ControlFlow::Continue(())
            }
            Some(Ok(Message::Close(_))) | None => ControlFlow::Break("the server closed it".into()),
            Some(Ok(_)) => ControlFlow::Continue(()),
            Some(Err(error)) => ControlFlow::Break(service::innermost(&error)),
        }
    }

    async fn handle_silence(&mut self) -> ControlFlow<String> {
        if !std::mem::take(&mut self.heard) {
            return ControlFlow::Break(format!("the server was silent for {KEEP_ALIVE:?}"));
        }
        self.flush(Message::Ping(Default::default())).await
    }

    async fn say_goodbye(&mut self) -> ControlFlow<String> {
        // A server that does not answer the farewell is left all the same.
        let _ = timeout(self.patience, self.socket.close(None)).await;
        ControlFlow::Break("it was closed".into())
    }

    fn fail(self, reason: &str) {
        for (_, delivered) in self.unacknowledged {
            drop(delivered.send(Err(SinkError::Lost { reason: reason.to_owned() })));
        }
    }
}
