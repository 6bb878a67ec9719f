//! The plugin `MQTT_PUBLISH` and its instances.

use super::config::MqttPublishParameters;
use crate::{message::Message, template::Template, SinkError};
use neurite_core::{BoxFuture, Communication, Context, Endpoint, Need, Origin, ParameterFault, Payload, Plugin, PluginError};
use neurite_mqtt::{Credentials, Incoming, MqttClient, MqttConfig, QoS, Secret};
use std::{sync::Arc, time::Duration};
use tokio::sync::mpsc;

/// The characters that divide a topic or stand for several.
const SEPARATORS: &[char] = &['/', '+', '#'];
/// Payloads that wait for the socket; the engine keeps the rest.
const OUTGOING_QUEUE: usize = 256;
/// The schemes of the addresses that are spoken to.
const SCHEMES: &[&str] = &["mqtt"];

/// Opens connections to MQTT brokers.
#[derive(Debug, Clone, Copy)]
pub struct MqttPublish;

impl Plugin for MqttPublish {
    type Instance = Arc<dyn Communication>;
    type Parameters = MqttPublishParameters;
    const SIGNATURE: &'static str = "MQTT_PUBLISH";
    const EXAMPLE: &'static str = include_str!("../../../../../examples/mqtt_publish.json");

    fn check(&self, parameters: &MqttPublishParameters) -> Vec<ParameterFault> {
        let fault = |message| ParameterFault { path: "/TOPIC".into(), message };
        topic(parameters).err().map(fault).into_iter().collect()
    }

    fn needs(&self, parameters: &MqttPublishParameters, context: &Context) -> Result<Vec<Need>, PluginError> {
        let endpoint = context.services.connections.resolve(&parameters.url, SCHEMES, "/URL", context)?;
        Ok(vec![Need::Service(endpoint)])
    }

    fn open<'a>(&'a self, parameters: MqttPublishParameters, context: &'a Context) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        Box::pin(async move { Ok(Arc::new(MqttPublishSink::open(&parameters, context)?) as Self::Instance) })
    }
}

fn topic(parameters: &MqttPublishParameters) -> Result<Template, String> {
    let template = Template::parse(&parameters.topic, SEPARATORS)?;
    if parameters.topic.contains(['+', '#', '\0']) {
        return Err("has a + or #, which only subscriptions may have".into());
    }
    Ok(template)
}

/// An instance.
struct MqttPublishSink {
    client: MqttClient,
    /// The connector lives as long as this.
    _incoming: mpsc::Receiver<Incoming>,
    service: String,
    topic: Template,
    qos: QoS,
    retain: bool,
    timeout: Duration,
}

impl MqttPublishSink {
    fn open(parameters: &MqttPublishParameters, context: &Context) -> Result<Self, PluginError> {
        let endpoint = context.services.connections.resolve(&parameters.url, SCHEMES, "/URL", context)?;
        let topic = topic(parameters).map_err(|reason| PluginError::parameters("/TOPIC", reason))?;
        let config = MqttConfig {
            credentials: credentials(&endpoint),
            protocol: parameters.protocol.into(),
            outgoing_queue: OUTGOING_QUEUE,
            ..MqttConfig::new(&endpoint.url, client_id())
        };
        let (client, incoming) = MqttClient::connect(config).map_err(|error| PluginError::parameters("/URL", error.to_string()))?;
        Ok(Self {
            client,
            _incoming: incoming,
            service: endpoint.service(),
            topic,
            qos: if parameters.qos == 0 { QoS::AtMostOnce } else { QoS::AtLeastOnce },
            retain: parameters.retain,
            timeout: Duration::from_millis(parameters.timeout_ms),
        })
    }

    async fn deliver(&self, origin: &Origin, payload: &Payload) -> Result<(), SinkError> {
        let message = Message::new(origin, payload)?;
        let topic = self.topic.render(origin, payload.kind);
        // Fails with what the broker said last, which a timeout around the whole would hide.
        self.client.wait_connected(self.timeout).await?;
        let publish = async {
            if self.retain {
                self.client.publish_retained(&topic, message.json, self.qos).await
            } else {
                self.client.publish_acknowledged(&topic, message.json, self.qos).await
            }
        };
        match tokio::time::timeout(self.timeout, publish).await {
            Ok(published) => published.map_err(SinkError::Mqtt),
            Err(_) => Err(SinkError::TimedOut { after: self.timeout }),
        }
    }
}

impl Communication for MqttPublishSink {
    fn send<'a>(&'a self, origin: &'a Origin, payload: &'a Payload) -> BoxFuture<'a, Result<(), PluginError>> {
        Box::pin(async move { self.deliver(origin, payload).await.map_err(|error| error.at(&self.service)) })
    }
}

/// A password alone is a token, which brokers take with an empty user.
fn credentials(endpoint: &Endpoint) -> Option<Credentials> {
    if endpoint.user.is_none() && endpoint.password.is_none() {
        return None;
    }
    let password = endpoint.password.as_ref().map_or("", |password| password.expose());
    Some(Credentials { user: endpoint.user.clone().unwrap_or_default(), password: Secret::new(password) })
}

/// Two clients of one name would push each other out of the broker; 23 characters are what every broker takes.
fn client_id() -> String {
    format!("neurite{:016x}", rand::random::<u64>())
}
