//! Runs an engine with live pipelines of every subsystem for as long as is asked, and watches what grows.
//!
//! `scripts/soak --minutes N [--json FILE]`. Every ten seconds: resident memory of the engine and of its children, open files, payloads that
//! wait on disk. At the end the slope of each over the last two thirds of the time is held against its bound; the exit status says whether
//! all are flat.

#[path = "../tests/support/mod.rs"]
mod support;

use neurite_protocol::Identity;
use serde_json::{json, Value};
use std::{
    path::PathBuf,
    process::ExitCode,
    time::{Duration, Instant},
};
use support::{
    collector::Collector,
    root,
    victims::{children, open_files, resident_kib, Child},
    TestEngine,
};

/// How often is looked.
const INTERVAL: Duration = Duration::from_secs(10);
/// The most memory that may be gained in an hour, in KiB: what an allocator's own drift stays below.
const MOST_KIB_PER_HOUR: f64 = 4096.0;
/// The most open files that may be gained in an hour.
const MOST_FILES_PER_HOUR: f64 = 4.0;
/// The most payloads waiting on disk that may be gained in an hour.
const MOST_WAITING_PER_HOUR: f64 = 1.0;

/// One look at everything.
struct Sample {
    hours: f64,
    engine_kib: f64,
    children_kib: f64,
    files: f64,
    waiting: f64,
    payloads: usize,
}

struct Options {
    minutes: f64,
    json: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = options();
    let files = folder();
    let collector = Collector::start().await;
    let engine = TestEngine::start(files.path()).await;
    for document in documents(&collector) {
        let (status, body) = engine.submit(&document).await;
        assert_eq!(status, 201, "{body}");
    }
    println!("{:>8}{:>14}{:>14}{:>8}{:>10}{:>10}", "minutes", "engine KiB", "children KiB", "files", "waiting", "payloads");
    let (started, mut samples) = (Instant::now(), Vec::new());
    while started.elapsed().as_secs_f64() < options.minutes * 60.0 {
        tokio::time::sleep(INTERVAL).await;
        let sample = look(&engine, &collector, started).await;
        let Sample { hours, engine_kib, children_kib, files, waiting, payloads } = &sample;
        println!("{:>8.1}{engine_kib:>14}{children_kib:>14}{files:>8}{waiting:>10}{payloads:>10}", hours * 60.0);
        samples.push(sample);
    }
    report(&samples, &options)
}

fn options() -> Options {
    let mut options = Options { minutes: 60.0, json: None };
    // cargo passes --bench to every benchmark.
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    while let Some(name) = arguments.next() {
        let mut value = || arguments.next().unwrap_or_else(|| panic!("{name} has no value"));
        match name.as_str() {
            "--minutes" => options.minutes = value().parse().expect("a number of minutes"),
            "--json" => options.json = Some(value().into()),
            _ => panic!("unknown option {name}: --minutes N, --json FILE"),
        }
    }
    options
}

/// The folder that the pipelines read.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for file in ["models/digits.onnx", "models/digits.csv", "examples/data/clip.mp4"] {
        let from = root().join(file);
        std::fs::copy(&from, folder.path().join(from.file_name().expect("a file"))).expect("a file of the checkout");
    }
    folder
}

/// Live pipelines that together use every subsystem.
fn documents(collector: &Collector) -> Vec<Value> {
    let code = "seen = (state() or 0) + len(inputs())\nset_state(seen)\nif seen % 50 == 0:\n    emit({\"SEEN\": seen})\n";
    let claim = neurite_sandbox::sign(code, &Identity::from_secret(&[7; 32]).expect("a key")).expect("code of fitting length");
    let to = json!({ "TYPE": "WEBHOOK", "URL": collector.url() });
    let pipeline = |name: &str, source: &str, interval_ms: u64, plugin: &str, instance: Value| {
        json!({
            "NAME": name, "TYPE": source, "LIVE_FEED": true, "STREAM_CONFIG_METADATA": { "INTERVAL_MS": interval_ms },
            "COMMUNICATION": to, "PLUGINS": [{ "SIGNATURE": plugin, "INSTANCES": [instance] }]
        })
    };
    let life = json!({ "BACKEND": "life_game", "WIDTH": 256, "HEIGHT": 256, "SEED": 7 });
    vec![
        pipeline("ticks", "Void", 20, "FORWARD", json!({ "INSTANCE_ID": "all", "VALUES": ["time"] })),
        pipeline("life", "Void", 50, "FORWARD", json!({ "INSTANCE_ID": "alive", "VALUES": ["alive"], "MODEL": life })),
        pipeline(
            "machine",
            "Telemetry",
            200,
            "AGGREGATE",
            json!({ "INSTANCE_ID": "load", "VALUES": ["features/cpu_busy"], "WINDOW_SECONDS": 10, "STATISTICS": ["MEAN", "MAX"] }),
        ),
        pipeline("anomalies", "Telemetry", 200, "ANOMALY_GAUSSIAN", json!({ "INSTANCE_ID": "machine", "TRAIN_ROWS": 200 })),
        pipeline(
            "code",
            "Void",
            20,
            "CUSTOM_CODE",
            json!({
                "INSTANCE_ID": "counter", "CODE": code,
                "CODE_BLAKE3": claim.blake3, "CODE_OWNER": claim.owner, "CODE_SIGNATURE": claim.signature
            }),
        ),
    ]
}

