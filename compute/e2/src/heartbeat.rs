//! Tells the network, at a steady interval, that this node is there.

use crate::outgoing::Outgoing;
use neurite_agent::ChainClient;
use neurite_config::Role;
use neurite_engine::{Engine, PipelineState};
use neurite_protocol::{heartbeat, HeartbeatBody};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio_util::sync::CancellationToken;

/// How long the chain may take to tell the length of its epoch.
const PATIENCE: Duration = Duration::from_secs(1);
/// Heartbeats between two looks at the length of the epoch.
const LOOK_EVERY: u32 = 15;

/// What sends heartbeats.
pub struct Pulse {
    /// The node's name.
    pub alias: String,
    /// What the node does.
    pub role: Role,
    /// The pipelines.
    pub engine: Engine,
    /// The way out.
    pub outgoing: Arc<Outgoing>,
    /// Tells the length of the epoch, on which the interval depends.
    pub chain: Option<ChainClient>,
}

impl Pulse {
    /// Beats until `stop` is cancelled.
    pub async fn run(self, stop: CancellationToken) {
        let started = Instant::now();
        let mut interval = None;
        for beat in 0u32.. {
            if beat % LOOK_EVERY == 0 || interval.is_none() {
                interval = self.interval().await.or(interval);
            }
            if let Err(error) = self.outgoing.heartbeat(&self.body(started)) {
                tracing::debug!(%error, "heartbeat not sent");
            }
            // Until the chain answers, the shortest interval of any network that is in use.
            let wait = interval.unwrap_or(Duration::from_secs(2));
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = stop.cancelled() => return,
            }
        }
    }

    async fn interval(&self) -> Option<Duration> {
        let Some(chain) = &self.chain else { return Some(Duration::from_millis(heartbeat::DEFAULT_INTERVAL_MS)) };
        let look = async {
            let block = chain.best().await.ok()?;
            chain.at(block).epoch(None).await.ok().flatten()
        };
        let epoch = tokio::time::timeout(PATIENCE, look).await.ok().flatten()?;
        Some(Duration::from_millis(heartbeat::interval(epoch.end.saturating_sub(epoch.start))))
    }

    fn body(&self, started: Instant) -> HeartbeatBody {
        let running = |state: &PipelineState| matches!(state, PipelineState::Starting | PipelineState::Running);
        let pipelines = self.engine.list().into_iter().filter(|pipeline| running(&pipeline.state));
        HeartbeatBody {
            alias: self.alias.clone(),
            role: match self.role {
                Role::Worker => neurite_protocol::Role::Worker,
                Role::Supervisor => neurite_protocol::Role::Supervisor,
            },
            version: env!("CARGO_PKG_VERSION").to_owned(),
            uptime_s: started.elapsed().as_secs(),
            pipelines: pipelines.map(|pipeline| pipeline.name).collect(),
        }
    }
}
