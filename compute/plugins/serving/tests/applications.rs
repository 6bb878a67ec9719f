//! The example documents of business plugins on their data: what they find is compared with the truth, and with the baseline.
//!
//! Needs the program `neurite-serve-model` (built with the workspace) and the library of ONNX Runtime.

use neurite_config::PipelineDocument;
use neurite_core::{Acquisition, Business, Context, Input, Outbox, Registry, Serving};
use neurite_serving::{ServingConfig, ServingManager};
use neurite_testkit::{context, FakePublisher, TempBase};
use serde_json::{Map, Value};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

/// How long a model may take to start.
const PATIENCE: Duration = Duration::from_secs(120);

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

fn manager() -> ServingManager {
    let tests = std::env::current_exe().unwrap();
    let worker_program = tests.parent().and_then(Path::parent).unwrap().join("neurite-serve-model");
    assert!(worker_program.exists(), "{} is missing: build the workspace first", worker_program.display());
    let onnxruntime = std::env::var_os("NEURITE_ONNXRUNTIME").map_or_else(|| workspace().join(".deps/libonnxruntime.so"), PathBuf::from);
    ServingManager::new(ServingConfig {
        worker_program,
        worker_args: Vec::new(),
        onnxruntime,
        threads: 1,
        max_models: 4,
        idle_timeout: PATIENCE,
        startup_timeout: PATIENCE,
    })
}

fn registry() -> Registry {
    let mut registry = Registry::default();
    neurite_plugins_acquisition::register(&mut registry).unwrap();
    neurite_plugins_serving::register(&mut registry, manager()).unwrap();
    neurite_plugins_business::register(&mut registry, Default::default()).unwrap();
    neurite_plugins_communication::register(&mut registry, Arc::new(FakePublisher::default())).unwrap();
    registry
}

fn copy(from: &str, to: &Path) {
    for entry in std::fs::read_dir(workspace().join(from)).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            std::fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
        }
    }
}

fn json(path: &str) -> Value {
    serde_json::from_slice(&std::fs::read(workspace().join(path)).unwrap()).unwrap()
}

/// Runs an instance of an example document over all of its data; returns the payloads' bodies and the result.
async fn run(example: &str, instance: &str) -> (Vec<Map<String, Value>>, Value) {
    let registry = registry();
    let base = TempBase::new();
    copy("examples/data", &base.root().join("data"));
    copy("models", &base.root().join("models"));
    std::fs::copy(workspace().join("models/digits.csv"), base.root().join("data/digits.csv")).unwrap();
    let context: Context = context(&base);
    let text = std::fs::read(workspace().join(format!("examples/{example}.json"))).unwrap();
    let document = PipelineDocument::parse(&text, &registry).unwrap();
    let spec = document.instances.into_iter().find(|spec| spec.id == instance).expect("an instance of the example");
    let source = document.acquisition.plugin;
    let mut source: Box<dyn Acquisition> = registry.open(&source.signature, source.parameters, &context).await.unwrap();
    let model: Option<Arc<dyn Serving>> = match spec.model {
        Some(model) => Some(registry.open(&model.signature, model.parameters, &context).await.unwrap()),
        None => None,
    };
    let mut business: Box<dyn Business> = registry.open(&spec.plugin.signature, spec.plugin.parameters, &context).await.unwrap();
    let mut outbox = Outbox::default();
    let mut bodies = Vec::new();
    while let Some(batch) = source.next_batch().await.unwrap() {
        let inference = match &model {
            Some(model) => model.infer(&batch).await.unwrap(),
            None => Vec::new(),
        };
        business.process(Input { batch: &batch, inference: &inference }, &mut outbox).await.unwrap();
        bodies.extend(outbox.take().into_iter().map(|payload| payload.body));
    }
    let result = business.finish(&mut outbox).unwrap().expect("a result");
    bodies.extend(outbox.take().into_iter().map(|payload| payload.body));
    (bodies, result)
}