async fn look(engine: &TestEngine, collector: &Collector, started: Instant) -> Sample {
    let kinds = [Child::Serving, Child::Sandbox, Child::Decoder];
    let children = kinds.into_iter().flat_map(|kind| children(engine.pid(), kind));
    let names = ["ticks", "life", "machine", "anomalies", "code"];
    let mut waiting = 0;
    for name in names {
        let pipeline = engine.pipeline(name).await.unwrap_or_else(|| panic!("pipeline {name} is gone"));
        assert_eq!(pipeline["state"], "running", "{pipeline}");
        let targets = pipeline["targets"].as_array().into_iter().flatten();
        waiting += targets.filter_map(|target| target["waiting"].as_u64()).sum::<u64>();
    }
    Sample {
        hours: started.elapsed().as_secs_f64() / 3600.0,
        engine_kib: resident_kib(engine.pid()) as f64,
        children_kib: children.map(resident_kib).sum::<u64>() as f64,
        files: open_files(engine.pid()) as f64,
        waiting: waiting as f64,
        payloads: collector.count(),
    }
}

/// Holds the slopes against their bounds.
fn report(samples: &[Sample], options: &Options) -> ExitCode {
    let settled = &samples[samples.len() / 3..];
    let slope = |read: fn(&Sample) -> f64| slope(settled.iter().map(|sample| (sample.hours, read(sample))));
    let rows = [
        ("memory of the engine", slope(|sample| sample.engine_kib), MOST_KIB_PER_HOUR, "KiB/h"),
        ("memory of its children", slope(|sample| sample.children_kib), MOST_KIB_PER_HOUR, "KiB/h"),
        ("open files", slope(|sample| sample.files), MOST_FILES_PER_HOUR, "1/h"),
        ("payloads waiting on disk", slope(|sample| sample.waiting), MOST_WAITING_PER_HOUR, "1/h"),
    ];
    let flat = rows.iter().all(|(_, slope, bound, _)| slope <= bound);
    for (what, slope, bound, unit) in rows {
        println!("{what}: {slope:+.1} {unit}, at most {bound} {unit}");
    }
    if let Some(path) = &options.json {
        let named: Vec<Value> =
            rows.iter().map(|(what, value, bound, unit)| json!({ "case": what, "value": value, "bound": bound, "unit": unit })).collect();
        let text = format!("{:#}\n", json!({ "suite": "soak", "minutes": options.minutes, "flat": flat, "rows": named }));
        std::fs::write(path, text).expect("the report's file");
    }
    if flat {
        ExitCode::SUCCESS
    } else {
        eprintln!("error: something grows, see above");
        ExitCode::FAILURE
    }
}

/// The slope of the line that fits best, by least squares; zero for fewer than two points.
fn slope(points: impl Iterator<Item = (f64, f64)> + Clone) -> f64 {
    let count = points.clone().count().max(1) as f64;
    let (x, y) = points.clone().fold((0.0, 0.0), |sum, point| (sum.0 + point.0 / count, sum.1 + point.1 / count));
    let (xy, xx) = points.fold((0.0, 0.0), |sum, point| (sum.0 + (point.0 - x) * (point.1 - y), sum.1 + (point.0 - x).powi(2)));
    if xx > 0.0 {
        xy / xx
    } else {
        0.0
    }
}
