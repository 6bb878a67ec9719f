//! What the supervisor knows of an instance.

use crate::{
    pipeline::{open::Stage, Run},
    store::StageCheckpoint,
    StageName,
};
use neurite_config::InstanceSpec;
use serde_json::{Map, Value};
use std::{
    collections::VecDeque,
    sync::{
        atomic::{AtomicU64, Ordering},
        Arc,
    },
    time::Duration,
};
use tokio::task::AbortHandle;

/// What an instance does.
pub(super) enum Phase {
    /// Nothing yet; it is being opened.
    Starting,
    /// It waits to be opened again after a failure.
    Waiting(AbortHandle),
    /// Its task runs.
    Working,
    /// It was interrupted and can go on.
    Rested(Box<Stage>),
    /// It has processed all rows; its result, if it has one.
    Finished(Option<Value>),
    /// It failed too often.
    Failed,
}

impl Phase {
    /// Tells whether nothing more will come of it by itself.
    pub(super) fn is_over(&self) -> bool {
        matches!(self, Self::Finished(_) | Self::Failed)
    }
}

/// An instance of the document.
pub(super) struct Slot {
    pub(super) name: StageName,
    pub(super) spec: InstanceSpec,
    pub(super) phase: Phase,
    /// When it failed lately, by the monotonic clock.
    pub(super) failures: VecDeque<Duration>,
    /// How many payloads left it.
    pub(super) emitted: Arc<AtomicU64>,
}

impl Slot {
    pub(super) fn new(spec: InstanceSpec) -> Self {
        Self { name: StageName::of(&spec), spec, phase: Phase::Starting, failures: VecDeque::new(), emitted: Arc::default() }
    }

    /// Has payloads counted on where rows do not come again, so that no id is used for something else.
    pub(super) fn without_repeats(&self, run: &Run, saved: StageCheckpoint) -> StageCheckpoint {
        if run.source_kind().replays() {
            return saved;
        }
        let payloads = saved.payloads.max(self.emitted.load(Ordering::Relaxed));
        StageCheckpoint { payloads, ..saved }
    }
}

/// Puts the results together: that of the only instance that has any, or all by name. `None` if an instance has not ended.
pub(super) fn joined(slots: Vec<Slot>) -> Option<Value> {
    let mut named = Vec::new();
    for slot in slots {
        match slot.phase {
            Phase::Finished(result) => named.extend(result.map(|result| (slot.name.to_string(), result))),
            Phase::Failed => {}
            _ => return None,
        }
    }
    Some(match named.pop() {
        Some((_, result)) if named.is_empty() => result,
        last => Value::Object(Map::from_iter(named.into_iter().chain(last))),
    })
}
