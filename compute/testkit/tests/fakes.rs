//! The fakes keep the contracts that they stand in for.

use neurite_core::{Batch, Clock, Field, Plugin, Tensor};
use neurite_testkit::{block_on, detached_context, serving, FakeClock, FakeModel, FakeModelParameters};
use std::time::Duration;

#[test]
fn the_fake_model_keeps_the_contract_of_serving() {
    let model = block_on(FakeModel::default().open(FakeModelParameters::default(), &detached_context())).unwrap();
    let features = |values: Vec<f32>| Field::new(Field::FEATURES, Tensor::f32(vec![values.len() / 2, 2], values).unwrap());
    let batches =
        [Batch::new(0, vec![features(vec![1.0, 5.0])]).unwrap(), Batch::new(1, vec![features(vec![2.4, 0.0, 2.6, 0.0])]).unwrap()];
    block_on(serving::answers_every_row_alike(&*model, &batches));
    let answers = block_on(model.infer(&batches[1])).unwrap();
    assert_eq!(answers[0].tensor.as_i64(), Some(&[2, 3][..]));
}

#[test]
fn a_jumping_clock_advances_by_every_wait() {
    let clock = FakeClock::jumping();
    block_on(clock.sleep(Duration::from_secs(5)));
    assert_eq!(clock.monotonic(), Duration::from_secs(5));
}

#[test]
fn a_standing_clock_wakes_who_waits_when_it_is_advanced() {
    let clock = FakeClock::standing();
    let (sleeper, mover) = (clock.clone(), clock.clone());
    let waiting = std::thread::spawn(move || block_on(sleeper.sleep(Duration::from_secs(5))));
    while clock.waiting() == 0 {
        std::thread::yield_now();
    }
    mover.advance(Duration::from_secs(5));
    waiting.join().unwrap();
}
