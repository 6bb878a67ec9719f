//! The plugin `MqttSubscriber` and its subscription.

use super::config::MqttSubscriberParameters;
use crate::messages::{batching_faults, inbox, Batching, Inbox, Letterbox, Message, MessageRows, MessageSource};
use neurite_core::{Acquisition, BoxFuture, Clock, Context, Endpoint, Need, ParameterFault, Plugin, PluginError};
use neurite_mqtt::{Credentials, Incoming, MqttClient, MqttConfig, MqttError, QoS, Secret};
use std::{sync::Arc, time::Duration};
use tokio::{sync::mpsc, task::JoinHandle};

/// How long the broker may take to answer when the source is opened.
const PATIENCE: Duration = Duration::from_secs(10);
/// The schemes of the addresses that are spoken to.
const SCHEMES: &[&str] = &["mqtt"];

/// Opens subscriptions at MQTT brokers.
#[derive(Debug, Clone, Copy)]
pub struct MqttSubscriber;

impl Plugin for MqttSubscriber {
    type Instance = Box<dyn Acquisition>;
    type Parameters = MqttSubscriberParameters;
    const SIGNATURE: &'static str = "MqttSubscriber";
    const EXAMPLE: &'static str = include_str!("../../../../../examples/mqtt_subscriber.json");
    const LIVE: bool = true;

    fn check(&self, parameters: &MqttSubscriberParameters) -> Vec<ParameterFault> {
        batching_faults(parameters.columns.as_ref())
    }

    fn needs(&self, parameters: &MqttSubscriberParameters, context: &Context) -> Result<Vec<Need>, PluginError> {
        let endpoint = context.services.connections.resolve(&parameters.url, SCHEMES, "/URL", context)?;
        Ok(vec![Need::Service(endpoint)])
    }

    fn open<'a>(
        &'a self,
        parameters: MqttSubscriberParameters,
        context: &'a Context,
    ) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        Box::pin(async move {
            let endpoint = context.services.connections.resolve(&parameters.url, SCHEMES, "/URL", context)?;
            let subscription = Subscription::open(&endpoint, &parameters, context).await?;
            let batching = Batching { rows: parameters.batch_rows, max_wait_ms: parameters.max_wait_ms, columns: parameters.columns };
            Ok(Box::new(MessageRows::new(subscription, &parameters.url, &batching, context)?) as Self::Instance)
        })
    }
}

/// A subscription that lives as long as it is read.
struct Subscription {
    client: MqttClient,
    inbox: Inbox,
    /// Moves messages from the connection to the inbox; the connection ends with it.
    forwarding: JoinHandle<()>,
}

impl Subscription {
    async fn open(endpoint: &Endpoint, parameters: &MqttSubscriberParameters, context: &Context) -> Result<Self, PluginError> {
        let credentials = match (&endpoint.user, &endpoint.password) {
            (Some(user), Some(password)) => Some(Credentials { user: user.clone(), password: Secret::new(password.expose()) }),
            _ => None,
        };
        // Two clients of one name would end each other's connections, and a broker may have clients of many engines.
        let client_id = format!("neurite-{:016x}", rand::random::<u64>());
        let config = MqttConfig::new(&endpoint.url, client_id).with_credentials(credentials);
        let (client, incoming) = MqttClient::connect(config).map_err(|error| PluginError::parameters("/URL", error.to_string()))?;
        let (letterbox, inbox) = inbox(usize::try_from(parameters.capacity).unwrap_or(1));
        let forwarding = tokio::spawn(forward(incoming, letterbox, context.services.clock.clone()));
        let subscription = Self { client, inbox, forwarding };
        let unavailable = |error: MqttError| PluginError::unavailable("MQTT broker", error.to_string());
        subscription.client.wait_connected(PATIENCE).await.map_err(unavailable)?;
        for topic in &parameters.topics {
            let subscribed = subscription.client.subscribe(topic, quality(parameters.qos)).await;
            subscribed.map_err(|error| match error {
                MqttError::InvalidTopic { .. } => PluginError::parameters("/TOPICS", error.to_string()),
                MqttError::SubscriptionRefused { .. } => PluginError::input(topic, error.to_string()),
                other => unavailable(other),
            })?;
        }
        Ok(subscription)
    }
}

impl MessageSource for Subscription {
    fn next(&mut self) -> BoxFuture<'_, Result<Message, PluginError>> {
        Box::pin(async move { Ok(self.inbox.next().await) })
    }

    fn dropped(&self) -> u64 {
        let counts = self.client.counts();
        self.inbox.dropped().saturating_add(counts.dropped_incoming).saturating_add(counts.dropped_too_large)
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.forwarding.abort();
    }
}

async fn forward(mut incoming: mpsc::Receiver<Incoming>, letterbox: Letterbox, clock: Arc<dyn Clock>) {
    while let Some(message) = incoming.recv().await {
        letterbox.put(Message::now(&*clock, &message.topic, message.payload));
    }
}

fn quality(qos: u8) -> QoS {
    match qos {
        0 => QoS::AtMostOnce,
        1 => QoS::AtLeastOnce,
        _ => QoS::ExactlyOnce,
    }
}
