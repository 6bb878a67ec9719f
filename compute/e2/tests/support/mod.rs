//! An engine of this build in a process of its own, for the tests in this folder.

#![allow(dead_code, unreachable_pub, reason = "each test program uses a part of this")]

pub mod collector;
pub mod life;
pub mod victims;

use serde_json::Value;
use std::{
    fs,
    future::Future,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// How long anything may take on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(240);

/// The root of the checkout.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The files that documents may name.
#[derive(Debug, Clone)]
pub struct Folders {
    pub data: PathBuf,
    pub models: PathBuf,
}

/// A running engine with a broker of its own; it ends with this value.
pub struct TestEngine {
    child: Child,
    folders: Folders,
    base: tempfile::TempDir,
    client: reqwest::Client,
    http: String,
}

impl TestEngine {
    /// Starts an engine whose data and models are the files of one folder.
    pub async fn start(files: &Path) -> Self {
        Self::start_in(Folders { data: files.to_owned(), models: files.to_owned() }).await
    }

    /// Starts an engine on folders of data and of models.
    pub async fn start_in(folders: Folders) -> Self {
        Self::start_with(folders, "version = 1\n").await
    }

    /// Starts an engine with a configuration of its own.
    pub async fn start_with(folders: Folders, configuration: &str) -> Self {
        let base = tempfile::tempdir().unwrap();
        fs::write(base.path().join("engine.toml"), configuration).unwrap();
        let child = launch(base.path(), &folders);
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut engine = Self { child, folders, base, client, http: String::new() };
        engine.find().await;
        engine
    }

    /// Kills the engine as a power cut would, and starts it again on the same folder.
    pub async fn kill_and_restart(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        fs::remove_file(announcement(self.base.path())).unwrap();
        self.child = launch(self.base.path(), &self.folders);
        self.find().await;
    }

    /// Waits until the engine says where it listens.
    async fn find(&mut self) {
        let file = announcement(self.base.path());
        let read = || async { serde_json::from_slice::<Value>(&fs::read(&file).ok()?).ok() };
        let announced = self.until("the engine to be ready", read).await;
        self.http = format!("http://{}", announced["http"].as_str().unwrap());
    }

    /// The engine's process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The folder that the engine writes to.
    pub fn base(&self) -> &Path {
        self.base.path()
    }

    /// Where the HTTP API is.
    pub fn url(&self) -> &str {
        &self.http
    }

    /// The file that holds the bearer token.
    pub fn token_file(&self) -> PathBuf {
        self.base.path().join("api-token")
    }

    fn token(&self) -> String {
        fs::read_to_string(self.token_file()).unwrap().trim().to_owned()
    }

    /// What a route of a pipeline answers; nothing while there is no such route.
    pub async fn route(&self, pipeline_and_path: &str) -> Option<Value> {
        let request = self.client.get(format!("{}/v1/pipelines/{pipeline_and_path}", self.http)).bearer_auth(self.token());
        request.send().await.ok()?.error_for_status().ok()?.json().await.ok()
    }

    /// Waits until a `REST_ENDPOINT` has seen so many rows; returns what it answers.
    pub async fn shown(&self, pipeline_and_path: &str, rows: f64) -> Value {
        let seen = || async { self.route(pipeline_and_path).await.filter(|answer| number(&answer["ROWS"]) >= rows) };
        self.until("the endpoint to show all rows", seen).await
    }

    /// Starts a pipeline; returns status and body of the answer.
    pub async fn submit(&self, document: &Value) -> (u16, Value) {
        let request = self.client.post(format!("{}/v1/pipelines", self.http)).bearer_auth(self.token()).json(document);
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// Stops a pipeline, which the engine then forgets.
    pub async fn stop(&self, name: &str) {
        let request = self.client.delete(format!("{}/v1/pipelines/{name}", self.http)).bearer_auth(self.token());
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 204, "{name}");
    }

    /// What the engine says of its pipelines; nothing while it does not answer.
    pub async fn pipelines(&self) -> Option<Vec<Value>> {
        let answer: Value = self.client.get(format!("{}/v1/pipelines", self.http)).send().await.ok()?.json().await.ok()?;
        answer["pipelines"].as_array().cloned()
    }

    /// What the engine says of a pipeline; nothing while it does not answer.
    pub async fn pipeline(&self, name: &str) -> Option<Value> {
        self.pipelines().await?.into_iter().find(|pipeline| pipeline["name"] == name)
    }

    /// Waits until a pipeline is complete and returns its result; panics if it fails.
    pub async fn ended(&self, name: &str) -> Value {
        let ended = || async {
            let pipeline = self.pipeline(name).await?;
            assert_ne!(pipeline["state"], "failed", "{pipeline}");
            (pipeline["state"] == "complete").then_some(pipeline)
        };
        self.until("the pipeline to end", ended).await["result"].clone()
    }

    /// Runs a pipeline to its end and returns its result.
    pub async fn result(&self, document: &Value) -> Value {
        let (status, body) = self.submit(document).await;
        assert_eq!(status, 201, "{body}");
        self.ended(document["NAME"].as_str().unwrap()).await
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

fn announcement(base: &Path) -> PathBuf {
    base.join("announcement.json")
}

fn launch(base: &Path, folders: &Folders) -> Child {
    let log = fs::File::options().create(true).append(true).open(base.join("log")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_neurite-e2"));
    command.args(["run", "--http", "127.0.0.1:0", "--embedded-broker", "127.0.0.1:0"]);
    command.arg("--base-path").arg(base).arg("--announce").arg(announcement(base));
    command.arg("--onnxruntime").arg(root().join(".deps/libonnxruntime.so"));
    command.arg("--data").arg(&folders.data).arg("--models").arg(&folders.models);
    command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap()
}

/// Runs a script; returns what it wrote to standard output.
pub fn python(script: &Path, arguments: &[&str]) -> String {
    let output = Command::new("python3").arg(script).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}: {}", script.display(), String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A script that serves something; it ends with this value.
pub struct Serving {
    child: Child,
    /// What it announced when it was ready.
    pub announced: Value,
}

impl Serving {
    /// Starts a script and waits for the line of JSON that it prints.
    pub fn start(script: &Path, arguments: &[&str]) -> Self {
        let mut command = Command::new("python3");
        let mut child = command.arg(script).args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let announced = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{}: {error}: {line:?}", script.display()));
        Self { child, announced }
    }
}

impl Drop for Serving {
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
