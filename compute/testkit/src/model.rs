//! A serving plugin without a process.

use neurite_core::{Batch, BoxFuture, Context, Field, Plugin, PluginError, Serving, Tensor};
use schemars::JsonSchema;
use serde::Deserialize;
use std::sync::{Arc, Mutex, PoisonError};

/// Answers in memory with the rounded first feature of each row.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub struct FakeModelParameters {
    /// Whether opening finds the model damaged.
    #[serde(default)]
    pub damaged: bool,
    /// Whether the model says that it has a state.
    #[serde(default)]
    pub has_state: bool,
}

/// What goes wrong with a [`FakeModel`], shared by all its instances.
#[derive(Debug, Clone, Default)]
pub struct ModelScript {
    state: Arc<Mutex<ScriptState>>,
}

#[derive(Debug, Default)]
struct ScriptState {
    calls: u64,
    transient_failures: u64,
    panic: bool,
    blocked: bool,
    wakers: Vec<std::task::Waker>,
}

impl ModelScript {
    /// Lets the next calls fail with a transient error.
    pub fn fail_next(&self, calls: u64) {
        self.with(|state| state.transient_failures = calls);
    }

    /// Lets the next call panic.
    pub fn panic_next(&self) {
        self.with(|state| state.panic = true);
    }

    /// Holds back all answers, or lets them go.
    pub fn set_blocked(&self, blocked: bool) {
        let wakers = self.with(|state| {
            state.blocked = blocked;
            std::mem::take(&mut state.wakers)
        });
        wakers.into_iter().for_each(std::task::Waker::wake);
    }

    /// Returns the number of calls that are held back.
    pub fn held_back(&self) -> usize {
        self.with(|state| state.wakers.len())
    }

    /// Returns the number of calls so far, failed ones included.
    pub fn calls(&self) -> u64 {
        self.with(|state| state.calls)
    }

    fn with<T>(&self, look: impl FnOnce(&mut ScriptState) -> T) -> T {
        look(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Counts a call and tells whether it fails.
    fn call(&self) -> Result<(), PluginError> {
        let (panic, fail) = self.with(|state| {
            state.calls += 1;
            let fail = state.transient_failures > 0;
            state.transient_failures = state.transient_failures.saturating_sub(1);
            (std::mem::take(&mut state.panic), fail)
        });
        assert!(!panic, "the script says so");
        if fail {
            return Err(PluginError::unavailable("fake model", "told to fail"));
        }
        Ok(())
    }

    async fn unblocked(&self) {
        std::future::poll_fn(|poll| {
            self.with(|state| {
                if !state.blocked {
                    return std::task::Poll::Ready(());
                }
                state.wakers.push(poll.waker().clone());
                std::task::Poll::Pending
            })
        })
        .await;
    }
}

/// The plugin `fake`.
#[derive(Debug, Clone, Default)]
pub struct FakeModel {
    /// What goes wrong.
    pub script: ModelScript,
}

impl Plugin for FakeModel {
    type Instance = Arc<dyn Serving>;
    type Parameters = FakeModelParameters;
    const SIGNATURE: &'static str = "fake";

    fn open<'a>(&'a self, parameters: FakeModelParameters, _: &'a Context) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        let script = self.script.clone();
        Box::pin(async move {
            if parameters.damaged {
                return Err(PluginError::model("fake", "told to be damaged"));
            }
            Ok(Arc::new(FakeInstance { script, has_state: parameters.has_state }) as Self::Instance)
        })
    }
}

struct FakeInstance {
    script: ModelScript,
    has_state: bool,
}

impl Serving for FakeInstance {
    fn has_state(&self) -> bool {
        self.has_state
    }

    fn infer<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Result<Vec<Field>, PluginError>> {
        Box::pin(async move {
            self.script.unblocked().await;
            self.script.call()?;
            let features = batch.field(Field::FEATURES).and_then(Tensor::as_f32);
            let features = features.ok_or_else(|| PluginError::model("fake", "needs features"))?;
            let width = features.len() / batch.rows();
            let classes = features.chunks_exact(width).map(|row| row[0].round() as i64).collect();
            Ok(vec![Field::new("class", Tensor::i64(vec![batch.rows()], classes)?)])
        })
    }
}
