//! Draining, crashing and starting again.

mod support;

use neurite_engine::{EngineLimits, PipelineState};
use proptest::prelude::*;
use serde_json::json;
use std::time::Duration;
use support::*;

#[test]
fn a_drained_engine_goes_on_where_it_stopped() {
    let expected = Bench::undisturbed(shard(&document("digits"), 0, 1));
    let bench =
        Bench { limits: EngineLimits { checkpoint_interval: Duration::from_secs(3600), ..Bench::new().limits }, ..Bench::standing() };
    let key = bench.life(async |engine| {
        let key = engine.start(shard(&document("digits"), 0, 1)).await.unwrap();
        advance_to(&bench, &engine, &key, 12).await;
        let report = engine.shutdown(Duration::from_secs(60)).await;
        assert_eq!((report.rested, report.cut_off.len()), (1, 0));
        assert_eq!(engine.status(&key).unwrap().state, PipelineState::Resting);
        assert!(engine.start(request(&document("late"))).await.is_err());
        key
    });
    let calls = bench.script.calls();
    bench.life(async |engine| {
        let status = until(&engine, &key, |status| status.state == PipelineState::Running).await;
        assert!(status.done >= 12, "{status:?}");
        advance_to(&bench, &engine, &key, ROWS).await;
        bench.clock.advance(INTERVAL);
        assert_eq!(result(&ended(&engine, &key).await), expected);
    });
    assert_eq!(bench.script.calls(), ROWS / BATCH, "no batch is inferred twice, {calls} were before");
}

#[test]
fn a_crashed_engine_ends_with_the_same_result_wherever_it_was_hit() {
    let expected = Bench::undisturbed(shard(&document("digits"), 1, 2));
    for rows in [0, 3, 6, 12] {
        let bench = Bench::standing();
        let key = bench.life(async |engine| {
            let key = engine.start(shard(&document("digits"), 1, 2)).await.unwrap();
            advance_to(&bench, &engine, &key, rows).await;
            key
        });
        let bench = Bench { clock: neurite_testkit::FakeClock::jumping(), ..bench };
        bench.life(async |engine| {
            assert_eq!(result(&ended(&engine, &key).await), expected, "hit after {rows} rows");
        });
        let payloads = bench.publisher.published();
        bench.life(async |engine| {
            assert_eq!(result(&engine.status(&key).unwrap()), expected, "a complete pipeline stays complete");
            assert_eq!(engine.status(&key).unwrap().step(), 10);
            engine.publish_result(&key).await.unwrap();
        });
        assert_eq!(bench.publisher.published().len(), payloads.len() + 1);
    }
}

#[test]
fn what_is_not_at_rest_at_the_deadline_is_cut_off_and_done_later() {
    let expected = Bench::undisturbed(request(&document("digits")));
    let bench = Bench::new();
    bench.script.set_blocked(true);
    let key = bench.life(async |engine| {
        let key = engine.start(request(&document("digits"))).await.unwrap();
        reached(|| bench.script.held_back() > 0).await;
        let report = engine.shutdown(Duration::from_millis(1)).await;
        assert_eq!(report.cut_off, std::slice::from_ref(&key));
        key
    });
    bench.script.set_blocked(false);
    bench.life(async |engine| {
        assert_eq!(result(&ended(&engine, &key).await), expected);
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn any_series_of_crashes_ends_with_the_same_result(hits in proptest::collection::vec(0u64..10, 1..4), instances in 1usize..3) {
        let mut wanted = document("digits");
        for number in 1..instances {
            let mut other = wanted["PLUGINS"][0]["INSTANCES"][0].clone();
            other["INSTANCE_ID"] = json!(format!("other-{number}"));
            wanted["PLUGINS"][0]["INSTANCES"].as_array_mut().unwrap().push(other);
        }
        let expected = Bench::undisturbed(request(&wanted));
        let bench = Bench::standing();
        let key = bench.life(async |engine| { engine.start(request(&wanted)).await.unwrap() });
        for hit in hits {
            bench.life(async |engine| {
                let status = until(&engine, &key, |status| status.state != PipelineState::Starting).await;
                advance_to(&bench, &engine, &key, (status.done + hit).min(ROWS)).await;
            });
        }
        let bench = Bench { clock: neurite_testkit::FakeClock::jumping(), ..bench };
        let result = bench.life(async |engine| { result(&ended(&engine, &key).await) });
        prop_assert_eq!(result, expected);
    }
}
