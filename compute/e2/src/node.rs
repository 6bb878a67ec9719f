//! A running node: what its parts share and its HTTP interface shows.

use crate::{
    http::HttpIngress,
    supervisor::{Refusals, Supervisor},
};
use neurite_agent::{NodeKey, RoleStatus};
use neurite_config::Role;
use neurite_core::Clock;
use neurite_engine::Engine;
use neurite_mqtt::MqttClient;
use neurite_serving::ServingManager;
use serde_json::{json, Value};
use sp_core::crypto::Ss58Codec;
use std::{sync::Arc, time::Instant};
use tokio::sync::watch;

/// The parts of a node.
pub struct Node {
    /// Its name beside its address.
    pub alias: String,
    /// What it does.
    pub role: Role,
    /// Who it is.
    pub key: NodeKey,
    /// Its pipelines.
    pub engine: Engine,
    /// Its models.
    pub serving: ServingManager,
    /// The routes of its pipelines.
    pub ingress: HttpIngress,
    /// Its connection to the broker.
    pub mqtt: MqttClient,
    /// How its duties on chain go; `None` without a chain.
    pub duties: Option<watch::Receiver<RoleStatus>>,
    /// What it refused to believe.
    pub refusals: Arc<Refusals>,
    /// What it knows as a supervisor.
    pub supervisor: Option<Arc<Supervisor>>,
    /// Its clock.
    pub clock: Arc<dyn Clock>,
    /// When it started.
    pub started: Instant,
}

impl Node {
    /// Returns the role's name.
    pub fn role_name(&self) -> &'static str {
        match self.role {
            Role::Worker => "worker",
            Role::Supervisor => "supervisor",
        }
    }

    /// Returns who this node is.
    pub fn identity(&self) -> Value {
        identity(&self.key, &self.alias)
    }
}

/// Returns who a key makes a node: its address on the wire, its account and its public key.
pub fn identity(key: &NodeKey, alias: &str) -> Value {
    json!({
        "alias": alias,
        "address": key.identity().address().to_string(),
        "account": key.account().to_ss58check(),
        "node_public": format!("0x{}", hex::encode(key.public().0)),
    })
}
