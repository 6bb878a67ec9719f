//! Parameters of `MQTT_PUBLISH`.

use neurite_mqtt::MqttProtocol;
use schemars::JsonSchema;
use serde::Deserialize;

/// Publishes payloads as plain JSON to any MQTT broker, for home automation, dashboards and other systems.
///
/// The message is one JSON object: `PIPELINE`, `SIGNATURE`, `INSTANCE`, `KIND` and the payload's own keys.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub struct MqttPublishParameters {
    /// The broker: `mqtt://host[:port]`, or `connection:NAME` for one that the operator configured, with user and password.
    #[schemars(length(min = 1, max = 512))]
    pub url: String,
    /// The topic; `{pipeline}`, `{signature}`, `{instance}` and `{kind}` (`progress`, `data`, `notification`, `result`) stand for the payload's.
    #[serde(default = "default_topic")]
    #[schemars(length(min = 1, max = 512))]
    pub topic: String,
    /// 1: the broker acknowledges every payload; 0: it does not, and payloads may be lost with a connection.
    #[serde(default = "default_qos")]
    #[schemars(range(min = 0, max = 1))]
    pub qos: u8,
    /// Whether the broker keeps the last payload of each topic for subscribers to come.
    #[serde(default)]
    pub retain: bool,
    /// The version of MQTT that the broker speaks.
    #[serde(default)]
    pub protocol: Protocol,
    /// How long connecting, and then the acknowledgement, may take, in milliseconds.
    #[serde(default = "default_timeout_ms")]
    #[schemars(range(min = 100, max = 120_000))]
    pub timeout_ms: u64,
}

/// The version of MQTT.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum Protocol {
    /// MQTT 3.1.1, which every broker speaks.
    #[default]
    #[serde(rename = "3.1.1")]
    V4,
    /// MQTT 5, whose brokers say why they refuse a payload.
    #[serde(rename = "5")]
    V5,
}

impl From<Protocol> for MqttProtocol {
    fn from(protocol: Protocol) -> Self {
        match protocol {
            Protocol::V4 => Self::V4,
            Protocol::V5 => Self::V5,
        }
    }
}

fn default_topic() -> String {
    "neurite/{pipeline}/{signature}/{instance}/{kind}".into()
}

fn default_qos() -> u8 {
    1
}

fn default_timeout_ms() -> u64 {
    10_000
}
