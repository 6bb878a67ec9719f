//! Failing models, sources and brokers.

mod support;

use neurite_core::{Acquisition, Batch, Bookmark, BoxFuture, Context, FailureClass, Field, Plugin, PluginError, Tensor};
use neurite_engine::{EngineError, PipelineState};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use std::sync::{
    atomic::{AtomicU32, Ordering},
    Arc,
};
use support::*;

#[test]
fn a_transient_failure_of_the_model_is_tried_again() {
    let bench = Bench::new();
    bench.script.fail_next(3);
    bench.life(async |engine| {
        let key = engine.start(request(&document("digits"))).await.unwrap();
        let status = ended(&engine, &key).await;
        assert_eq!(result(&status), Bench::undisturbed_result());
        assert_eq!(status.retries, 3);
    });
}

#[test]
fn a_model_that_stays_away_fails_a_job_at_once_and_a_pipeline_after_all_restarts() {
    let mut digits = document("digits");
    // No second batch, whose calls would count too.
    digits["STREAM_CONFIG_METADATA"]["BATCH_ROWS"] = json!(ROWS);
    for (request, calls) in [(shard(&digits, 0, 1), 4), (request(&digits), 4 * 5)] {
        let bench = Bench::new();
        bench.script.fail_next(u64::MAX);
        bench.life(async |engine| {
            let key = engine.start(request).await.unwrap();
            assert_eq!(failure(&ended(&engine, &key).await).0, FailureClass::Resources);
            assert_eq!(bench.script.calls(), calls);
        });
    }
}

#[test]
fn a_damaged_model_is_the_senders_fault_and_stays_failed_after_a_restart() {
    let bench = Bench::new();
    let mut damaged = document("damaged");
    damaged["PLUGINS"][0]["INSTANCES"][0]["MODEL"]["DAMAGED"] = json!(true);
    let key = bench.life(async |engine| {
        let key = engine.start(shard(&damaged, 0, 1)).await.unwrap();
        let status = ended(&engine, &key).await;
        assert_eq!(failure(&status).0, FailureClass::Model);
        assert_eq!(status.step(), 0);
        key
    });
    bench.life(async |engine| {
        assert_eq!(failure(&engine.status(&key).unwrap()).0, FailureClass::Model);
        assert!(matches!(engine.start(shard(&document("damaged"), 0, 1)).await, Err(EngineError::AlreadyExists { .. })));
        engine.stop(&key, "alice").await.unwrap();
        let key = engine.start(shard(&document("damaged"), 0, 1)).await.unwrap();
        ended(&engine, &key).await;
    });
}

#[test]
fn a_panic_ends_only_its_own_job() {
    let bench = Bench::new();
    bench.script.panic_next();
    bench.life(async |engine| {
        let first = engine.start(shard(&document("first"), 0, 1)).await.unwrap();
        assert_eq!(failure(&ended(&engine, &first).await), (FailureClass::Internal, "a plugin panicked".into()));
        let second = engine.start(request(&document("second"))).await.unwrap();
        assert_eq!(result(&ended(&engine, &second).await), Bench::undisturbed_result());
    });
}

#[test]
fn work_goes_on_without_a_broker_and_everything_is_sent_later_in_order() {
    let bench = Bench::new();
    bench.publisher.set_absent(true);
    bench.life(async |engine| {
        let key = engine.start(request(&document("digits"))).await.unwrap();
        ended(&engine, &key).await;
        let status = until(&engine, &key, |status| status.targets[0].waiting == 4).await;
        assert_eq!((status.payloads_sent, status.payloads_dropped), (0, 0));
        assert!(matches!(engine.publish_result(&key).await, Err(EngineError::Payload(_))));
        bench.publisher.set_absent(false);
        until(&engine, &key, |status| status.payloads_sent == 4).await;
        engine.publish_result(&key).await.unwrap();
    });
    let published = bench.publisher.published();
    let rows: Vec<&serde_json::Value> = published[..3].iter().map(|payload| &payload.body["ROWS"]).collect();
    assert_eq!(rows, [12, 21, 30]);
    assert_eq!((published.len(), &published[3]), (5, &published[4]));
}

#[test]
fn a_document_whose_plugin_is_gone_fails_after_a_restart() {
    let bench = Bench::standing();
    let key = bench.life(async |engine| engine.start(request(&document("digits"))).await.unwrap());
    bench.life_with(Default::default(), async |engine| {
        assert_eq!(failure(&engine.status(&key).unwrap()).0, FailureClass::Document);
    });
    bench.life(async |engine| {
        assert!(matches!(engine.status(&key).unwrap().state, PipelineState::Failed { .. }));
        engine.stop(&key, "alice").await.unwrap();
    });
}

/// Counts to ten, and is gone for a moment after five.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NoParameters {}

#[derive(Clone, Default)]
struct Flaky {
    opened: Arc<AtomicU32>,
}

struct Counting {
    position: u64,
    breaks: bool,
}

impl Plugin for Flaky {
    type Instance = Box<dyn Acquisition>;
    type Parameters = NoParameters;
    const SIGNATURE: &'static str = "Flaky";

    fn open<'a>(&'a self, _: NoParameters, _: &'a Context) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        let breaks = self.opened.fetch_add(1, Ordering::SeqCst) == 0;
        Box::pin(async move { Ok(Box::new(Counting { position: 0, breaks }) as Self::Instance) })
    }
}

impl Acquisition for Counting {
    fn total(&self) -> Option<u64> {
        Some(10)
    }

    fn seek<'a>(&'a mut self, bookmark: &'a Bookmark) -> BoxFuture<'a, Result<(), PluginError>> {
        self.position = bookmark.rows;
        Box::pin(async { Ok(()) })
    }

    fn next_batch(&mut self) -> BoxFuture<'_, Result<Option<Batch>, PluginError>> {
        Box::pin(async move {
            if self.position == 5 && self.breaks {
                return Err(PluginError::unavailable("counter", "told to be away"));
            }
            if self.position == 10 {
                return Ok(None);
            }
            let start = self.position;
            self.position += 1;
            let value = (start % 4) as i64;
            let fields = vec![
                Field::new(Field::FEATURES, Tensor::f32(vec![1, 1], vec![value as f32])?),
                Field::new(Field::LABEL, Tensor::i64(vec![1], vec![value])?),
            ];
            Batch::new(start, fields).map(Some)
        })
    }
}

#[test]
fn a_source_that_was_away_is_opened_again_where_it_stood() {
    for reconnectable in [true, false] {
        let bench = Bench::new();
        let flaky = Flaky::default();
        let mut registry = bench.registry();
        registry.register(flaky.clone()).unwrap();
        let mut counted = document("counted");
        counted["TYPE"] = json!("Flaky");
        counted["RECONNECTABLE"] = json!(reconnectable);
        counted.as_object_mut().unwrap().remove("URL");
        counted.as_object_mut().unwrap().remove("STREAM_CONFIG_METADATA");
        bench.life_with(registry, async |engine| {
            let key = engine.start(request(&counted)).await.unwrap();
            let status = ended(&engine, &key).await;
            if reconnectable {
                assert_eq!((result(&status)["ROWS"].clone(), status.retries), (json!(10), 1));
                assert_eq!(flaky.opened.load(Ordering::SeqCst), 2);
            } else {
                assert_eq!(failure(&status).0, FailureClass::Resources);
            }
        });
    }
}

impl Bench {
    fn undisturbed_result() -> serde_json::Value {
        // A runtime cannot be started within another.
        std::thread::spawn(|| Self::undisturbed(request(&document("digits")))).join().unwrap()
    }
}
