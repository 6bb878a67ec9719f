//! What the failure of an instance does to it and to the others, and what a slow instance does.

mod support;

use neurite_core::{FailureClass, PayloadKind};
use neurite_engine::{limits::FEED_CAPACITY, StageState};
use serde_json::json;
use support::*;

#[test]
fn a_failed_instance_is_started_again_and_loses_no_row() {
    let bench = Bench::new();
    bench.probes.fail_at("one", 10, 2);
    bench.probes.panic_at("one", 20);
    bench.life(async |engine| {
        let key = engine.start(request(&probed("rows", &["one", "two"]))).await.unwrap();
        let status = ended(&engine, &key).await;
        assert_eq!(result(&status), json!({ "PROBE/one": ROWS, "PROBE/two": ROWS }));
        let one = stage(&status, "one");
        assert_eq!((one.restarts, one.errors.internal, one.state), (3, 3, StageState::Finished));
        assert_eq!(stage(&status, "two").restarts, 0);
        rest(&engine).await;
    });
    assert_eq!(rows_by_id(&told(&bench, "one")), (0..ROWS).collect::<Vec<_>>());
    let two = told(&bench, "two");
    assert_eq!(two.iter().map(|(_, row, _)| *row).collect::<Vec<_>>(), (0..ROWS).collect::<Vec<_>>(), "the other repeats nothing");
}

#[test]
fn an_instance_that_keeps_failing_is_given_up_and_the_others_finish() {
    let bench = Bench::new();
    bench.probes.fail_at("one", 10, u32::MAX);
    bench.life(async |engine| {
        let key = engine.start(request(&probed("rows", &["one", "two"]))).await.unwrap();
        let status = ended(&engine, &key).await;
        assert_eq!(result(&status), json!(ROWS));
        let one = stage(&status, "one");
        let StageState::Failed { failure } = one.state else { panic!("{one:?}") };
        assert_eq!((failure.class, failure.reason.as_str()), (FailureClass::Internal, "told to fail at row 10"));
        assert_eq!((one.errors.internal, one.restarts, one.done), (5, 4, 9));
        rest(&engine).await;
    });
    let published = bench.publisher.published();
    let notifications: Vec<_> = published.iter().filter(|payload| payload.kind == PayloadKind::Notification).collect();
    assert_eq!(notifications.len(), 1);
    assert_eq!(notifications[0].origin.instance, "one");
    let body = &notifications[0].body;
    assert_eq!([&body["EVENT"], &body["CLASS"]], [&json!("INSTANCE_FAILED"), &json!("INTERNAL")]);
    assert_eq!(body["REASON"], json!("told to fail at row 10"));
}

#[test]
fn a_pipeline_fails_when_all_its_instances_have() {
    let bench = Bench::new();
    bench.probes.fail_at("one", 3, u32::MAX);
    bench.probes.fail_at("two", 25, u32::MAX);
    bench.life(async |engine| {
        let key = engine.start(request(&probed("rows", &["one", "two"]))).await.unwrap();
        let status = ended(&engine, &key).await;
        assert_eq!(failure(&status).0, FailureClass::Internal);
        assert!(status.stages.iter().all(|stage| matches!(stage.state, StageState::Failed { .. })), "{status:?}");
    });
}

#[test]
fn a_failure_in_a_job_ends_its_shard() {
    let bench = Bench::new();
    bench.probes.fail_at("one", 10, 1);
    bench.life(async |engine| {
        let key = engine.start(shard(&probed("rows", &["one", "two"]), 0, 1)).await.unwrap();
        assert_eq!(failure(&ended(&engine, &key).await), (FailureClass::Internal, "told to fail at row 10".into()));
    });
}

#[test]
fn a_slow_instance_of_a_live_feed_loses_the_oldest_rows_and_the_others_none() {
    let bench = Bench::new();
    bench.probes.hold(Some("slow"));
    let mut live = fed("live", "LiveFeed", &["slow", "fast"]);
    live["LIVE_FEED"] = json!(true);
    bench.life(async |engine| {
        let key = engine.start(request(&live)).await.unwrap();
        until(&engine, &key, |status| status.state == neurite_engine::PipelineState::Running).await;
        for rows in 1..=20 {
            bench.feed.push(1);
            until(&engine, &key, |status| stage(status, "fast").done == rows).await;
            reached(|| bench.probes.held_back() == 1).await;
        }
        // One row is held in the instance, some wait, and all between are gone.
        let expected = 20 - 1 - FEED_CAPACITY as u64;
        let slow = stage(&until(&engine, &key, |status| stage(status, "slow").dropped_rows == expected).await, "slow");
        assert_eq!((slow.dropped_batches, slow.rows_in), (expected, 0));
        bench.probes.hold(None);
        let status = until(&engine, &key, |status| stage(status, "slow").done == 20).await;
        assert_eq!((stage(&status, "slow").rows_in, stage(&status, "fast").rows_in), (1 + FEED_CAPACITY as u64, 20));
        assert_eq!(stage(&status, "fast").latency.count(), 20);
    });
}

#[test]
fn an_instance_of_a_live_source_goes_on_after_a_gap_with_new_ids() {
    let bench = Bench::new();
    bench.probes.fail_at("one", 2, 1);
    let key = bench.life(async |engine| {
        let key = engine.start(request(&fed("live", "LiveFeed", &["one"]))).await.unwrap();
        reached(|| bench.feed.opened() == 1).await;
        bench.feed.push(3);
        until(&engine, &key, |status| stage(status, "one").restarts == 1 && stage(status, "one").state == StageState::Running).await;
        while engine.status(&key).unwrap().payloads_sent < 3 {
            bench.feed.push(1);
            tokio::task::yield_now().await;
        }
        key
    });
    bench.life(async |engine| {
        until(&engine, &key, |status| status.state == neurite_engine::PipelineState::Running).await;
        bench.feed.push(1);
        until(&engine, &key, |status| status.payloads_sent == 1).await;
    });
    assert_eq!(bench.feed.opened(), 2, "the source is not opened again for an instance");
    let told = told(&bench, "one");
    assert_eq!(rows_by_id(&told).len(), told.len(), "no id comes twice: {told:?}");
}
