//! Listens to heartbeats and results; believes nothing that is not verified, and counts what it refuses.

use super::{network::account_of, results::ShardResult, Supervisor};
use crate::replay::DiskReplayStore;
use neurite_core::Clock;
use neurite_mqtt::Incoming;
use neurite_primitives::JobKey;
use neurite_protocol::{canonical, EventType, Message, Refusal, Verifier};
use serde_json::Value;
use sp_core::crypto::Ss58Codec;
use sp_runtime::AccountId32;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Counts refused messages by reason.
#[derive(Debug, Default)]
pub struct Refusals {
    counts: Mutex<BTreeMap<&'static str, u64>>,
}

impl Refusals {
    fn count(&self, reason: &'static str) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(reason).or_default();
        *count = count.saturating_add(1);
    }

    /// Returns the counts by reason.
    pub fn snapshot(&self) -> BTreeMap<&'static str, u64> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// What hears the network.
pub struct Listener {
    /// Where it goes.
    pub supervisor: Arc<Supervisor>,
    /// Decides what is believed.
    pub verifier: Verifier<DiskReplayStore>,
    /// What was refused.
    pub refusals: Arc<Refusals>,
    /// The receiver's clock.
    pub clock: Arc<dyn Clock>,
}

impl Listener {
    /// Takes messages until `stop` is cancelled or the connection is given up.
    pub async fn run(mut self, mut incoming: mpsc::Receiver<Incoming>, stop: CancellationToken) {
        loop {
            let message = tokio::select! {
                message = incoming.recv() => message,
                () = stop.cancelled() => return,
            };
            let Some(message) = message else { return };
            self.handle(&message.payload);
        }
    }

    fn handle(&mut self, raw: &[u8]) {
        let now = self.clock.unix_ms();
        let heard = self.verifier.verify(raw, now).and_then(|message| self.take(&message, now));
        if let Err(refusal) = heard {
            tracing::debug!(%refusal, "message refused");
            self.refusals.count(refusal.metric());
        }
    }

    fn take(&self, message: &Message, now: u64) -> Result<(), Refusal> {
        match message.event {
            EventType::Heartbeat => {
                if let Some(heartbeat) = message.heartbeat()? {
                    self.supervisor.network().record(&heartbeat, now);
                }
            }
            EventType::Payload => {
                if let Some((job, result)) = shard_result(message) {
                    let signer = account_of(&message.sender);
                    if !self.supervisor.results().record(&job, &signer, result) {
                        tracing::debug!(?job, %signer, "result of a shard that is not the signer's");
                    }
                }
            }
            EventType::Notification => {}
        }
        Ok(())
    }
}

/// Reads the result of a shard out of a payload that has one.
fn shard_result(message: &Message) -> Option<(JobKey, ShardResult)> {
    let body = &message.body;
    let result = body.get("RESULT")?.clone();
    let job = body.get("JOB")?;
    let sender = AccountId32::from_ss58check(job.get("SENDER")?.as_str()?).ok()?;
    let number = |value: &Value| value.as_u64().and_then(|number| u32::try_from(number).ok());
    let key = JobKey { sender, id: number(job.get("ID")?)? };
    let shard = number(body.get("SHARD")?).and_then(|shard| u16::try_from(shard).ok())?;
    let deed = number(body.get("DEED")?)?;
    let hash = *blake3::hash(canonical::to_string(&result).as_bytes()).as_bytes();
    Some((key, ShardResult { shard, deed, result, hash }))
}
