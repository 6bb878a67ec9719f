//! What is accepted, what is refused, and what a pipeline leaves behind.

mod support;

use neurite_core::{FailureClass, PayloadKind};
use neurite_engine::{Commitment, EngineError, EngineLimits, PipelineKey, PipelineState, StartRequest};
use serde_json::{json, Value};
use std::time::Duration;
use support::*;

#[test]
fn the_shards_of_a_job_end_with_results_and_commitments() {
    let bench = Bench::new();
    bench.life(async |engine| {
        let (mut rows, mut right) = (0, 0);
        for index in 0..3 {
            let key = engine.start(shard(&document("digits"), index, 3)).await.unwrap();
            assert_eq!(key.to_string(), format!("job:alice/7/{index}"));
            let status = ended(&engine, &key).await;
            let PipelineState::Complete { result, commitment } = &status.state else { panic!("{status:?}") };
            assert_eq!(*commitment, Commitment(*blake3::hash(&canonical(result)).as_bytes()));
            assert_eq!((status.done, status.total, status.step()), (ROWS / 3, Some(ROWS / 3), 10));
            rows += result["ROWS"].as_u64().unwrap();
            right += result["RIGHT"].as_u64().unwrap();
        }
        assert_eq!((rows, right), (ROWS, ROWS - ROWS / 5));
    });
}

#[test]
fn payloads_say_whose_work_they_are_and_the_result_comes_last() {
    let bench = Bench::new();
    bench.life(async |engine| {
        let key = engine.start(shard(&document("digits"), 0, 1)).await.unwrap();
        until(&engine, &key, |status| status.payloads_sent == 4).await;
        engine.publish_result(&key).await.unwrap();
    });
    let payloads = bench.publisher.published();
    let kinds: Vec<PayloadKind> = payloads.iter().map(|payload| payload.kind).collect();
    assert_eq!(kinds[..3], [PayloadKind::Progress; 3]);
    assert_eq!(kinds[3..], [PayloadKind::Result; 2]);
    for payload in &payloads {
        assert_eq!(payload.body["JOB"], json!({ "SENDER": "alice", "ID": 7 }));
        assert_eq!((&payload.body["SHARD"], &payload.body["DEED"]), (&json!(0), &json!(3)));
        assert_eq!((payload.origin.pipeline.as_str(), payload.origin.instance.as_str()), ("digits", "one"));
    }
    assert_eq!(payloads[3].body["RESULT"]["ROWS"], json!(ROWS));
    assert_eq!(payloads[3], payloads[4]);
}

#[test]
fn a_model_without_state_is_asked_for_the_next_answer_before_it_gave_the_last() {
    for (has_state, asked) in [(false, 2), (true, 1)] {
        let bench = Bench::new();
        bench.script.set_blocked(true);
        let mut document = document("digits");
        document["PLUGINS"][0]["INSTANCES"][0]["MODEL"]["HAS_STATE"] = json!(has_state);
        bench.life(async |engine| {
            let key = engine.start(request(&document)).await.unwrap();
            reached(|| bench.script.held_back() == asked).await;
            // Time in which it must not be asked for more.
            tokio::time::sleep(Duration::from_millis(100)).await;
            assert_eq!(bench.script.held_back(), asked);
            bench.script.set_blocked(false);
            let rows = json!([result(&ended(&engine, &key).await)["ROWS"], bench.script.calls()]);
            assert_eq!(rows, json!([ROWS, ROWS / BATCH]));
        });
    }
}

#[test]
fn a_refused_document_leaves_nothing_behind() {
    let bench = Bench::new();
    let mut bad = document("bad");
    bad["PLUGINS"][0]["SIGNATURE"] = json!("NOTHING");
    let huge = StartRequest { document: vec![b' '; 10 * 1024 * 1024], ..request(&bad) };
    bench.life(async |engine| {
        assert!(matches!(engine.start(request(&bad)).await, Err(EngineError::Document(_))));
        assert!(matches!(engine.start(huge).await, Err(EngineError::Document(_))));
        let unnamed = StartRequest { owner: String::new(), ..request(&document("good")) };
        assert!(matches!(engine.start(unnamed).await, Err(EngineError::Request { field: "owner", .. })));
        assert!(engine.list().is_empty());
    });
    bench.life(async |engine| assert!(engine.list().is_empty()));
    assert!(bench.publisher.published().is_empty());
}

