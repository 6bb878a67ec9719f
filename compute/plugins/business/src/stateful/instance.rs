//! From the logic of a plugin to an instance of it.

use neurite_core::{BoxFuture, Business, Input, Outbox, PluginError};
use serde::{de::DeserializeOwned, Deserialize, Serialize};
use serde_json::Value;

/// The version of all states that are written.
const VERSION: u8 = 1;

/// What a plugin does with rows. Its state must depend on the rows only.
pub(crate) trait Logic: Send + 'static {
    /// What a checkpoint holds.
    type State: Serialize + DeserializeOwned;

    /// Takes in the next rows.
    fn process(&mut self, input: Input<'_>, outbox: &mut Outbox) -> Result<(), PluginError>;

    /// Returns the state after the rows so far.
    fn state(&self) -> &Self::State;

    /// Makes sure that what the state counts on outlives the machine; called before the state goes into a checkpoint.
    fn make_durable(&self) -> Result<(), PluginError> {
        Ok(())
    }

    /// Tells whether instances of these parameters can have this state.
    fn accepts(&self, state: &Self::State) -> bool;

    /// Goes on from a state that was accepted.
    fn set_state(&mut self, state: Self::State);

    /// Returns the result after the last row.
    fn finish(&mut self, _outbox: &mut Outbox) -> Result<Option<Value>, PluginError> {
        Ok(None)
    }
}

/// The form of states in checkpoints.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
struct Saved<S> {
    version: u8,
    state: S,
}

/// An instance whose plugin is the logic.
struct Instance<L>(L);

/// Makes an instance of a logic.
pub(crate) fn open<'a, L: Logic>(logic: Result<L, PluginError>) -> BoxFuture<'a, Result<Box<dyn Business>, PluginError>> {
    Box::pin(async move { Ok(Box::new(Instance(logic?)) as Box<dyn Business>) })
}

impl<L: Logic> Business for Instance<L> {
    fn process<'a>(&'a mut self, input: Input<'a>, outbox: &'a mut Outbox) -> BoxFuture<'a, Result<(), PluginError>> {
        Box::pin(async move { self.0.process(input, outbox) })
    }

    fn snapshot(&self) -> Result<Value, PluginError> {
        self.0.make_durable()?;
        let saved = Saved { version: VERSION, state: self.0.state() };
        serde_json::to_value(saved).map_err(|error| PluginError::internal(format!("state: {error}")))
    }

    fn restore(&mut self, state: Value) -> Result<(), PluginError> {
        let saved: Saved<L::State> = serde_json::from_value(state).map_err(|error| PluginError::internal(format!("state: {error}")))?;
        if saved.version != VERSION || !self.0.accepts(&saved.state) {
            return Err(PluginError::internal("state does not fit the parameters"));
        }
        self.0.set_state(saved.state);
        Ok(())
    }

    fn finish(&mut self, outbox: &mut Outbox) -> Result<Option<Value>, PluginError> {
        self.0.finish(outbox)
    }
}
