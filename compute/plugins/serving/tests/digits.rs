//! The main job's document, plugins, model and data, through an engine and a real model process.
//!
//! Needs the program `neurite-serve-model` beside the tests (a build of the workspace makes it) and the library of ONNX Runtime.

mod common;

use common::{manager, workspace, PATIENCE};
use neurite_config::PluginSpec;
use neurite_core::{Acquisition, Context, FailureClass, JobIdentity, Plugin, Registry, Shard};
use neurite_engine::{Engine, EngineLimits, EngineParts, PayloadBus, PipelineState, StartRequest, SystemClock};
use neurite_plugins_acquisition::csv_file::{CsvFile, CsvFileParameters};
use neurite_plugins_serving::onnx::{Onnx, OnnxParameters};
use neurite_testkit::{context, serving, FakePublisher, TempBase};
use redb::Database;
use serde_json::{json, Value};
use std::sync::Arc;

/// Makes a base folder with the main job's data and the given model.
fn base(model: &[u8]) -> TempBase {
    let base = TempBase::new();
    std::fs::copy(workspace().join("models/digits.csv"), base.root().join("data/digits.csv")).unwrap();
    std::fs::write(base.root().join("models/digits.onnx"), model).unwrap();
    base
}

fn model() -> Vec<u8> {
    std::fs::read(workspace().join("models/digits.onnx")).unwrap()
}

async fn engine(base: &TempBase, publisher: &FakePublisher) -> Engine {
    let mut registry = Registry::default();
    neurite_plugins_acquisition::register(&mut registry).unwrap();
    neurite_plugins_serving::register(&mut registry, manager()).unwrap();
    neurite_plugins_business::register(&mut registry, Default::default()).unwrap();
    neurite_plugins_communication::register(&mut registry, Arc::new(publisher.clone())).unwrap();
    let parts = EngineParts {
        registry: Arc::new(registry),
        database: Arc::new(Database::create(base.root().join("state.redb")).unwrap()),
        clock: Arc::new(SystemClock::default()),
        canonical: Arc::new(|value: &Value| value.to_string().into_bytes()),
        data: base.data(),
        models: base.models(),
        outputs: base.root().join("outputs"),
        services: neurite_testkit::services(),
        bus: PayloadBus::default(),
        communication: PluginSpec { signature: "MQTT".into(), parameters: json!({}) },
        limits: EngineLimits::default(),
    };
    Engine::open(parts).await.unwrap()
}

/// Runs a shard of the main job, as fast as it goes.
async fn run(engine: &Engine, shard: Shard) -> PipelineState {
    let text = std::fs::read(workspace().join("examples/digits.json")).unwrap();
    let mut document: Value = serde_json::from_slice(&text).unwrap();
    document.as_object_mut().unwrap().remove("CAP_RESOLUTION");
    let job = JobIdentity { sender: "alice".into(), id: 1, shard, deed: 0, steps: 10 };
    let request = StartRequest { owner: "alice".into(), document: document.to_string().into_bytes(), job: Some(job) };
    let key = engine.start(request).await.unwrap();
    let mut watch = engine.watch(&key).unwrap();
    let ended = tokio::time::timeout(PATIENCE, watch.wait_for(|status| status.state.is_final())).await;
    let status = ended.expect("the pipeline ends").unwrap();
    status.state.clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_shards_are_as_often_right_as_the_reference() {
    let reference: Value = serde_json::from_slice(&std::fs::read(workspace().join("models/digits.json")).unwrap()).unwrap();
    let base = base(&model());
    let engine = engine(&base, &FakePublisher::default()).await;
    let (mut rows, mut right) = (0, 0);
    for index in 0..3 {
        let state = run(&engine, Shard::new(index, 3).unwrap()).await;
        let PipelineState::Complete { result, .. } = state else { panic!("{state:?}") };
        rows += result["ROWS"].as_u64().unwrap();
        right += result["RIGHT"].as_u64().unwrap();
    }
    assert_eq!((Some(rows), Some(right)), (reference["rows"].as_u64(), reference["right"].as_u64()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_corrupt_model_is_reported_by_its_process_and_fails_the_shard() {
    let base = base(&model()[..1000]);
    let engine = engine(&base, &FakePublisher::default()).await;
    let state = run(&engine, Shard::WHOLE).await;
    let PipelineState::Failed { failure } = state else { panic!("{state:?}") };
    assert_eq!(failure.class, FailureClass::Model);
    assert!(failure.reason.starts_with("model digits.onnx: "), "{}", failure.reason);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_contract_of_serving_holds() {
    let base = base(&model());
    let context: Context = context(&base);
    let parameters: OnnxParameters = serde_json::from_value(json!({ "PATH": "digits.onnx" })).unwrap();
    let model = Onnx::new(manager()).open(parameters, &context).await.unwrap();
    let parameters: CsvFileParameters = serde_json::from_value(json!({ "URL": "digits.csv", "LABEL_COLUMN": "label" })).unwrap();
    let mut rows: Box<dyn Acquisition> = CsvFile.open(parameters, &context).await.unwrap();
    let mut batches = Vec::new();
    while let Some(batch) = rows.next_batch().await.unwrap() {
        batches.push(batch);
    }
    serving::answers_every_row_alike(&*model, &batches).await;
}
