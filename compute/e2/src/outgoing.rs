//! Signs what leaves the node and hands it to the broker's connection.

use neurite_agent::NodeKey;
use neurite_core::{BoxFuture, Clock, OutboundPayload, PayloadPublisher, PluginError};
use neurite_mqtt::{MqttClient, MqttError, QoS};
use neurite_protocol::{Address, Draft, HeartbeatBody, PayloadPath, Stamp, Topics};
use std::sync::{
    atomic::{AtomicU64, Ordering},
    Arc,
};

/// Everything that this node says passes here: one key, one count, one connection.
pub struct Outgoing {
    key: NodeKey,
    alias: String,
    topics: Topics,
    client: MqttClient,
    clock: Arc<dyn Clock>,
    /// The count of the last message; begins with the time of the start, so that it is above that of every earlier run.
    count: AtomicU64,
}

impl Outgoing {
    /// Makes the outlet of a node.
    pub fn new(key: NodeKey, alias: String, topics: Topics, client: MqttClient, clock: Arc<dyn Clock>) -> Self {
        let count = AtomicU64::new(clock.unix_ms());
        Self { key, alias, topics, client, clock, count }
    }

    /// Signs and sends a heartbeat.
    pub fn heartbeat(&self, body: &HeartbeatBody) -> Result<(), PluginError> {
        self.send(Draft::heartbeat(body), &self.topics.control())
    }

    fn send(&self, draft: Draft, topic: &str) -> Result<(), PluginError> {
        let text = self.sign(draft)?;
        self.client.publish(topic, text, QoS::AtLeastOnce).map_err(unavailable)
    }

    fn sign(&self, draft: Draft) -> Result<String, PluginError> {
        let seq = self.count.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        let stamp = Stamp { now: self.clock.unix_ms(), seq };
        let signed = draft.sign(self.key.identity(), stamp).map_err(|error| PluginError::internal(error.to_string()))?;
        Ok(signed.text)
    }

    fn topics_of(&self, recipients: &[String]) -> Result<Vec<String>, PluginError> {
        if recipients.is_empty() {
            return Ok(vec![self.topics.payloads()]);
        }
        let topic = |recipient: &String| {
            let address: Result<Address, _> = recipient.parse();
            address.map(|address| self.topics.payloads_to(&address)).map_err(|error| PluginError::internal(error.to_string()))
        };
        recipients.iter().map(topic).collect()
    }
}

impl PayloadPublisher for Outgoing {
    fn publish<'a>(&'a self, payload: OutboundPayload) -> BoxFuture<'a, Result<(), PluginError>> {
        Box::pin(async move {
            let origin = payload.origin;
            let path = PayloadPath::instance(&self.alias, origin.pipeline, origin.signature, origin.instance);
            let draft = Draft::payload(path, payload.body).map_err(|error| PluginError::internal(error.to_string()))?;
            let text = self.sign(draft)?;
            for topic in self.topics_of(&payload.recipients)? {
                self.client.publish(&topic, text.clone(), QoS::AtLeastOnce).map_err(unavailable)?;
            }
            Ok(())
        })
    }
}

fn unavailable(error: MqttError) -> PluginError {
    if error.is_transient() {
        PluginError::unavailable("broker", error.to_string())
    } else {
        PluginError::internal(error.to_string())
    }
}