#[test]
fn a_taken_name_is_refused_and_only_the_owner_may_stop() {
    let bench = Bench::standing();
    bench.life(async |engine| {
        let key = engine.start(request(&document("digits"))).await.unwrap();
        assert_eq!(key, PipelineKey::Named("digits".into()));
        let other = StartRequest { owner: "bob".into(), ..request(&document("digits")) };
        assert_eq!(engine.start(request(&document("digits"))).await, Err(EngineError::AlreadyExists { key: key.clone() }));
        assert_eq!(engine.start(other.clone()).await, Err(EngineError::NotOwned { key: key.clone() }));
        assert_eq!(engine.stop(&key, "bob").await, Err(EngineError::NotOwned { key: key.clone() }));
        assert_eq!(engine.publish_result(&key).await, Err(EngineError::NotComplete { key: key.clone() }));
        engine.stop(&key, "alice").await.unwrap();
        assert_eq!(engine.stop(&key, "alice").await, Err(EngineError::NotFound { key: key.clone() }));
        assert_eq!(engine.start(other).await.unwrap(), key);
    });
}

#[test]
fn a_stopped_pipeline_stays_away_after_a_restart() {
    let bench = Bench::standing();
    bench.life(async |engine| {
        let key = engine.start(request(&document("digits"))).await.unwrap();
        engine.stop(&key, "alice").await.unwrap();
    });
    bench.life(async |engine| assert!(engine.list().is_empty()));
}

#[test]
fn ended_pipelines_make_room_but_running_ones_and_jobs_do_not() {
    let bench = Bench { limits: EngineLimits { max_pipelines: 2, ..Bench::new().limits }, ..Bench::new() };
    bench.life(async |engine| {
        let first = engine.start(request(&document("first"))).await.unwrap();
        ended(&engine, &first).await;
        let job = engine.start(shard(&document("job"), 0, 1)).await.unwrap();
        ended(&engine, &job).await;
        let second = engine.start(request(&document("second"))).await.unwrap();
        ended(&engine, &second).await;
        assert_eq!(engine.status(&first).unwrap_err(), EngineError::NotFound { key: first });
        let shard = engine.start(shard(&document("job"), 1, 2)).await.unwrap();
        ended(&engine, &shard).await;
        let full = engine.start(request(&document("third"))).await;
        assert_eq!(full, Err(EngineError::TooManyPipelines { limit: 2 }));
    });
}

#[test]
fn batches_come_no_faster_than_the_document_allows() {
    let bench = Bench::standing();
    bench.life(async |engine| {
        let key = engine.start(request(&document("paced"))).await.unwrap();
        until(&engine, &key, |status| status.done == BATCH).await;
        // The pump waits for the clock, and the stage has nothing left.
        reached(|| bench.clock.waiting() > 0).await;
        bench.clock.advance(INTERVAL - Duration::from_millis(1));
        assert_eq!(engine.status(&key).unwrap().done, BATCH);
        bench.clock.advance(Duration::from_millis(1));
        let status = until(&engine, &key, |status| status.done == 2 * BATCH).await;
        assert_eq!(status.step(), 0);
    });
}

#[test]
fn several_instances_have_their_results_by_name() {
    let bench = Bench::new();
    let mut two = document("two");
    let mut second = two["PLUGINS"][0]["INSTANCES"][0].clone();
    second["INSTANCE_ID"] = json!("two");
    two["PLUGINS"][0]["INSTANCES"].as_array_mut().unwrap().push(second);
    let result = bench.life(async |engine| {
        let key = engine.start(request(&two)).await.unwrap();
        result(&ended(&engine, &key).await)
    });
    let single = Bench::undisturbed(request(&document("one")));
    assert_eq!(result, json!({ "CLASSIFIER_SCORE/one": single, "CLASSIFIER_SCORE/two": single }));
}

#[test]
fn a_status_is_one_flat_object_for_the_api() {
    let bench = Bench::new();
    let status = bench.life(async |engine| {
        let key = engine.start(shard(&document("digits"), 0, 3)).await.unwrap();
        serde_json::to_value(ended(&engine, &key).await).unwrap()
    });
    assert_eq!((&status["key"], &status["state"]), (&json!("job:alice/7/0"), &json!("complete")));
    assert_eq!(status["commitment"].as_str().map(str::len), Some(64));
    assert_eq!(status["result"]["ROWS"], json!(ROWS / 3));
    assert_eq!(status["job"]["shard"], json!({ "index": 0, "count": 3 }));
    let _: Value = status;
}

#[test]
fn corrupt_input_fails_with_row_and_column() {
    let bench = Bench::new();
    bench.base.write_data("rows.csv", "value,label\n1,1\nx,2\n");
    bench.life(async |engine| {
        let key = engine.start(request(&document("corrupt"))).await.unwrap();
        let (class, reason) = failure(&ended(&engine, &key).await);
        assert_eq!(class, FailureClass::Input);
        assert_eq!(reason, "input rows.csv: row 2, column value: value is no finite number");
    });
}
