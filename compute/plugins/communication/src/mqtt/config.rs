//! Parameters of `MQTT`.

use neurite_core::bounds::MAX_RECIPIENTS;
use schemars::JsonSchema;
use serde::Deserialize;

/// Sends signed payloads over the MQTT broker that the node is connected to.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub struct MqttParameters {
    /// Addresses that get the payloads, each on a topic of its own; without any, the node sends them to all who listen.
    #[serde(default)]
    #[schemars(length(max = MAX_RECIPIENTS), inner(regex(pattern = r"^0xai_[A-Za-z0-9_-]{44}$")))]
    pub recipients: Vec<String>,
}
