//! The instances of `AMQP`.

use super::config::ExchangeType;
use crate::{message::Message, service, template::Template, SinkError};
use lapin::{
    options::{BasicPublishOptions, ConfirmSelectOptions, ExchangeDeclareOptions},
    protocol::{AMQPErrorKind, AMQPSoftError},
    types::{FieldTable, ShortString},
    uri::AMQPUri,
    BasicProperties, Channel, Confirmation, Connection, ConnectionProperties, ErrorKind, ExchangeKind,
};
use neurite_core::{BoxFuture, Communication, Origin, Payload, PluginError};
use std::time::Duration;
use tokio::sync::Mutex;

/// The delivery mode of messages that survive the broker.
const PERSISTENT: u8 = 2;

/// An instance.
pub(super) struct AmqpSink {
    pub(super) uri: AMQPUri,
    pub(super) service: String,
    pub(super) exchange: ShortString,
    pub(super) exchange_type: Option<ExchangeType>,
    pub(super) routing_key: Template,
    pub(super) mandatory: bool,
    pub(super) timeout: Duration,
    pub(super) live: Mutex<Option<Live>>,
}

/// A connection and its channel, which lives as long.
pub(super) struct Live {
    _connection: Connection,
    channel: Channel,
}

impl AmqpSink {
    async fn publish(&self, origin: &Origin, payload: &Payload) -> Result<(), SinkError> {
        let message = Message::new(origin, payload)?;
        let routing_key = ShortString::try_new(self.routing_key.render(origin, payload.kind));
        let routing_key = routing_key.map_err(|error| SinkError::Refused { reason: format!("routing key: {error}") })?;
        let channel = self.channel().await?;
        let exchange = self.exchange.clone();
        let options = BasicPublishOptions { mandatory: self.mandatory, ..Default::default() };
        // A task of its own: a call that is cancelled must leave neither half a frame nor a confirmation that nobody takes.
        let confirmed = tokio::spawn(async move {
            let properties = properties(&message);
            channel.basic_publish(exchange, routing_key, options, message.json.as_bytes(), properties).await?.await
        });
        match tokio::time::timeout(self.timeout, confirmed).await {
            Ok(Ok(Ok(confirmation))) => acknowledged(confirmation),
            Ok(Ok(Err(error))) => Err(failed(&error)),
            Ok(Err(error)) => Err(SinkError::Lost { reason: error.to_string() }),
            Err(_) => Err(SinkError::TimedOut { after: self.timeout }),
        }
    }

    /// Returns the channel, of a new connection if the last one broke. Cancel-safe.
    async fn channel(&self) -> Result<Channel, SinkError> {
        let mut live = self.live.lock().await;
        if let Some(Live { channel, .. }) = live.as_ref().filter(|live| live.channel.status().connected()) {
            return Ok(channel.clone());
        }
        *live = None;
        let connecting = tokio::time::timeout(self.timeout, self.connect()).await;
        let unreachable = |reason| SinkError::Unreachable { reason };
        let new = connecting.map_err(|_| unreachable(format!("no answer within {:?}", self.timeout)))?;
        let new = new.map_err(|error| unreachable(service::innermost(&error)))?;
        let channel = new.channel.clone();
        *live = Some(new);
        Ok(channel)
    }

    async fn connect(&self) -> Result<Live, lapin::Error> {
        let properties = ConnectionProperties::default().with_connection_name("neurite".into());
        let connection = Connection::connect_uri(self.uri.clone(), properties).await?;
        let channel = connection.create_channel().await?;
        channel.confirm_select(ConfirmSelectOptions::default()).await?;
        if let Some(kind) = self.exchange_type {
            let options = ExchangeDeclareOptions { durable: true, ..Default::default() };
            channel.exchange_declare(self.exchange.clone(), kind.into(), options, FieldTable::default()).await?;
        }
        Ok(Live { _connection: connection, channel })
    }
}

impl Communication for AmqpSink {
    fn send<'a>(&'a self, origin: &'a Origin, payload: &'a Payload) -> BoxFuture<'a, Result<(), PluginError>> {
        Box::pin(async move { self.publish(origin, payload).await.map_err(|error| error.at(&self.service)) })
    }
}

impl From<ExchangeType> for ExchangeKind {
    fn from(kind: ExchangeType) -> Self {
        match kind {
            ExchangeType::Direct => Self::Direct,
            ExchangeType::Fanout => Self::Fanout,
            ExchangeType::Topic => Self::Topic,
        }
    }
}

fn properties(message: &Message) -> BasicProperties {
    let properties = BasicProperties::default()
        .with_delivery_mode(PERSISTENT)
        .with_content_type("application/json".into())
        .with_app_id("neurite".into());
    match message.id.as_deref().map(ShortString::try_new) {
        Some(Ok(id)) => properties.with_message_id(id),
        // One that does not fit the field is in the body all the same.
        Some(Err(_)) | None => properties,
    }
}

fn acknowledged(confirmation: Confirmation) -> Result<(), SinkError> {
    match confirmation {
        Confirmation::Ack(None) => Ok(()),
        Confirmation::Ack(Some(returned)) => {
            Err(SinkError::NotKept { reason: format!("{} ({})", returned.reply_text, returned.reply_code) })
        }
        Confirmation::Nack(_) => Err(SinkError::NotKept { reason: "a queue did not take it".into() }),
        Confirmation::NotRequested => Err(SinkError::Lost { reason: "the channel confirms nothing".into() }),
    }
}

/// A channel that the broker closed because of what was published will be closed again; all else is the connection's matter.
fn failed(error: &lapin::Error) -> SinkError {
    let reason = service::innermost(error);
    let refused = match error.kind() {
        ErrorKind::ProtocolError(error) => matches!(
            error.kind(),
            AMQPErrorKind::Soft(AMQPSoftError::NOTFOUND | AMQPSoftError::ACCESSREFUSED | AMQPSoftError::PRECONDITIONFAILED)
        ),
        _ => false,
    };
    if refused {
        SinkError::Refused { reason }
    } else {
        SinkError::Lost { reason }
    }
}
