//! Tests of `Void`: the contract of acquisition, pace and times.

use super::*;
use neurite_core::{Acquisition, Batch, Clock, Context, Field, Plugin, Services, Shard};
use neurite_testkit::{acquisition, block_on, detached_context, services, FakeClock};
use serde_json::{json, Value};
use std::{sync::Arc, time::Duration};

fn open(clock: &FakeClock, parameters: Value, shard: Shard) -> Box<dyn Acquisition> {
    let parameters: VoidParameters = serde_json::from_value(parameters).unwrap();
    let services = Services { clock: Arc::new(clock.clone()), ..services() };
    block_on(Void.open(parameters, &Context { shard, services, ..detached_context() })).unwrap()
}

fn time(batch: &Batch) -> i64 {
    assert_eq!((batch.rows(), batch.fields().len()), (1, 1));
    batch.field(Field::TIME).unwrap().as_i64().unwrap()[0]
}

#[test]
fn ticks_without_end_carry_the_clocks_time_at_the_interval() {
    let clock = FakeClock::jumping();
    let start = clock.unix_ms() as i64;
    let mut ticks = open(&clock, json!({ "INTERVAL_MS": 250 }), Shard::WHOLE);
    assert_eq!(ticks.total(), None);
    for count in 0..4 {
        let batch = block_on(ticks.next_batch()).unwrap().unwrap();
        assert_eq!((batch.start(), time(&batch)), (count, start + 250 * count as i64));
    }
}

#[test]
fn ticks_that_were_not_taken_in_time_are_left_out() {
    let clock = FakeClock::jumping();
    let start = clock.unix_ms() as i64;
    let mut ticks = open(&clock, json!({ "INTERVAL_MS": 100 }), Shard::WHOLE);
    let mut next = || time(&block_on(ticks.next_batch()).unwrap().unwrap()) - start;
    assert_eq!(next(), 0);
    clock.advance(Duration::from_millis(1050));
    assert_eq!([next(), next(), next()], [1050, 1150, 1250]);
}

#[test]
fn counted_ticks_are_the_same_for_everyone() {
    let parameters = json!({ "INTERVAL_MS": 60_000, "COUNT": 3, "START_TIME": 1_000 });
    let mut ticks = open(&FakeClock::jumping(), parameters, Shard::new(1, 2).unwrap());
    assert_eq!(ticks.total(), Some(2));
    let times: Vec<i64> = std::iter::from_fn(|| block_on(ticks.next_batch()).unwrap()).map(|batch| time(&batch)).collect();
    assert_eq!(times, [61_000, 121_000]);
}

#[test]
fn the_contract_of_acquisition_holds() {
    let open = |shard| open(&FakeClock::jumping(), json!({ "INTERVAL_MS": 10, "COUNT": 11 }), shard);
    acquisition::shards_partition_rows(open, 4, 11);
    acquisition::resumes_anywhere(|| open(Shard::new(1, 3).unwrap()));
    acquisition::resumes_after_every_batch(|| open(Shard::WHOLE), 11);
}

#[test]
fn a_start_time_needs_a_count() {
    let faults = |parameters| Void.check(&serde_json::from_value(parameters).unwrap());
    assert_eq!(faults(json!({ "START_TIME": 5 }))[0].path, "/START_TIME");
    assert!(faults(json!({ "START_TIME": 5, "COUNT": 1 })).is_empty());
}