/// Reads a number that a result gives as text.
fn figure(value: &Value) -> f64 {
    value.as_str().unwrap_or_else(|| panic!("{value} is no figure")).parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_auto_encoder_finds_anomalies_that_the_gaussian_misses() {
    let reference = json("models/telemetry.json");
    let (_, gaussian) = run("anomaly_gaussian", "own-threshold").await;
    let (payloads, model) = run("anomaly_model", "pump").await;
    println!("gaussian {}\nmodel {}", gaussian["LABELLED"], model["LABELLED"]);
    for (found, name) in [(&gaussian, "gaussian"), (&model, "model")] {
        let expected = reference["auc"][name].as_f64().unwrap();
        let auc = figure(&found["LABELLED"]["AUC"]);
        assert!((auc - expected).abs() < 0.002, "{name}: {auc} instead of {expected}");
        assert_eq!(found["LABELLED"]["ANOMALIES"], reference["anomalies"], "{name}");
    }
    for name in ["AUC", "PRECISION", "F1"] {
        let (model, gaussian) = (figure(&model["LABELLED"][name]), figure(&gaussian["LABELLED"][name]));
        assert!(model > gaussian + 0.05, "{name}: {model} is not better than {gaussian}");
    }
    assert_eq!(payloads.len() as u64, model["ANOMALIES"].as_u64().unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn smoothing_forecasts_demand_better_than_last_weeks_hour() {
    let (_, naive) = run("forecast_seasonal", "naive").await;
    let (_, smoothing) = run("forecast_seasonal", "smoothing").await;
    println!("naive {naive}\nsmoothing {smoothing}");
    let (naive, smoothed) = (figure(&naive["MASE"]), figure(&smoothing["MASE"]));
    assert!(smoothed < 0.9 * naive && smoothed < 1.0, "{smoothed} against {naive}");
    assert!((figure(&smoothing["COVERED"]) - 0.9).abs() < 0.08, "{smoothing}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_network_forecasts_load_better_than_any_seasonal_method() {
    let reference = json("models/load.json");
    let (forecasts, network) = run("forecast_model", "network").await;
    let (_, naive) = run("forecast_model", "naive").await;
    let (_, smoothing) = run("forecast_model", "smoothing").await;
    println!("network {network}\nnaive {naive}\nsmoothing {smoothing}");
    for (key, expected) in [("MAE", &reference["mae"]["network"]), ("MASE", &reference["mase"]["network"])] {
        let (found, expected) = (figure(&network[key]), expected.as_f64().unwrap());
        assert!((found - expected).abs() < 0.001, "{key}: {found} instead of {expected}");
    }
    // One more is made after the last row, of which nothing comes.
    assert_eq!(forecasts.len() as u64, reference["forecasts"].as_u64().unwrap() + 1);
    assert_eq!((&network["ROWS"], &forecasts[0]["ROW"]), (&reference["rows"], &Value::from(336)));
    let (network_error, smoothed, naive) = (figure(&network["MASE"]), figure(&smoothing["MASE"]), figure(&naive["MASE"]));
    assert!(network_error < 0.8 * smoothed && smoothed < 0.8 * naive, "{network_error} against {smoothed} and {naive}");
    assert!((figure(&network["COVERED"]) - 0.9).abs() < 0.05, "{network}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_are_followed_and_counted_as_they_walked() {
    let truth = json("models/scene.json");
    let number = |value: &Value| value.as_i64().unwrap();
    let (_, tracked) = run("tracker", "people").await;
    let (_, counted) = run("zone_count", "hall").await;
    let (_, reported) = run("detection_report", "people").await;
    println!("truth {truth}\ntracked {tracked}\ncounted {counted}\nreported {reported}");
    let off = |found: &Value, name: &str| (number(found) - number(&truth[name])).abs();
    assert!(off(&tracked["TRACKS"], "people") <= 3, "{tracked}");
    let line = &counted["LINES"]["middle"];
    assert!(off(&line["FORWARD"], "forward") <= 1 && off(&line["BACKWARD"], "backward") <= 1, "{counted}");
    assert!(off(&reported["MOST"], "most") <= 1, "{reported}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn digits_are_watched_summed_up_sent_and_shown() {
    let rows = json("models/digits.json")["rows"].clone();
    let (alarms, alert) = run("alert", "certain-zero").await;
    let (windows, _) = run("aggregate", "every-50-rows-over-100").await;
    let (sent, _) = run("forward", "scores").await;
    let (pictures, _) = run("snapshot", "certain-nines").await;
    let (faults, camera) = run("camera_quality", "small-pictures").await;
    let (_, shown) = run("rest_endpoint", "last-digits").await;
    assert_eq!((&alert["ROWS"], &camera["ROWS"], &shown["ROWS"]), (&rows, &rows, &rows));
    let (raised, cleared) = (alert["RAISED"].as_u64().unwrap(), alert["CLEARED"].as_u64().unwrap());
    assert!(raised > 100 && alarms.len() as u64 == raised + cleared, "most of the 178 zeros stand alone: {alert}");
    assert_eq!((windows.len(), sent.len(), faults.len()), (36, 179, 0));
    assert!(pictures.len() > 20 && pictures.iter().all(|body| body["IMAGE"].as_str().is_some_and(|image| image.starts_with("/9j/"))));
}
