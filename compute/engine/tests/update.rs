//! Replacing the document of a pipeline while it works.

mod support;

use neurite_engine::{Engine, EngineError, PipelineKey, PipelineState, StageState};
use serde_json::{json, Value};
use support::*;

fn bytes(document: &Value) -> Vec<u8> {
    document.to_string().into_bytes()
}

fn key() -> PipelineKey {
    PipelineKey::Named("fed".into())
}

/// A document with three instances: one that stays, one that changes and one that goes.
fn before() -> Value {
    let mut before = fed("fed", "KeyFeed", &["stays", "changes", "goes"]);
    before["PLUGINS"][0]["INSTANCES"][1]["MARK"] = json!("old");
    before
}

/// Makes rows and waits until the instances have processed them.
async fn process(bench: &Bench, engine: &Engine, rows: u64) {
    let done = engine.status(&key()).unwrap().done;
    bench.feed.push(rows);
    until(engine, &key(), |status| status.done == done + rows).await;
}

/// What an instance told of: rows with the mark and the number of rows seen until then.
fn seen(bench: &Bench, instance: &str) -> Vec<(u64, String, u64)> {
    let published = bench.publisher.published();
    let own = published.iter().filter(|payload| payload.origin.instance == instance && payload.body.contains_key("ROW"));
    own.map(|payload| {
        let number = |key: &str| payload.body[key].as_u64().unwrap();
        (number("ROW"), payload.body["MARK"].as_str().unwrap().to_owned(), number("SEEN"))
    })
    .collect()
}

#[test]
fn only_what_changed_is_started_again_and_no_row_is_lost() {
    for strict in [false, true] {
        let bench = Bench::new();
        let mut after = before();
        after["PLUGINS"][0]["INSTANCES"] = json!([
            { "INSTANCE_ID": "new" }, { "INSTANCE_ID": "stays" }, { "INSTANCE_ID": "changes", "MARK": "new", "STRICT": strict },
        ]);
        bench.life(async |engine| {
            engine.start(request(&before())).await.unwrap();
            process(&bench, &engine, 3).await;
            engine.update(&key(), "alice", bytes(&after)).await.unwrap();
            let status = engine.status(&key()).unwrap();
            assert_eq!(status.stages.iter().map(|stage| stage.name.instance.as_str()).collect::<Vec<_>>(), ["new", "stays", "changes"]);
            assert_eq!(status.document, hex::encode(blake3::hash(&bytes(&after)).as_bytes()));
            process(&bench, &engine, 2).await;
            rest(&engine).await;
        });
        let rows = |instance: &str| seen(&bench, instance).into_iter().map(|(row, ..)| row).collect::<Vec<_>>();
        assert_eq!((rows("stays"), rows("goes"), rows("new")), ((0..5).collect(), (0..3).collect(), vec![3, 4]));
        let (third, fourth) = if strict { (1, 2) } else { (4, 5) };
        let expected = [(0, "old", 1), (1, "old", 2), (2, "old", 3), (3, "new", third), (4, "new", fourth)];
        assert_eq!(seen(&bench, "changes"), expected.map(|(row, mark, seen)| (row, mark.to_owned(), seen)));
        let opened = ["stays", "goes", "new"].map(|instance| bench.probes.opened(instance));
        assert_eq!((bench.feed.opened(), opened), (1, [1, 1, 1]));
        let told: Vec<_> = ["stays", "changes", "goes", "new"].iter().flat_map(|instance| told(&bench, instance)).collect();
        assert_eq!(rows_by_id(&told).len(), 15, "all ids are different");
    }
}

#[test]
fn another_source_begins_at_its_first_row_and_another_option_goes_on() {
    for (change, rows) in [(json!({ "OPTION": 1 }), vec![0, 1, 2, 3, 4]), (json!(null), vec![0, 1, 2, 0, 1, 2, 3, 4])] {
        let bench = Bench::new();
        let mut after = before();
        if change.is_null() {
            after["URL"] = json!("another");
        } else {
            after["STREAM_CONFIG_METADATA"] = change;
        }
        bench.life(async |engine| {
            engine.start(request(&before())).await.unwrap();
            process(&bench, &engine, 3).await;
            engine.update(&key(), "alice", bytes(&after)).await.unwrap();
            bench.feed.push(2);
            until(&engine, &key(), |status| status.done == 5).await;
            rest(&engine).await;
        });
        assert_eq!(seen(&bench, "stays").into_iter().map(|(row, ..)| row).collect::<Vec<_>>(), rows);
        assert_eq!((bench.feed.opened(), bench.probes.opened("stays")), (2, 1), "the instance is the same, the source is not");
        let told = told(&bench, "stays");
        assert_eq!(rows_by_id(&told).len(), rows.len(), "all ids are different");
    }
}

