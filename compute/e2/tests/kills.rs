//! Kills at random moments: serving process, worker of users' code, decoder, broker, and the engine itself.
//!
//! Three pipelines read a file, a database and a video to their ends while one of these processes after the other is killed. The seed is
//! printed and can be given again as `NEURITE_SEED`.

mod support;

use neurite_protocol::Identity;
use neurite_testkit::servers::Mosquitto;
use rand::{rngs::StdRng, Rng, SeedableRng};
use serde_json::{json, Value};
use sqlx::{sqlite::SqliteConnectOptions, ConnectOptions};
use std::{collections::BTreeSet, fs, path::Path, time::Duration};
use support::{
    collector::Collector,
    root,
    victims::{children, kill, open_files, resident_kib, Child},
    TestEngine,
};

/// Kills in all.
const KILLS: usize = 50;
/// Rows of the file and of the database.
const ROWS: usize = 1_797;
/// What memory may grow by over all kills that the engine survives, beyond what it had when everything ran.
const MOST_GROWTH_KIB: u64 = 48 * 1024;

/// What can be killed.
#[derive(Debug, Clone, Copy)]
enum Victim {
    Child(Child),
    Broker,
    Engine,
}

const VICTIMS: [Victim; 5] =
    [Victim::Child(Child::Serving), Victim::Child(Child::Sandbox), Victim::Child(Child::Decoder), Victim::Broker, Victim::Engine];

