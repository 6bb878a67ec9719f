//! The plugin `WEBSOCKET` and its instances.

use super::{
    config::WebSocketParameters,
    link::{Link, Target},
};
use crate::{message::Message, service, tls::Trust, SinkError};
use neurite_core::{BoxFuture, Communication, Context, Need, Origin, Payload, Plugin, PluginError};
use std::{sync::Arc, time::Duration};
use tokio_tungstenite::{
    tungstenite::{client::IntoClientRequest, http::header::AUTHORIZATION},
    Connector,
};

/// The schemes of the addresses that are spoken to.
const SCHEMES: &[&str] = &["ws", "wss"];

/// Opens connections to WebSocket servers.
#[derive(Debug, Clone, Default)]
pub struct WebSocket {
    pub(super) trust: Trust,
}

impl Plugin for WebSocket {
    type Instance = Arc<dyn Communication>;
    type Parameters = WebSocketParameters;
    const SIGNATURE: &'static str = "WEBSOCKET";
    const EXAMPLE: &'static str = include_str!("../../../../../examples/websocket.json");

    fn needs(&self, parameters: &WebSocketParameters, context: &Context) -> Result<Vec<Need>, PluginError> {
        let endpoint = context.services.connections.resolve(&parameters.url, SCHEMES, "/URL", context)?;
        Ok(vec![Need::Service(endpoint)])
    }

    fn open<'a>(&'a self, parameters: WebSocketParameters, context: &'a Context) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        Box::pin(async move { Ok(Arc::new(self.sink(&parameters, context)?) as Self::Instance) })
    }
}

impl WebSocket {
    fn sink(&self, parameters: &WebSocketParameters, context: &Context) -> Result<WebSocketSink, PluginError> {
        let endpoint = context.services.connections.resolve(&parameters.url, SCHEMES, "/URL", context)?;
        let service = endpoint.service();
        let request = endpoint.url.as_str().into_client_request();
        let mut request = request.map_err(|error| PluginError::parameters("/URL", service::innermost(&error)))?;
        request.headers_mut().extend(service::authorization(&endpoint)?.map(|value| (AUTHORIZATION, value)));
        let connector = if endpoint.url.starts_with("wss://") {
            Connector::Rustls(Arc::new(self.trust.client_config().map_err(|error| error.at(&service))?))
        } else {
            Connector::Plain
        };
        let timeout = Duration::from_millis(parameters.timeout_ms);
        Ok(WebSocketSink { link: Link::start(Target { request, connector, timeout }), service, ack: parameters.ack, timeout })
    }
}

/// An instance.
struct WebSocketSink {
    link: Link,
    service: String,
    ack: bool,
    timeout: Duration,
}

impl WebSocketSink {
    async fn push(&self, origin: &Origin, payload: &Payload) -> Result<(), SinkError> {
        let message = Message::new(origin, payload)?;
        let awaited = if self.ack { Some(message.id.ok_or(SinkError::NoId)?) } else { None };
        // Connecting has a time of its own, so that what happened there is known.
        let delivered = tokio::time::timeout(self.timeout.saturating_mul(2), self.link.deliver(message.json, awaited)).await;
        delivered.unwrap_or(Err(SinkError::TimedOut { after: self.timeout }))
    }
}

impl Communication for WebSocketSink {
    fn send<'a>(&'a self, origin: &'a Origin, payload: &'a Payload) -> BoxFuture<'a, Result<(), PluginError>> {
        Box::pin(async move { self.push(origin, payload).await.map_err(|error| error.at(&self.service)) })
    }
}
