//! A business plugin that tells of every row and fails as a script says.

use neurite_core::{BoxFuture, Business, Context, Input, Outbox, PayloadKind, Plugin, PluginError};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{json, Map, Value};
use std::{
    collections::BTreeMap,
    sync::{
        atomic::{AtomicU32, Ordering},
        Arc, Mutex, MutexGuard, PoisonError,
    },
};
use tokio::sync::watch;

/// Leaves a payload behind for each row.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub(crate) struct ProbeParameters {
    /// Stands in every payload.
    #[serde(default)]
    mark: String,
    /// Whether states of other marks are refused.
    #[serde(default)]
    strict: bool,
}

/// What goes wrong with probes, by instance.
#[derive(Clone, Default)]
pub(crate) struct ProbeScript {
    state: Arc<Mutex<ScriptState>>,
    held: Arc<watch::Sender<Option<String>>>,
    waiting: Arc<AtomicU32>,
}

#[derive(Default)]
struct ScriptState {
    /// Instance, row and how often it fails there.
    failures: Vec<(String, u64, u32)>,
    panics: Vec<(String, u64)>,
    opened: BTreeMap<String, u32>,
}

impl ProbeScript {
    /// Lets an instance fail at a row, a number of times.
    pub(crate) fn fail_at(&self, instance: &str, row: u64, times: u32) {
        self.lock().failures.push((instance.into(), row, times));
    }

    /// Lets an instance panic at a row, once.
    pub(crate) fn panic_at(&self, instance: &str, row: u64) {
        self.lock().panics.push((instance.into(), row));
    }

    /// Holds an instance back, or nobody.
    pub(crate) fn hold(&self, instance: Option<&str>) {
        self.held.send_replace(instance.map(str::to_owned));
    }

    /// Returns the number of calls that are held back.
    pub(crate) fn held_back(&self) -> u32 {
        self.waiting.load(Ordering::SeqCst)
    }

    /// Returns how often an instance was opened.
    pub(crate) fn opened(&self, instance: &str) -> u32 {
        self.lock().opened.get(instance).copied().unwrap_or(0)
    }

    fn lock(&self) -> MutexGuard<'_, ScriptState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn check(&self, instance: &str, row: u64) -> Result<(), PluginError> {
        let mut state = self.lock();
        if let Some(at) = state.panics.iter().position(|(name, at)| name == instance && *at == row) {
            state.panics.remove(at);
            drop(state);
            panic!("the script says so");
        }
        let failing = state.failures.iter_mut().find(|(name, at, times)| name == instance && *at == row && *times > 0);
        if let Some((_, _, times)) = failing {
            *times -= 1;
            return Err(PluginError::internal(format!("told to fail at row {row}")));
        }
        Ok(())
    }
}

/// The plugin `PROBE`.
pub(crate) struct Probe {
    pub(crate) script: ProbeScript,
}

struct Instance {
    parameters: ProbeParameters,
    name: String,
    script: ProbeScript,
    rows: u64,
}

impl Plugin for Probe {
    type Instance = Box<dyn Business>;
    type Parameters = ProbeParameters;
    const SIGNATURE: &'static str = "PROBE";

    fn open<'a>(&'a self, parameters: ProbeParameters, context: &'a Context) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        let name = context.instance.clone();
        *self.script.lock().opened.entry(name.clone()).or_default() += 1;
        let instance = Instance { parameters, name, script: self.script.clone(), rows: 0 };
        Box::pin(async move { Ok(Box::new(instance) as Self::Instance) })
    }
}

impl Business for Instance {
    fn process<'a>(&'a mut self, input: Input<'a>, outbox: &'a mut Outbox) -> BoxFuture<'a, Result<(), PluginError>> {
        Box::pin(async move {
            let mut held = self.script.held.subscribe();
            let free = |holds: &Option<String>| holds.as_deref() != Some(self.name.as_str());
            self.script.waiting.fetch_add(1, Ordering::SeqCst);
            held.wait_for(free).await.map_err(|error| PluginError::internal(error.to_string()))?;
            self.script.waiting.fetch_sub(1, Ordering::SeqCst);
            for row in input.batch.start()..input.batch.end() {
                self.script.check(&self.name, row)?;
                self.rows += 1;
                let body = [("ROW", json!(row)), ("SEEN", json!(self.rows)), ("MARK", json!(self.parameters.mark))];
                outbox.push(PayloadKind::Data, Map::from_iter(body.map(|(key, value)| (key.to_owned(), value))))?;
            }
            Ok(())
        })
    }

    fn snapshot(&self) -> Result<Value, PluginError> {
        Ok(json!({ "rows": self.rows, "mark": self.parameters.mark }))
    }

    fn restore(&mut self, state: Value) -> Result<(), PluginError> {
        if self.parameters.strict && state["mark"] != json!(self.parameters.mark) {
            return Err(PluginError::internal("a state of another mark"));
        }
        self.rows = state["rows"].as_u64().ok_or_else(|| PluginError::internal("no state"))?;
        Ok(())
    }

    fn finish(&mut self, _: &mut Outbox) -> Result<Option<Value>, PluginError> {
        Ok(Some(json!(self.rows)))
    }
}
