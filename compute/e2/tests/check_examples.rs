//! `neurite-e2 check` on every document in `examples/`: with the services there that they name, nothing is missing.

mod support;

use neurite_testkit::servers::{Mosquitto, RabbitMq};
use serde_json::Value;
use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
};
use support::root;

/// The services that documents name, as they stand there, and where they are in this test.
struct Services {
    mosquitto: Mosquitto,
    rabbitmq: RabbitMq,
    /// Stands in for cameras and web servers: of those, the checker wants no more than that somebody listens.
    listener: TcpListener,
}

impl Services {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        Self { mosquitto: Mosquitto::start().await, rabbitmq: RabbitMq::start().await, listener }
    }

    /// Writes a document that names these services into a folder.
    fn write(&self, document: &Path, folder: &Path) -> PathBuf {
        let listener = self.listener.local_addr().expect("an address");
        let mut text = fs::read_to_string(document).expect("a document");
        text = text.replace("mqtt://127.0.0.1:1883", &self.mosquitto.url()).replace("amqp://127.0.0.1:5672", &self.rabbitmq.url());
        for (scheme, port) in [("http", 8000), ("http", 9000), ("ws", 9001), ("rtsp", 8554)] {
            text = text.replace(&format!("{scheme}://127.0.0.1:{port}"), &format!("{scheme}://{listener}"));
        }
        let path = document.strip_prefix(root()).expect("a file of the checkout").to_string_lossy().replace('/', "-");
        let written = folder.join(path);
        fs::write(&written, text).expect("a folder that can be written to");
        written
    }

    /// Checks documents whose files are in a folder; returns what is missing and how many things there are in all.
    fn check(&self, documents: &[PathBuf], files: &Path) -> (Vec<Value>, usize) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let configuration = format!(
            "version = 1\n[broker]\nurl = \"{}\"\n[connections.scanner]\nurl = \"http://127.0.0.1\"\npassword = \"a secret\"\n",
            self.mosquitto.url()
        );
        fs::write(folder.path().join("engine.toml"), configuration).expect("a configuration");
        let written = documents.iter().map(|document| self.write(document, folder.path()));
        let mut command = Command::new(env!("CARGO_BIN_EXE_neurite-e2"));
        command.args(["check", "--json", "--base-path"]).arg(folder.path()).arg("--data").arg(files).arg("--models").arg(files);
        let output = command.args(written).output().expect("the checker runs");
        let told: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("no JSON: {output:?}"));
        let findings = told["findings"].as_array().expect("findings");
        (findings.iter().filter(|finding| finding["ok"] != true).cloned().collect(), findings.len())
    }
}

/// Returns the JSON files of a folder that are pipeline documents.
fn documents(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let mut documents: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|kind| kind == "json")).collect();
    documents.retain(|path| support::json(path)["PLUGINS"].is_array());
    documents.sort();
    documents
}

/// Copies the files of folders into a new one.
fn together(folders: &[PathBuf]) -> tempfile::TempDir {
    let all = tempfile::tempdir().expect("a temporary folder");
    for entry in folders.iter().flat_map(|folder| fs::read_dir(folder).expect("a folder")) {
        let from = entry.expect("an entry").path();
        if from.is_file() {
            fs::copy(&from, all.path().join(from.file_name().expect("a name"))).expect("a copy");
        }
    }
    all
}

#[tokio::test]
async fn every_example_finds_all_that_it_names() {
    let services = Services::start().await;
    let (examples, shared) = (root().join("examples"), [root().join("examples/data"), root().join("models")]);
    let mut groups = vec![(documents(&examples), together(&shared))];
    for entry in fs::read_dir(&examples).expect("the examples") {
        let folder = entry.expect("an entry").path();
        if folder.join("pipeline.json").is_file() {
            let files = together(&[shared.as_slice(), std::slice::from_ref(&folder)].concat());
            groups.push((vec![folder.join("pipeline.json")], files));
        }
    }
    let (mut missing, mut things, mut checked) = (Vec::new(), 0, 0);
    for (documents, files) in &groups {
        let (lacking, all) = services.check(documents, files.path());
        missing.extend(lacking);
        (things, checked) = (things + all, checked + documents.len());
    }
    assert!(missing.is_empty(), "{missing:#?}");
    // Of each document at least itself, and of nearly all something else.
    assert!(checked >= 50 && things >= 2 * checked, "{checked} documents name {things} things");
}
