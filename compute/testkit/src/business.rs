//! The contract of business plugins.

use crate::block_on;
use neurite_core::{Batch, Business, Field, Input, Outbox};
use serde_json::Value;

/// Checks that an instance that is restored after any batch ends with the same result and state as one that never stopped.
pub fn resumes_after_every_batch(open: impl Fn() -> Box<dyn Business>, batches: &[(Batch, Vec<Field>)]) {
    let (expected_result, expected_state) = {
        let mut instance = open();
        process(&mut *instance, batches);
        finish(&mut *instance)
    };
    for stop in 0..=batches.len() {
        let (before, after) = batches.split_at(stop);
        let mut first = open();
        process(&mut *first, before);
        let state = first.snapshot().expect("a state");
        let text = serde_json::to_vec(&state).expect("a state as text");
        assert!(text.len() <= neurite_core::bounds::MAX_STATE_BYTES, "size of the state after {stop} batches");
        let mut second = open();
        second.restore(serde_json::from_slice(&text).expect("a state from text")).expect("a state that fits");
        assert_eq!(second.snapshot().expect("a state"), state, "state restored after {stop} batches");
        process(&mut *second, after);
        assert_eq!(finish(&mut *second), (expected_result.clone(), expected_state.clone()), "end when stopped after {stop} batches");
    }
    assert!(open().restore(Value::String("no state".into())).is_err(), "a foreign state must be refused");
}

fn process(instance: &mut dyn Business, batches: &[(Batch, Vec<Field>)]) {
    for (batch, inference) in batches {
        block_on(instance.process(Input { batch, inference }, &mut Outbox::default())).expect("a batch that fits");
    }
}

fn finish(instance: &mut dyn Business) -> (Option<Value>, Value) {
    let state = instance.snapshot().expect("a state");
    (instance.finish(&mut Outbox::default()).expect("a result"), state)
}
