//! What becomes of payloads: ids, targets that are away, crashes, bounds.

mod support;

use neurite_core::{Bus, BusFilter, PayloadKind};
use neurite_engine::{EngineLimits, PipelineState, PipelineStatus, SpoolLimits};
use serde_json::{json, Value};
use std::collections::BTreeSet;
use support::{target::Answer, *};

/// A document whose payloads go to the scripted target.
fn aimed(name: &str, instances: &[&str]) -> Value {
    let mut aimed = probed(name, instances);
    aimed["COMMUNICATION"] = json!({ "TYPE": "TARGET" });
    aimed
}

fn rows(bench: &Bench) -> Vec<u64> {
    bench.target.got("").iter().filter_map(|payload| payload.body.get("ROW")?.as_u64()).collect()
}

#[test]
fn payloads_have_ids_that_are_the_same_in_every_run() {
    let ids = || {
        let bench = Bench::new();
        bench.life(async |engine| {
            engine.start(request(&aimed("rows", &["one", "two"]))).await.unwrap();
            engine.start(shard(&aimed("job", &["one"]), 0, 2)).await.unwrap();
            engine.start(shard(&aimed("job", &["one"]), 1, 2)).await.unwrap();
            for status in engine.list() {
                ended(&engine, &status.key).await;
            }
            rest(&engine).await;
        });
        bench.target.ids("").into_iter().map(|id| id.as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let (first, second) = (ids(), ids());
    let distinct: BTreeSet<&String> = first.iter().collect();
    assert_eq!((first.len(), distinct.len()), (3 * ROWS as usize + 3, 3 * ROWS as usize + 3), "no two payloads have the same id");
    assert_eq!(distinct, second.iter().collect());
    let document = hex::encode(&blake3::hash(aimed("rows", &["one", "two"]).to_string().as_bytes()).as_bytes()[..8]);
    assert_eq!(first.iter().filter(|id| id.starts_with(&format!("{document}-"))).count(), 2 * ROWS as usize + 1);
    assert!(first.iter().any(|id| id.contains("s1-") && id.ends_with("-result")), "{first:?}");
}

#[test]
fn nothing_that_was_not_acknowledged_is_behind_a_checkpoint() {
    let bench = Bench::new();
    bench.target.answer(Answer::Nothing);
    let key = bench.life(async |engine| {
        let key = engine.start(request(&aimed("rows", &["one"]))).await.unwrap();
        // All rows are done, no payload is acknowledged, and then the engine crashes.
        until(&engine, &key, |status| status.done == ROWS).await;
        assert_eq!(engine.status(&key).unwrap().state, PipelineState::Running);
        key
    });
    assert!(rows(&bench).is_empty());
    bench.target.answer(Answer::Acknowledge);
    bench.life(async |engine| {
        ended(&engine, &key).await;
        rest(&engine).await;
    });
    assert_eq!(rows(&bench), (0..ROWS).collect::<Vec<_>>());
}

#[test]
fn many_payloads_are_on_their_way_at_a_time() {
    let bench = Bench::new();
    bench.target.answer(Answer::Nothing);
    bench.life(async |engine| {
        let key = engine.start(request(&aimed("rows", &["one", "two", "three"]))).await.unwrap();
        reached(|| bench.target.calls() == 64).await;
        bench.target.answer(Answer::Acknowledge);
        ended(&engine, &key).await;
        rest(&engine).await;
    });
    assert_eq!(rows(&bench).len() as u64, 3 * ROWS);
}

#[test]
fn payloads_wait_on_disk_over_a_restart_and_are_sent_in_order() {
    let bench = Bench::new();
    bench.target.answer(Answer::Unavailable);
    let key = bench.life(async |engine| {
        let key = engine.start(request(&aimed("rows", &["one"]))).await.unwrap();
        ended(&engine, &key).await;
        let status = until(&engine, &key, |status| status.targets[0].waiting == ROWS + 1).await;
        assert!(status.targets[0].waiting_bytes > 0 && status.targets[0].retries > 0);
        assert_eq!((status.payloads_sent, status.payloads_dropped), (0, 0));
        key
    });
    bench.life(async |engine| {
        let status = until(&engine, &key, |status| status.targets.first().is_some_and(|target| target.retries > 2)).await;
        assert_eq!(status.targets[0].waiting, ROWS + 1);
        bench.target.answer(Answer::Acknowledge);
        // A payload leaves the disk after it is sent.
        let nothing_waits = |status: &PipelineStatus| status.targets.iter().all(|target| target.waiting == 0);
        until(&engine, &key, |status| status.payloads_sent == ROWS + 1 && nothing_waits(status)).await;
    });
    assert_eq!(rows(&bench), (0..ROWS).collect::<Vec<_>>());
    assert!(bench.target.got("").last().unwrap().body.contains_key("RESULT"));
    bench.life(async |engine| assert!(engine.status(&key).unwrap().targets.is_empty(), "nothing is left to do"));
}

#[test]
fn the_queue_on_disk_is_bounded_and_loses_the_oldest() {
    for spool in [SpoolLimits { payloads: 5, bytes: usize::MAX }, SpoolLimits { payloads: usize::MAX, bytes: 1000 }] {
        let bench = Bench::new();
        let bench = Bench { limits: EngineLimits { spool, ..bench.limits.clone() }, ..bench };
        bench.target.answer(Answer::Unavailable);
        bench.life(async |engine| {
            let key = engine.start(request(&aimed("rows", &["one"]))).await.unwrap();
            ended(&engine, &key).await;
            let whole = |status: &PipelineStatus| status.targets[0].waiting + status.payloads_dropped == ROWS + 1;
            let status = until(&engine, &key, whole).await;
            let waiting = status.targets[0].waiting;
            assert!((4..=8).contains(&waiting) && status.targets[0].waiting_bytes <= 1000, "{status:?}");
            bench.target.answer(Answer::Acknowledge);
            until(&engine, &key, |status| status.payloads_sent == waiting).await;
            assert_eq!(rows(&bench), (ROWS + 1 - waiting..ROWS).collect::<Vec<_>>());
        });
    }
}

#[test]
fn a_payload_that_is_refused_or_breaks_the_plugin_is_dropped_and_counted() {
    for answer in [Answer::Refuse, Answer::Panic] {
        let bench = Bench::new();
        bench.target.answer(answer);
        bench.life(async |engine| {
            let key = engine.start(request(&aimed("rows", &["one"]))).await.unwrap();
            ended(&engine, &key).await;
            let status = until(&engine, &key, |status| status.payloads_dropped == ROWS + 1).await;
            assert_eq!((status.targets[0].dropped, status.targets[0].waiting, status.payloads_sent), (ROWS + 1, 0, 0));
        });
    }
}

#[test]
fn every_target_gets_the_kinds_that_it_carries_and_none_waits_for_another() {
    let bench = Bench::new();
    let mut several = document("several");
    several["PLUGINS"].as_array_mut().unwrap().push(json!({ "SIGNATURE": "PROBE", "INSTANCES": [{ "INSTANCE_ID": "probe" }] }));
    several["COMMUNICATION"] = json!([
        { "TYPE": "TARGET", "NAME": "data", "CARRIES": ["PAYLOADS"] },
        { "TYPE": "TARGET", "NAME": "rest", "CARRIES": ["PROGRESS", "RESULTS", "NOTIFICATIONS"] },
        { "TYPE": "MQTT" },
    ]);
    bench.publisher.set_absent(true);
    let mut reader = bench.bus.read(BusFilter { instance: Some("probe".into()), ..BusFilter::default() }, 100).unwrap();
    bench.life(async |engine| {
        let key = engine.start(request(&several)).await.unwrap();
        ended(&engine, &key).await;
        until(&engine, &key, |status| status.payloads_sent == ROWS + 4 && status.targets[2].waiting == ROWS + 4).await;
    });
    let kinds = |name: &str| bench.target.got(name).into_iter().map(|payload| payload.kind).collect::<Vec<_>>();
    assert_eq!(kinds("data"), [PayloadKind::Data; ROWS as usize]);
    assert_eq!(kinds("rest"), [PayloadKind::Progress, PayloadKind::Progress, PayloadKind::Progress, PayloadKind::Result]);
    let heard: Vec<Value> = (0..ROWS).map(|_| neurite_testkit::block_on(reader.next()).payload.body["PAYLOAD_ID"].clone()).collect();
    assert_eq!(heard, bench.target.ids("data"), "the bus carries what the targets get");
}

#[test]
fn a_source_with_a_cursor_goes_on_after_a_crash_and_repeats_with_the_same_ids() {
    let bench = Bench::new();
    let mut fed = fed("fed", "KeyFeed", &["one", "two"]);
    fed["COMMUNICATION"] = json!({ "TYPE": "TARGET" });
    let key = bench.life(async |engine| engine.start(request(&fed)).await.unwrap());
    for rows in 1..=6 {
        bench.life(async |engine| {
            bench.feed.push(1);
            until(&engine, &key, |status| status.done == rows).await;
        });
    }
    bench.life(async |engine| {
        bench.feed.push(1);
        until(&engine, &key, |status| status.done == 7).await;
        rest(&engine).await;
    });
    let told: Vec<(String, u64, String)> = bench
        .target
        .got("")
        .iter()
        .map(|payload| (payload.body["PAYLOAD_ID"].to_string(), payload.body["ROW"].as_u64().unwrap(), String::new()))
        .collect();
    assert_eq!(rows_by_id(&told), [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6]);
}
