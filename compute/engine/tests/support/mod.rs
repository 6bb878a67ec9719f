//! A test bench: an engine on a temporary folder whose time, model and broker the test controls, and which can be ended and started again.
#![allow(dead_code)]

pub(crate) mod feed;
pub(crate) mod probe;
pub(crate) mod target;

use feed::{FeedScript, KeyFeed, LiveFeed};
use probe::{Probe, ProbeScript};
use target::{Target, TargetScript};

use neurite_config::PluginSpec;
use neurite_core::{JobIdentity, Registry, Shard};
use neurite_engine::{
    Engine, EngineLimits, EngineParts, PayloadBus, PipelineKey, PipelineState, PipelineStatus, RetryPolicy, StageStatus, StartRequest,
};
use neurite_testkit::{FakeClock, FakeModel, FakePublisher, ModelScript, TempBase};
use redb::Database;
use serde_json::{json, Value};
use std::{sync::Arc, time::Duration};

/// How long a condition may take to come true.
const PATIENCE: Duration = Duration::from_secs(60);
/// Rows of the input.
pub(crate) const ROWS: u64 = 30;
/// Rows per batch.
pub(crate) const BATCH: u64 = 3;
/// Time between two batches.
pub(crate) const INTERVAL: Duration = Duration::from_millis(500);

pub(crate) struct Bench {
    pub(crate) base: TempBase,
    pub(crate) clock: FakeClock,
    pub(crate) publisher: FakePublisher,
    pub(crate) script: ModelScript,
    pub(crate) probes: ProbeScript,
    pub(crate) feed: FeedScript,
    pub(crate) target: TargetScript,
    pub(crate) bus: PayloadBus,
    pub(crate) limits: EngineLimits,
}

impl Bench {
    /// Makes a bench on which time passes as fast as it can.
    pub(crate) fn new() -> Self {
        let base = TempBase::new();
        let retry = RetryPolicy { attempts: 4, ..RetryPolicy::default() };
        let limits = EngineLimits { checkpoint_interval: Duration::ZERO, retry, ..EngineLimits::default() };
        let bench = Self {
            base,
            clock: FakeClock::jumping(),
            publisher: FakePublisher::default(),
            script: ModelScript::default(),
            probes: ProbeScript::default(),
            feed: FeedScript::default(),
            target: TargetScript::default(),
            bus: PayloadBus::default(),
            limits,
        };
        bench.write_rows();
        bench
    }

    /// Makes a bench on which time stands still until the test moves it.
    pub(crate) fn standing() -> Self {
        Self { clock: FakeClock::standing(), ..Self::new() }
    }

    /// Writes an input in which the fake model is wrong on every fifth row.
    fn write_rows(&self) {
        let row = |row: u64| format!("{},{}\n", row % 4, if row.is_multiple_of(5) { (row + 1) % 4 } else { row % 4 });
        let rows: String = (0..ROWS).map(row).collect();
        self.base.write_data("rows.csv", &format!("value,label\n{rows}"));
    }

    pub(crate) fn registry(&self) -> Registry {
        let mut registry = Registry::default();
        neurite_plugins_acquisition::register(&mut registry).unwrap();
        neurite_plugins_business::register(&mut registry, Default::default()).unwrap();
        neurite_plugins_communication::register(&mut registry, Arc::new(self.publisher.clone())).unwrap();
        registry.register(FakeModel { script: self.script.clone() }).unwrap();
        registry.register(Probe { script: self.probes.clone() }).unwrap();
        registry.register(KeyFeed(self.feed.clone())).unwrap();
        registry.register(LiveFeed(self.feed.clone())).unwrap();
        registry.register(Target(self.target.clone())).unwrap();
        registry
    }

    pub(crate) fn parts(&self, registry: Registry) -> EngineParts {
        let services =
            neurite_core::Services { clock: Arc::new(self.clock.clone()), bus: Arc::new(self.bus.clone()), ..neurite_testkit::services() };
        EngineParts {
            registry: Arc::new(registry),
            database: Arc::new(Database::create(self.base.root().join("state.redb")).unwrap()),
            clock: Arc::new(self.clock.clone()),
            canonical: Arc::new(canonical),
            data: self.base.data(),
            models: self.base.models(),
            outputs: self.base.root().join("outputs"),
            services,
            bus: self.bus.clone(),
            communication: PluginSpec { signature: "MQTT".into(), parameters: json!({}) },
            limits: self.limits.clone(),
        }
    }

    /// Starts an engine on the base folder, runs the scene and ends everything at once, as a crash does.
    pub(crate) fn life<T>(&self, scene: impl AsyncFnOnce(Engine) -> T) -> T {
        self.life_with(self.registry(), scene)
    }

    /// Like [`Bench::life`], with other plugins.
    pub(crate) fn life_with<T>(&self, registry: Registry, scene: impl AsyncFnOnce(Engine) -> T) -> T {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let parts = self.parts(registry);
        runtime.block_on(async { scene(Engine::open(parts).await.unwrap()).await })
    }

    /// Returns the result of a shard without any interruption.
    pub(crate) fn undisturbed(request: StartRequest) -> Value {
        let bench = Self::new();
        bench.life(async |engine| {
            let key = engine.start(request).await.unwrap();
            result(&until(&engine, &key, |status| status.state.is_final()).await)
        })
    }
}

