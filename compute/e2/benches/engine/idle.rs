//! `start` and `memory`: what many pipelines cost that have nothing to do.

use crate::{
    support::{victims::resident_kib, Folders, TestEngine},
    Result, ROUNDS,
};
use neurite_report::{median, Row};
use serde_json::{json, Value};
use std::time::{Duration, Instant};

/// Documents that are started at once.
const DOCUMENTS: usize = 10;
/// Instances in each of them.
const INSTANCES: usize = 10;
/// Idle pipelines whose memory is measured.
const PIPELINES: usize = 200;
/// How long memory is left to settle.
const SETTLE: Duration = Duration::from_secs(5);
/// How often is looked whether all run.
const SAMPLE: Duration = Duration::from_millis(10);
/// How long all may take to run.
const PATIENCE: Duration = Duration::from_secs(120);
/// Milliseconds between two rows of an idle source: a day.
const IDLE_MS: u64 = 86_400_000;

/// Measures the time until a hundred instances run: after they are submitted, and after the engine was killed and started again.
pub async fn start() -> Result<Vec<Row>> {
    let files = tempfile::tempdir()?;
    let mut engine = TestEngine::start(files.path()).await;
    let (mut submitted, mut restarted) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let began = Instant::now();
        submit(&engine, 0..DOCUMENTS, INSTANCES).await;
        until_running(&engine, DOCUMENTS * INSTANCES).await?;
        submitted.push(began.elapsed().as_secs_f64());
        let began = Instant::now();
        engine.kill_and_restart().await;
        until_running(&engine, DOCUMENTS * INSTANCES).await?;
        restarted.push(began.elapsed().as_secs_f64());
        for number in 0..DOCUMENTS {
            engine.stop(&name(number)).await;
        }
    }
    let row = |input: &str, seconds| Row { input: Some(input.into()), goal: "value <= 2 s", ..Row::new("start", median(seconds), "s") };
    Ok(vec![row("submitted", submitted), row("killed and restarted", restarted)])
}

/// Measures the memory that each of many idle pipelines adds to the engine's process.
pub async fn memory() -> Result<Row> {
    let files = tempfile::tempdir()?;
    let folders = Folders { data: files.path().to_owned(), models: files.path().to_owned() };
    let engine = TestEngine::start_with(folders, &format!("version = 1\n[limits]\nmax_pipelines = {}\n", PIPELINES + 1)).await;
    // What the first pipeline needs once for all is not what each one needs.
    submit(&engine, 0..1, 1).await;
    until_running(&engine, 1).await?;
    tokio::time::sleep(SETTLE).await;
    let before = resident_kib(engine.pid());
    submit(&engine, 1..PIPELINES + 1, 1).await;
    until_running(&engine, PIPELINES + 1).await?;
    tokio::time::sleep(SETTLE).await;
    let gained = resident_kib(engine.pid()).saturating_sub(before);
    let each = gained as f64 / PIPELINES as f64;
    Ok(Row { input: Some(format!("{PIPELINES} idle pipelines")), goal: "value <= 1024 KiB", ..Row::new("memory", each, "KiB") })
}

fn name(number: usize) -> String {
    format!("idle-{number}")
}

/// Starts pipelines that wait for a row that does not come.
async fn submit(engine: &TestEngine, numbers: std::ops::Range<usize>, instances: usize) {
    for number in numbers {
        let instance = |at: usize| json!({ "INSTANCE_ID": format!("i{at}"), "VALUES": ["time"] });
        let document = json!({
            "NAME": name(number), "TYPE": "Void", "LIVE_FEED": true, "STREAM_CONFIG_METADATA": { "INTERVAL_MS": IDLE_MS },
            "PLUGINS": [{ "SIGNATURE": "FORWARD", "INSTANCES": (0..instances).map(instance).collect::<Vec<_>>() }]
        });
        let (status, body) = engine.submit(&document).await;
        assert_eq!(status, 201, "{body}");
    }
}

/// Waits until so many instances run in all.
async fn until_running(engine: &TestEngine, instances: usize) -> Result<()> {
    let began = Instant::now();
    loop {
        let pipelines = engine.pipelines().await.unwrap_or_default();
        let stages = pipelines.iter().flat_map(|pipeline| pipeline["stages"].as_array().into_iter().flatten());
        let running = stages.filter(|stage: &&Value| stage["state"] == "running").count();
        if running >= instances {
            return Ok(());
        }
        if began.elapsed() > PATIENCE {
            return Err(format!("{running} of {instances} instances run after {PATIENCE:?}").into());
        }
        tokio::time::sleep(SAMPLE).await;
    }
}