#[test]
fn the_new_document_is_in_force_after_a_crash() {
    let bench = Bench::new();
    let mut after = before();
    after["PLUGINS"][0]["INSTANCES"] = json!([{ "INSTANCE_ID": "stays" }, { "INSTANCE_ID": "changes", "MARK": "new" }]);
    bench.life(async |engine| {
        engine.start(request(&before())).await.unwrap();
        process(&bench, &engine, 3).await;
        engine.update(&key(), "alice", bytes(&after)).await.unwrap();
    });
    bench.life(async |engine| {
        until(&engine, &key(), |status| status.state == PipelineState::Running).await;
        bench.feed.push(2);
        until(&engine, &key(), |status| status.done == 5).await;
        rest(&engine).await;
    });
    let told = ["stays", "changes"].map(|instance| told(&bench, instance));
    assert_eq!(told.each_ref().map(|told| rows_by_id(told)), [vec![0, 1, 2, 3, 4], vec![0, 1, 2, 3, 4]]);
    let marks = seen(&bench, "changes").into_iter().filter(|(row, ..)| *row >= 3).map(|(_, mark, seen)| (mark, seen));
    assert_eq!(marks.collect::<Vec<_>>(), [("new".to_owned(), 4), ("new".to_owned(), 5)]);
}

#[test]
fn a_refused_update_changes_nothing() {
    let bench = Bench::new();
    bench.life(async |engine| {
        engine.start(request(&before())).await.unwrap();
        let job = engine.start(shard(&probed("job", &["one"]), 0, 1)).await.unwrap();
        process(&bench, &engine, 1).await;
        let status = engine.status(&key()).unwrap();
        let mut invalid = before();
        invalid["PLUGINS"][0]["INSTANCES"][0]["COLOUR"] = json!(1);
        let mut renamed = before();
        renamed["NAME"] = json!("other");
        let update = async |document: &Value, owner: &str| engine.update(&key(), owner, bytes(document)).await.unwrap_err();
        assert!(matches!(update(&invalid, "alice").await, EngineError::Document(_)));
        assert!(matches!(update(&renamed, "alice").await, EngineError::Request { field: "document", .. }));
        assert!(matches!(update(&before(), "bob").await, EngineError::NotOwned { .. }));
        let of_job = engine.update(&job, "alice", bytes(&probed("job", &["two"]))).await;
        assert_eq!(of_job, Err(EngineError::PartOfJob { key: job }));
        let missing = PipelineKey::Named("missing".into());
        assert_eq!(engine.patch(&missing, "alice", &json!({})).await, Err(EngineError::NotFound { key: missing }));
        assert_eq!(engine.status(&key()).unwrap().document, status.document);
        process(&bench, &engine, 1).await;
        rest(&engine).await;
    });
    assert_eq!(seen(&bench, "stays").len(), 2);
    assert_eq!((bench.feed.opened(), bench.probes.opened("stays")), (1, 1));
}

#[test]
fn an_instance_that_was_given_up_is_started_again_by_an_update() {
    let bench = Bench::new();
    bench.probes.fail_at("changes", 2, 5);
    bench.life(async |engine| {
        engine.start(request(&before())).await.unwrap();
        bench.feed.push(4);
        let failed = |status: &neurite_engine::PipelineStatus| matches!(stage(status, "changes").state, StageState::Failed { .. });
        until(&engine, &key(), |status| failed(status) && status.done == 4).await;
        engine.update(&key(), "alice", bytes(&before())).await.unwrap();
        until(&engine, &key(), |status| stage(status, "changes").done == 4).await;
        rest(&engine).await;
    });
    assert_eq!(rows_by_id(&told(&bench, "changes")), [0, 1, 2, 3]);
    assert_eq!(rows_by_id(&told(&bench, "stays")), [0, 1, 2, 3]);
}

#[test]
fn a_pipeline_that_has_ended_begins_anew() {
    let bench = Bench::new();
    let mut after = probed("rows", &["one"]);
    after["PLUGINS"][0]["INSTANCES"][0]["MARK"] = json!("second");
    bench.life(async |engine| {
        let key = engine.start(request(&probed("rows", &["one"]))).await.unwrap();
        ended(&engine, &key).await;
        until(&engine, &key, |status| status.payloads_sent == ROWS + 1).await;
        engine.update(&key, "alice", bytes(&after)).await.unwrap();
        assert_eq!(result(&ended(&engine, &key).await), json!(ROWS));
        rest(&engine).await;
    });
    let told = told(&bench, "one");
    assert_eq!(told.len() as u64, 2 * ROWS);
    assert_eq!(rows_by_id(&told).len() as u64, 2 * ROWS, "all ids are different");
}

#[test]
fn a_patch_changes_one_instance() {
    let bench = Bench::new();
    bench.life(async |engine| {
        engine.start(request(&before())).await.unwrap();
        process(&bench, &engine, 1).await;
        let instances = json!([{ "INSTANCE_ID": "changes", "MARK": "new" }, { "INSTANCE_ID": "goes", "REMOVE": true }]);
        let patch = json!({ "PLUGINS": [{ "SIGNATURE": "PROBE", "INSTANCES": instances }], "COMMUNICATION": { "TYPE": "TARGET" } });
        engine.patch(&key(), "alice", &patch).await.unwrap();
        process(&bench, &engine, 1).await;
        assert_eq!(engine.status(&key()).unwrap().stages.len(), 2);
        until(&engine, &key(), |status| status.targets.iter().all(|target| target.signature == "TARGET")).await;
        rest(&engine).await;
    });
    assert_eq!(bench.publisher.published().len(), 3, "the first row, by three instances");
    let mut marks: Vec<Value> = bench.target.got("").into_iter().map(|payload| payload.body["MARK"].clone()).collect();
    marks.sort_by_key(Value::to_string);
    assert_eq!(marks, ["", "new"]);
    assert_eq!(bench.probes.opened("stays"), 1);
}