pub(crate) fn canonical(value: &Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

/// A valid document over all rows.
pub(crate) fn document(name: &str) -> Value {
    json!({
        "NAME": name,
        "TYPE": "CsvFile",
        "URL": "rows.csv",
        "CAP_RESOLUTION": 1.0 / INTERVAL.as_secs_f64(),
        "STREAM_CONFIG_METADATA": { "BATCH_ROWS": BATCH, "LABEL_COLUMN": "label" },
        "PLUGINS": [{
            "SIGNATURE": "CLASSIFIER_SCORE",
            "INSTANCES": [{ "INSTANCE_ID": "one", "CLASSES": 4, "PROGRESS_ROWS": 10, "MODEL": { "BACKEND": "fake" } }]
        }]
    })
}

/// A document whose probes tell of every row of the CSV file.
pub(crate) fn probed(name: &str, instances: &[&str]) -> Value {
    let mut probed = document(name);
    let instances: Vec<Value> = instances.iter().map(|instance| json!({ "INSTANCE_ID": instance })).collect();
    probed["PLUGINS"] = json!([{ "SIGNATURE": "PROBE", "INSTANCES": instances }]);
    probed
}

/// A document whose probes tell of every row that the test makes; `source` is `KeyFeed` or `LiveFeed`.
pub(crate) fn fed(name: &str, source: &str, instances: &[&str]) -> Value {
    let mut fed = probed(name, instances);
    fed["TYPE"] = json!(source);
    for key in ["URL", "CAP_RESOLUTION", "STREAM_CONFIG_METADATA"] {
        fed.as_object_mut().unwrap().remove(key);
    }
    fed
}

/// What an instance published, as `(id, row, mark)`.
pub(crate) fn told(bench: &Bench, instance: &str) -> Vec<(String, u64, String)> {
    let published = bench.publisher.published();
    let own = published.iter().filter(|payload| payload.origin.instance == instance && payload.body.contains_key("ROW"));
    own.map(|payload| {
        let text = |key: &str| payload.body[key].as_str().unwrap().to_owned();
        (text("PAYLOAD_ID"), payload.body["ROW"].as_u64().unwrap(), text("MARK"))
    })
    .collect()
}

/// Checks that every id stands for one content, and returns the rows that were told of, each once.
pub(crate) fn rows_by_id(told: &[(String, u64, String)]) -> Vec<u64> {
    let mut known = std::collections::BTreeMap::new();
    for (id, row, mark) in told {
        let content = (*row, mark.clone());
        assert_eq!(*known.entry(id.clone()).or_insert(content.clone()), content, "{id} stands for two payloads");
    }
    let mut rows: Vec<u64> = known.into_values().map(|(row, _)| row).collect();
    rows.sort_unstable();
    rows
}

/// The status of an instance.
pub(crate) fn stage(status: &PipelineStatus, instance: &str) -> StageStatus {
    status.stages.iter().find(|stage| stage.name.instance == instance).expect("an instance of the document").clone()
}

pub(crate) fn request(document: &Value) -> StartRequest {
    StartRequest { owner: "alice".into(), document: document.to_string().into_bytes(), job: None }
}

/// A wish to run a shard of a job that is divided into 10 steps.
pub(crate) fn shard(document: &Value, index: u16, count: u16) -> StartRequest {
    let job = JobIdentity { sender: "alice".into(), id: 7, shard: Shard::new(index, count).unwrap(), deed: 3, steps: 10 };
    StartRequest { job: Some(job), ..request(document) }
}

/// Waits until the pipeline is as wanted.
pub(crate) async fn until(engine: &Engine, key: &PipelineKey, wanted: impl FnMut(&PipelineStatus) -> bool) -> PipelineStatus {
    let mut watch = engine.watch(key).unwrap();
    let reached = tokio::time::timeout(PATIENCE, watch.wait_for(wanted)).await.map(|status| status.unwrap().clone());
    reached.unwrap_or_else(|_| panic!("not reached: {:?}", engine.status(key)))
}

/// Waits until something holds that nobody tells of.
pub(crate) async fn reached(condition: impl Fn() -> bool) {
    let waiting = async {
        while !condition() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("the condition comes true");
}

/// Drains the engine, so that all payloads are handed over or lie on disk.
pub(crate) async fn rest(engine: &Engine) {
    assert!(engine.shutdown(PATIENCE).await.cut_off.is_empty());
}

/// Waits until the pipeline has ended.
pub(crate) async fn ended(engine: &Engine, key: &PipelineKey) -> PipelineStatus {
    until(engine, key, |status| status.state.is_final()).await
}

/// Moves a standing clock until the pipeline has done as many rows.
pub(crate) async fn advance_to(bench: &Bench, engine: &Engine, key: &PipelineKey, rows: u64) {
    while engine.status(key).unwrap().done < rows {
        let done = engine.status(key).unwrap().done;
        bench.clock.advance(INTERVAL);
        until(engine, key, |status| status.done > done || status.state.is_final()).await;
    }
}

pub(crate) fn result(status: &PipelineStatus) -> Value {
    match &status.state {
        PipelineState::Complete { result, .. } => result.clone(),
        other => panic!("not complete: {other:?}"),
    }
}

pub(crate) fn failure(status: &PipelineStatus) -> (neurite_core::FailureClass, String) {
    match &status.state {
        PipelineState::Failed { failure } => (failure.class, failure.reason.clone()),
        other => panic!("not failed: {other:?}"),
    }
}
