//! The plugin `MQTT` and its instances.

use super::config::MqttParameters;
use neurite_core::{
    BoxFuture, Communication, Context, Origin, OutboundPayload, ParameterFault, Payload, PayloadPublisher, Plugin, PluginError,
};
use std::{collections::BTreeSet, sync::Arc};

/// Opens connections to the node's publisher.
#[derive(Clone)]
pub struct Mqtt {
    publisher: Arc<dyn PayloadPublisher>,
}

impl Mqtt {
    /// Makes the plugin for a publisher.
    pub fn new(publisher: Arc<dyn PayloadPublisher>) -> Self {
        Self { publisher }
    }
}

impl Plugin for Mqtt {
    type Instance = Arc<dyn Communication>;
    type Parameters = MqttParameters;
    const SIGNATURE: &'static str = "MQTT";
    const EXAMPLE: &'static str = include_str!("../../../../../examples/mqtt.json");

    fn check(&self, parameters: &MqttParameters) -> Vec<ParameterFault> {
        let mut seen = BTreeSet::new();
        let doubled = parameters.recipients.iter().enumerate().filter(|(_, recipient)| !seen.insert(recipient.as_str()));
        doubled.map(|(at, _)| ParameterFault { path: format!("/RECIPIENTS/{at}"), message: "is listed twice".into() }).collect()
    }

    fn open<'a>(&'a self, parameters: MqttParameters, _: &'a Context) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        let sink = MqttSink { publisher: self.publisher.clone(), recipients: parameters.recipients };
        Box::pin(async move { Ok(Arc::new(sink) as Self::Instance) })
    }
}

/// An instance.
struct MqttSink {
    publisher: Arc<dyn PayloadPublisher>,
    recipients: Vec<String>,
}

impl Communication for MqttSink {
    fn send<'a>(&'a self, origin: &'a Origin, payload: &'a Payload) -> BoxFuture<'a, Result<(), PluginError>> {
        self.publisher.publish(OutboundPayload {
            origin: origin.clone(),
            kind: payload.kind,
            recipients: self.recipients.clone(),
            body: payload.body.clone(),
        })
    }
}
