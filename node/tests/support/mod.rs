//! Runs the real program and speaks to it.

use serde_json::{json, Value};
use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Output, Stdio},
    sync::mpsc,
    time::{Duration, Instant},
};

/// How long a condition may take to come true on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(180);
/// How long to wait before a condition is looked at again.
const PAUSE: Duration = Duration::from_millis(200);

/// A development node that runs until it is dropped.
pub(crate) struct Node {
    child: Child,
    url: String,
    http: reqwest::Client,
}

impl Node {
    /// Starts a development node that keeps its files under `base`, and waits until it answers.
    pub(crate) fn start(base: &Path, arguments: &[&str]) -> Self {
        let mut child = program()
            .args(["--dev", "--port", "0", "--rpc-port", "0", "--no-prometheus", "--no-telemetry", "--no-mdns"])
            .arg("--base-path")
            .arg(base)
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let url = rpc_url(&mut child);
        Self { child, url, http: reqwest::Client::builder().no_proxy().build().expect("nothing from outside is needed") }
    }

    /// Calls a method; returns its error's message as an error.
    pub(crate) async fn call(&self, method: &str, parameters: Value) -> Result<Value, String> {
        let request = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": parameters });
        let response = self.http.post(&self.url).json(&request).send().await.map_err(|error| error.to_string())?;
        let mut answer: Value = response.json().await.map_err(|error| error.to_string())?;
        match answer["error"]["message"].as_str() {
            Some(message) => Err(message.to_owned()),
            None => Ok(answer["result"].take()),
        }
    }

    /// Waits until the best block has this number.
    pub(crate) async fn reach(&self, number: u64) {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            let header = self.call("chain_getHeader", json!([])).await.unwrap_or_default();
            let best = header["number"].as_str().and_then(|text| u64::from_str_radix(text.trim_start_matches("0x"), 16).ok());
            if best.is_some_and(|best| best >= number) {
                return;
            }
            tokio::time::sleep(PAUSE).await;
        }
        panic!("the chain does not reach block {number}");
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // A node must survive this: it is what power cuts do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs the program with these arguments until it ends.
pub(crate) fn run(arguments: &[&str]) -> Output {
    program().args(arguments).stdin(Stdio::null()).output().expect("the program starts")
}

/// Runs the program and returns what it wrote to the standard output; it must succeed.
pub(crate) fn run_well(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("the program writes text")
}

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_neurite-node"))
}

/// Reads from the log which port the system chose, and goes on reading so that the node never waits for us.
fn rpc_url(child: &mut Child) -> String {
    let log = BufReader::new(child.stderr.take().expect("the log is piped; qed"));
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut head = String::new();
        for line in log.lines().map_while(Result::ok) {
            if let Some((_, rest)) = line.split_once("Running JSON-RPC server: addr=127.0.0.1:") {
                let port: String = rest.chars().take_while(char::is_ascii_digit).collect();
                let _ = sender.send(Ok(port));
            }
            if head.len() < 10_000 {
                head.push_str(&line);
                head.push('\n');
            }
        }
        let _ = sender.send(Err(head));
    });
    match receiver.recv_timeout(PATIENCE) {
        Ok(Ok(port)) => format!("http://127.0.0.1:{port}"),
        Ok(Err(log)) => panic!("the node ended:\n{log}"),
        Err(_) => panic!("the node does not say where it listens"),
    }
}
