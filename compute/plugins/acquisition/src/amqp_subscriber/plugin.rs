//! The plugin `AmqpSubscriber` and its consumer.

use super::config::AmqpSubscriberParameters;
use crate::messages::{batching_faults, Batching, Message, MessageRows, MessageSource};
use futures::StreamExt;
use lapin::{
    options::{BasicAckOptions, BasicConsumeOptions, BasicQosOptions, BasicRejectOptions, QueueDeclareOptions},
    types::{FieldTable, ShortString},
    uri::AMQPUri,
    Acker, Connection, ConnectionProperties, Consumer,
};
use neurite_core::{Acquisition, BoxFuture, Clock, Context, Endpoint, Need, ParameterFault, Plugin, PluginError};
use std::{sync::Arc, time::Duration};
use tokio::time::timeout;

/// How long the broker may take to answer when the source is opened.
const PATIENCE: Duration = Duration::from_secs(10);
/// The schemes of the addresses that are spoken to.
const SCHEMES: &[&str] = &["amqp"];

/// Opens consumers of queues.
#[derive(Debug, Clone, Copy)]
pub struct AmqpSubscriber;

impl Plugin for AmqpSubscriber {
    type Instance = Box<dyn Acquisition>;
    type Parameters = AmqpSubscriberParameters;
    const SIGNATURE: &'static str = "AmqpSubscriber";
    const EXAMPLE: &'static str = include_str!("../../../../../examples/amqp_subscriber.json");
    const LIVE: bool = true;

    fn check(&self, parameters: &AmqpSubscriberParameters) -> Vec<ParameterFault> {
        let mut faults = batching_faults(parameters.columns.as_ref());
        if u32::from(parameters.prefetch) < parameters.batch_rows {
            faults.push(ParameterFault { path: "/PREFETCH".into(), message: "must be at least BATCH_ROWS, or no batch fills".into() });
        }
        if parameters.queue.len() > usize::from(u8::MAX) {
            faults.push(ParameterFault { path: "/QUEUE".into(), message: "must have at most 255 bytes".into() });
        }
        faults
    }

    fn needs(&self, parameters: &AmqpSubscriberParameters, context: &Context) -> Result<Vec<Need>, PluginError> {
        let endpoint = context.services.connections.resolve(&parameters.url, SCHEMES, "/URL", context)?;
        Ok(vec![Need::Service(endpoint)])
    }

    fn open<'a>(
        &'a self,
        parameters: AmqpSubscriberParameters,
        context: &'a Context,
    ) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        Box::pin(async move {
            let endpoint = context.services.connections.resolve(&parameters.url, SCHEMES, "/URL", context)?;
            let opening = Queue::open(uri(&endpoint)?, &parameters, context);
            let queue = timeout(PATIENCE, opening).await.unwrap_or_else(|_| Err(unavailable("no answer in time")))?;
            let batching = Batching { rows: parameters.batch_rows, max_wait_ms: parameters.max_wait_ms, columns: parameters.columns };
            Ok(Box::new(MessageRows::new(queue, &parameters.queue, &batching, context)?) as Self::Instance)
        })
    }
}

/// Makes the broker's address of an endpoint; user and password are `guest` if it names none, as everywhere in AMQP.
fn uri(endpoint: &Endpoint) -> Result<AMQPUri, PluginError> {
    let fault = |reason: String| PluginError::parameters("/URL", reason);
    // The library takes an address in brackets for no host, and goes to its default.
    if endpoint.url.contains('[') {
        return Err(fault("must name the host, or give its IPv4 address".into()));
    }
    let mut uri: AMQPUri = endpoint.url.parse().map_err(fault)?;
    if let (Some(user), Some(password)) = (&endpoint.user, &endpoint.password) {
        uri.authority.userinfo.username.clone_from(user);
        uri.authority.userinfo.password = password.expose().to_owned();
    }
    Ok(uri)
}

/// A queue that is consumed.
struct Queue {
    consumer: Consumer,
    /// Ends the consumer when it is dropped.
    _connection: Connection,
    clock: Arc<dyn Clock>,
    /// Acknowledges the message that was returned last.
    last: Option<Acker>,
    /// Acknowledges the last message before that, that was not refused.
    accepted: Option<Acker>,
    /// Acknowledges the last message that was handed over, and with it all before.
    handed_over: Option<Acker>,
}

impl Queue {
    async fn open(uri: AMQPUri, parameters: &AmqpSubscriberParameters, context: &Context) -> Result<Self, PluginError> {
        let failed = |error: lapin::Error| opening_error(&parameters.queue, &error);
        let connection = Connection::connect_uri(uri, ConnectionProperties::default()).await.map_err(failed)?;
        let channel = connection.create_channel().await.map_err(failed)?;
        let name = ShortString::from(parameters.queue.as_str());
        let exists = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() };
        channel.queue_declare(name.clone(), exists, FieldTable::default()).await.map_err(failed)?;
        channel.basic_qos(parameters.prefetch, BasicQosOptions::default()).await.map_err(failed)?;
        // Without a name the broker gives one.
        let options = BasicConsumeOptions::default();
        let consumer = channel.basic_consume(name, ShortString::from(""), options, FieldTable::default()).await.map_err(failed)?;
        Ok(Self { consumer, _connection: connection, clock: context.services.clock.clone(), last: None, accepted: None, handed_over: None })
    }
}

impl MessageSource for Queue {
    fn begin(&mut self) -> BoxFuture<'_, Result<(), PluginError>> {
        Box::pin(async move {
            let Some(acker) = self.handed_over.take() else { return Ok(()) };
            // What was rejected is out of the broker's books already, so that all up to this one are those handed over.
            let acknowledged = acker.ack(BasicAckOptions { multiple: true }).await.map_err(|error| unavailable(error.to_string()))?;
            if acknowledged {
                Ok(())
            } else {
                Err(unavailable("the connection broke"))
            }
        })
    }

    fn next(&mut self) -> BoxFuture<'_, Result<Message, PluginError>> {
        Box::pin(async move {
            match self.consumer.next().await {
                Some(Ok(delivery)) => {
                    if let Some(accepted) = self.last.replace(delivery.acker) {
                        self.accepted = Some(accepted);
                    }
                    Ok(Message::now(&*self.clock, delivery.routing_key.as_str(), delivery.data))
                }
                Some(Err(error)) => Err(unavailable(error.to_string())),
                None => Err(unavailable("the broker ended the consumer")),
            }
        })
    }

    fn refuse<'a>(&'a mut self, _: &'a PluginError) -> BoxFuture<'a, Result<(), PluginError>> {
        Box::pin(async move {
            let Some(acker) = self.last.take() else { return Ok(()) };
            acker.reject(BasicRejectOptions { requeue: false }).await.map(drop).map_err(|error| unavailable(error.to_string()))
        })
    }

    fn handed_over(&mut self, _: u64) {
        let accepted = self.accepted.take();
        self.handed_over = self.last.take().or(accepted);
    }
}

/// Tells a broker that is not there from one that does not let us in.
fn opening_error(queue: &str, error: &lapin::Error) -> PluginError {
    if error.is_amqp_error() {
        PluginError::input(queue, error.to_string())
    } else {
        unavailable(error.to_string())
    }
}

fn unavailable(reason: impl Into<String>) -> PluginError {
    PluginError::unavailable("AMQP broker", reason)
}
