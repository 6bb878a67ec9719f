//! A communication plugin whose answers the test decides.

use neurite_core::{BoxFuture, Communication, Context, Origin, Payload, Plugin, PluginError};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// Keeps what it acknowledged.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub(crate) struct TargetParameters {
    /// Stands before what this target got.
    #[serde(default)]
    name: String,
}

/// How targets answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Answer {
    #[default]
    Acknowledge,
    /// Says nothing until something else is to be answered.
    Nothing,
    Unavailable,
    Refuse,
    Panic,
}

/// What targets do and what they got.
#[derive(Clone, Default)]
pub(crate) struct TargetScript {
    answer: Arc<watch::Sender<Answer>>,
    got: Arc<Mutex<Vec<(String, Payload)>>>,
    calls: Arc<watch::Sender<u32>>,
}

impl TargetScript {
    pub(crate) fn answer(&self, answer: Answer) {
        self.answer.send_replace(answer);
    }

    /// Returns the number of calls so far.
    pub(crate) fn calls(&self) -> u32 {
        *self.calls.borrow()
    }

    /// Returns what the target of this name acknowledged.
    pub(crate) fn got(&self, name: &str) -> Vec<Payload> {
        self.lock().iter().filter(|(target, _)| target == name).map(|(_, payload)| payload.clone()).collect()
    }

    /// Returns the ids of what the target of this name acknowledged.
    pub(crate) fn ids(&self, name: &str) -> Vec<Value> {
        self.got(name).into_iter().map(|payload| payload.body["PAYLOAD_ID"].clone()).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(String, Payload)>> {
        self.got.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The plugin `TARGET`.
pub(crate) struct Target(pub(crate) TargetScript);

struct Instance {
    name: String,
    script: TargetScript,
}

impl Plugin for Target {
    type Instance = Arc<dyn Communication>;
    type Parameters = TargetParameters;
    const SIGNATURE: &'static str = "TARGET";

    fn open<'a>(&'a self, parameters: TargetParameters, _: &'a Context) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        let instance = Instance { name: parameters.name, script: self.0.clone() };
        Box::pin(async move { Ok(Arc::new(instance) as Self::Instance) })
    }
}

impl Communication for Instance {
    fn send<'a>(&'a self, _: &'a Origin, payload: &'a Payload) -> BoxFuture<'a, Result<(), PluginError>> {
        Box::pin(async move {
            self.script.calls.send_modify(|calls| *calls += 1);
            let mut answer = self.script.answer.subscribe();
            let answer = *answer.wait_for(|answer| *answer != Answer::Nothing).await.expect("the script lives");
            match answer {
                Answer::Acknowledge | Answer::Nothing => self.script.lock().push((self.name.clone(), payload.clone())),
                Answer::Unavailable => return Err(PluginError::unavailable("target", "told to be away")),
                Answer::Refuse => return Err(PluginError::internal("told to refuse")),
                Answer::Panic => panic!("the script says so"),
            }
            Ok(())
        })
    }
}
