//! An engine of this build in a process of its own, with its own broker, for the tests in this folder.

#![allow(dead_code, unreachable_pub, reason = "each test program uses a part of this")]

use serde_json::Value;
use std::{
    fs,
    future::Future,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// How long anything may take on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// The root of the checkout.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A running engine; it ends with this value.
pub struct TestEngine {
    child: Child,
    base: tempfile::TempDir,
    client: reqwest::Client,
    http: String,
}

impl TestEngine {
    /// Starts an engine whose data and models are the files of one folder.
    pub async fn start(files: &Path) -> Self {
        let base = tempfile::tempdir().unwrap();
        let announcement = base.path().join("announcement.json");
        let log = fs::File::create(base.path().join("log")).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_neurite-e2"));
        command.args(["run", "--http", "127.0.0.1:0", "--embedded-broker", "127.0.0.1:0"]);
        command.arg("--base-path").arg(base.path()).arg("--announce").arg(&announcement);
        command.arg("--onnxruntime").arg(root().join(".deps/libonnxruntime.so"));
        command.arg("--data").arg(files).arg("--models").arg(files);
        let child = command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap();
        let mut engine = Self { child, base, client: reqwest::Client::builder().no_proxy().build().unwrap(), http: String::new() };
        let read = || async { serde_json::from_slice::<Value>(&fs::read(&announcement).ok()?).ok() };
        let announced = engine.until("the engine to be ready", read).await;
        engine.http = format!("http://{}", announced["http"].as_str().unwrap());
        engine
    }

    /// The engine's process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The folder that the engine writes to.
    pub fn base(&self) -> &Path {
        self.base.path()
    }

    /// Starts a pipeline; returns status and body of the answer.
    pub async fn submit(&self, document: &Value) -> (u16, Value) {
        let token = fs::read_to_string(self.base.path().join("api-token")).unwrap();
        let request = self.client.post(format!("{}/v1/pipelines", self.http)).bearer_auth(token.trim()).json(document);
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// What the engine says of a pipeline.
    pub async fn pipeline(&self, name: &str) -> Option<Value> {
        let answer: Value = self.client.get(format!("{}/v1/pipelines", self.http)).send().await.ok()?.json().await.ok()?;
        let pipelines = answer.as_array().or_else(|| answer["pipelines"].as_array())?;
        pipelines.iter().find(|pipeline| pipeline["name"] == name).cloned()
    }

    /// Runs a pipeline to its end and returns its result.
    pub async fn result(&self, document: &Value) -> Value {
        let (status, body) = self.submit(document).await;
        assert_eq!(status, 201, "{body}");
        let name = document["NAME"].as_str().unwrap();
        let ended = || async {
            let pipeline = self.pipeline(name).await?;
            assert_ne!(pipeline["state"], "failed", "{pipeline}");
            (pipeline["state"] == "complete").then_some(pipeline)
        };
        self.until("the pipeline to end", ended).await["result"].clone()
    }

    /// Probes until something is found; panics with `what` and the engine's log when patience is over.
    pub async fn until<T, Probing: Future<Output = Option<T>>>(&self, what: &str, mut probe: impl FnMut() -> Probing) -> T {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(found) = probe().await {
                return found;
            }
            let log = || fs::read_to_string(self.base.path().join("log")).unwrap_or_default();
            assert!(Instant::now() < deadline, "waited {PATIENCE:?} for {what}; the engine said:\n{}", log());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for TestEngine {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads a JSON file of the checkout.
pub fn json(path: &Path) -> Value {
    let text = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A number that a result writes as text or as a number.
pub fn number(value: &Value) -> f64 {
    value.as_f64().or_else(|| value.as_str()?.parse().ok()).unwrap_or_else(|| panic!("{value} is no number"))
}