#[tokio::test(flavor = "multi_thread")]
async fn fifty_kills_lose_no_row_and_repeat_none_differently() {
    let seed = std::env::var("NEURITE_SEED").map_or_else(|_| rand::random(), |seed| seed.parse().unwrap());
    println!("NEURITE_SEED={seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let files = tempfile::tempdir().unwrap();
    prepare(files.path()).await;
    let (collector, mut broker) = (Collector::start().await, Mosquitto::start().await);
    let mut engine = TestEngine::start(files.path()).await;
    for document in [from_file(&collector, &broker), from_database(&collector), from_video(&collector)] {
        let (status, body) = engine.submit(&document).await;
        assert_eq!(status, 201, "{body}");
    }
    let mut survived = Growth::default();
    for kills in 0..KILLS {
        tokio::time::sleep(Duration::from_millis(random.gen_range(50..1_200))).await;
        let victim = VICTIMS[random.gen_range(0..VICTIMS.len())];
        println!("kill {kills}: {victim:?}");
        match victim {
            Victim::Child(kind) => children(engine.pid(), kind).into_iter().for_each(kill),
            Victim::Broker => {
                broker.stop();
                broker.restart().await;
            }
            Victim::Engine => {
                engine.kill_and_restart().await;
                survived = Growth::default();
            }
        }
        survived.note(engine.pid());
    }
    for pipeline in ["killed-file", "killed-database", "killed-video"] {
        engine.ended(pipeline).await;
    }
    let keys = |pipeline: &str, read: fn(&Value) -> Option<f64>| {
        let payloads = collector.of(pipeline);
        payloads.iter().filter_map(read).map(|key| key as usize).collect::<BTreeSet<usize>>()
    };
    let all: BTreeSet<usize> = (0..ROWS).collect();
    assert_eq!(keys("killed-file", |payload| payload["VALUES"]["key"].as_f64()), all, "rows of the file");
    assert_eq!(keys("killed-database", |payload| payload["KEY"].as_f64()), all, "rows of the database");
    assert_eq!(collector.contradictions(), [], "payloads with an identifier of another");
    println!("{} payloads came again", collector.repeats());
    survived.check();
}

/// What an engine needs while its neighbours are killed.
#[derive(Default)]
struct Growth {
    samples: Vec<(u64, usize)>,
}

impl Growth {
    fn note(&mut self, pid: u32) {
        self.samples.push((resident_kib(pid), open_files(pid)));
    }

    /// Compares the end with the highest of the first third, when caches fill.
    fn check(&self) {
        let (Some(last), first) = (self.samples.last(), &self.samples[..self.samples.len().div_ceil(3)]) else { return };
        let (memory, files) = first.iter().fold((0, 0), |most, sample| (most.0.max(sample.0), most.1.max(sample.1)));
        assert!(last.0 <= memory + MOST_GROWTH_KIB, "memory grew from {memory} to {} KiB", last.0);
        assert!(last.1 <= files + 16, "open files grew from {files} to {}", last.1);
    }
}

/// Writes what the pipelines read: the digits with a key before them, as a file and as a database, and a video.
async fn prepare(folder: &Path) {
    for (from, to) in [("models/digits.onnx", "digits.onnx"), ("examples/data/clip.mp4", "clip.mp4")] {
        fs::copy(root().join(from), folder.join(to)).unwrap();
    }
    let digits = fs::read_to_string(root().join("models/digits.csv")).unwrap();
    let mut lines = digits.lines();
    let header = format!("key,{}\n", lines.next().unwrap());
    let keyed = lines.enumerate().map(|(key, line)| format!("{key},{line}\n"));
    fs::write(folder.join("keyed.csv"), header + &keyed.collect::<String>()).unwrap();
    let options = SqliteConnectOptions::new().filename(folder.join("keyed.db")).create_if_missing(true);
    let mut database = options.connect().await.unwrap();
    sqlx::query("CREATE TABLE readings (id INTEGER PRIMARY KEY, key INTEGER NOT NULL)").execute(&mut database).await.unwrap();
    let fill = "WITH RECURSIVE keys(key) AS (SELECT 0 UNION ALL SELECT key + 1 FROM keys LIMIT ?) INSERT INTO readings (id, key) SELECT key + 1, key FROM keys";
    sqlx::query(fill).bind(ROWS as i64).execute(&mut database).await.unwrap();
}

fn from_file(collector: &Collector, broker: &Mosquitto) -> Value {
    let features: Vec<String> = (0..64).map(|column| format!("f{column}")).collect();
    json!({
        "NAME": "killed-file", "TYPE": "CsvFile", "URL": "keyed.csv", "CAP_RESOLUTION": 5,
        "STREAM_CONFIG_METADATA": { "BATCH_ROWS": 10, "COLUMNS": { "FEATURES": features, "NUMBERS": ["key"] } },
        "COMMUNICATION": [
            { "TYPE": "WEBHOOK", "URL": collector.url() },
            { "TYPE": "MQTT_PUBLISH", "URL": broker.url(), "TOPIC": "killed/{instance}", "QOS": 1 }
        ],
        "PLUGINS": [{ "SIGNATURE": "FORWARD", "INSTANCES": [
            { "INSTANCE_ID": "rows", "VALUES": ["key"], "MODEL": { "BACKEND": "onnx", "PATH": "digits.onnx" } }
        ] }]
    })
}

fn from_database(collector: &Collector) -> Value {
    let code = "for row in inputs():\n    emit({\"KEY\": row[\"key\"]})\n";
    let claim = neurite_sandbox::sign(code, &Identity::from_secret(&[7; 32]).unwrap()).unwrap();
    json!({
        "NAME": "killed-database", "TYPE": "SqlQuery", "URL": "sqlite:keyed.db", "CAP_RESOLUTION": 5,
        "STREAM_CONFIG_METADATA": {
            "QUERY": "SELECT id, key FROM readings", "CURSOR_COLUMN": "id", "BATCH_ROWS": 10, "COLUMNS": { "NUMBERS": ["key"] }
        },
        "COMMUNICATION": { "TYPE": "WEBHOOK", "URL": collector.url() },
        "PLUGINS": [{ "SIGNATURE": "CUSTOM_CODE", "INSTANCES": [{
            "INSTANCE_ID": "rows", "CODE": code,
            "CODE_BLAKE3": claim.blake3, "CODE_OWNER": claim.owner, "CODE_SIGNATURE": claim.signature
        }] }]
    })
}

fn from_video(collector: &Collector) -> Value {
    json!({
        "NAME": "killed-video", "TYPE": "VideoFile", "URL": "clip.mp4", "CAP_RESOLUTION": 1,
        "STREAM_CONFIG_METADATA": { "BATCH_FRAMES": 1, "WIDTH": 80 },
        "COMMUNICATION": { "TYPE": "WEBHOOK", "URL": collector.url() },
        "PLUGINS": [{ "SIGNATURE": "FORWARD", "INSTANCES": [{ "INSTANCE_ID": "frames", "VALUES": ["frame"] }] }]
    })
}
