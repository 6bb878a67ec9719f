//! The guides as their readers follow them; each test is named after what its guide promises.

mod support;

use codec::Decode;
use neurite_cli::chain::Call;
use neurite_primitives::JobStatus;
use serde_json::{json, Value};
use std::{fs, net::TcpListener, path::Path, process::Command};
use support::{reference_right, root, signer, until, TestNetwork};

/// `run-workers.md`: start an engine, issue a deed, link it; it works on the next job.
#[tokio::test]
async fn a_fourth_worker_joins_a_running_network() {
    let mut network = TestNetwork::start(3).await;
    let map = network.network.map();
    let url = map["ws"].as_str().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let announcement = start_worker(&mut network, folder.path()).await;

    let token = folder.path().join("api-token").display().to_string();
    let engine = format!("http://{}", announcement["http"].as_str().unwrap());
    neurite(&["deed", "issue", "3", "//Eve", "--signer", "//Alice", "--url", url]);
    neurite(&["deed", "link", "3", "--engine", &engine, "--token-file", &token, "--signer", "//Eve", "--url", url]);
    until("the fourth worker's specs", || async {
        let nodes = neurite(&["node", "list", "--url", url]);
        nodes.as_array()?.iter().find(|node| node["deed"] == 3 && node["eligible"] == true && !node["specs"].is_null()).map(drop)
    })
    .await;

    let key = network.submit("--workers 4 --report-timeout 30s --complete-within 10m --backend onnx-cpu").await;
    let done = network.job_when(&key, "the job to be done", |job| job.status == JobStatus::Done).await;
    assert!(done.shards.iter().any(|shard| shard.deed == 3), "the fourth worker has a shard");
    assert_eq!(network.right_answers(&done).await, reference_right());
    network.stop().await;
}

/// `run-a-validator.md`: start a node, make session keys, let root add the account; it makes blocks and finalizes them.
#[tokio::test]
async fn a_second_node_syncs_and_becomes_validator_through_sudo() {
    let mut network = TestNetwork::start(0).await;
    let first = Rpc::new(&network.network.url);
    let folder = tempfile::tempdir().unwrap();
    let addresses = first.ask("system_localListenAddresses", json!([])).await.unwrap();
    let second = start_node(&mut network, folder.path(), addresses[0].as_str().unwrap());
    let best = until("the first node's height", || first.best()).await;
    until("the second node to sync", || async { second.best().await.filter(|height| *height >= best) }).await;

    let bob = signer("//Bob");
    let owner = format!("0x{}", hex::encode(bob.account()));
    let made = second.ask("author_rotateKeysWithOwner", json!([owner])).await.unwrap();
    let bytes = |name: &str| hex::decode(made[name].as_str().unwrap().trim_start_matches("0x")).unwrap();
    network.chain().send(&bob, &Call::new("Session", "set_keys", (SessionKeys(bytes("keys")), bytes("proof")))).await.unwrap();
    network.chain().send(&signer("//Alice"), &Call::new("Validators", "add", bob.account()).sudo()).await.unwrap();

    until("a block of the second validator", || async { first.author().await.filter(|author| *author == 1) }).await;
    // Two validators finalize only together.
    let joined = first.best().await.unwrap();
    until("a block that both finalized", || async { first.finalized().await.filter(|height| *height > joined) }).await;
    network.stop().await;
}

/// Session keys as the node encoded them.
struct SessionKeys(Vec<u8>);

impl codec::Encode for SessionKeys {
    fn encode_to<Output: codec::Output + ?Sized>(&self, output: &mut Output) {
        output.write(&self.0);
    }
}

/// Runs `neurite` with `--json` and returns what it prints.
fn neurite(arguments: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_neurite")).args(arguments).arg("--json").output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A program of this build.
fn program(name: &str) -> Command {
    Command::new(Path::new(env!("CARGO_BIN_EXE_neurite")).with_file_name(name))
}

/// Starts a worker that reads the checkout's models; returns what it announces.
async fn start_worker(network: &mut TestNetwork, base: &Path) -> Value {
    let announcement = base.join("announcement.json");
    let (library, models) = (root().join(".deps/libonnxruntime.so"), root().join("models"));
    let broker = format!("mqtt://{}", network.network.supervisor.broker.trim_start_matches("mqtt://"));
    let mut command = program("neurite-e2");
    command.args(["run", "--role", "worker", "--alias", "worker-4", "--http", "127.0.0.1:0"]);
    command.args(["--chain", &network.network.url, "--broker", &broker]).arg("--base-path").arg(base);
    command.arg("--announce").arg(&announcement).arg("--onnxruntime").arg(library).arg("--models").arg(&models).arg("--data").arg(&models);
    network.processes.start("worker-4", command, &base.join("log")).unwrap();
    until("the fourth worker", || async { serde_json::from_slice(&fs::read(&announcement).ok()?).ok() }).await
}

/// Starts a validator that finds the others through `bootnode`.
fn start_node(network: &mut TestNetwork, base: &Path, bootnode: &str) -> Rpc {
    let mut key = program("neurite-node");
    let made = key.args(["key", "generate-node-key", "--chain", "dev", "--base-path"]).arg(base).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut command = program("neurite-node");
    command.args(["--chain", "dev", "--validator", "--bootnodes", bootnode, "--rpc-port", &port.to_string()]);
    command.args(["--listen-addr", "/ip4/127.0.0.1/tcp/0", "--no-prometheus", "--no-telemetry", "--no-mdns"]);
    command.arg("--base-path").arg(base);
    network.processes.start("second-node", command, &base.join("log")).unwrap();
    Rpc::new(&format!("ws://127.0.0.1:{port}"))
}

/// The JSON-RPC of a node.
struct Rpc {
    client: reqwest::Client,
    url: String,
}

impl Rpc {
    fn new(url: &str) -> Self {
        Self { client: reqwest::Client::builder().no_proxy().build().unwrap(), url: url.replace("ws://", "http://") }
    }

    /// The result; nothing while the node does not answer.
    async fn ask(&self, method: &str, parameters: Value) -> Option<Value> {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": parameters });
        let answer: Value = self.client.post(&self.url).json(&body).send().await.ok()?.json().await.ok()?;
        assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
        Some(answer["result"].clone())
    }

    /// Height of the best block.
    async fn best(&self) -> Option<u64> {
        height(&self.ask("chain_getHeader", json!([])).await?)
    }

    /// Height of the finalized block.
    async fn finalized(&self) -> Option<u64> {
        let hash = self.ask("chain_getFinalizedHead", json!([])).await?;
        height(&self.ask("chain_getHeader", json!([hash])).await?)
    }

    /// Which authority made the best block: BABE's pre-digest is the first log, its index follows the kind of the slot's claim.
    async fn author(&self) -> Option<u32> {
        let header = self.ask("chain_getHeader", json!([])).await?;
        let log = hex::decode(header["digest"]["logs"][0].as_str()?.trim_start_matches("0x")).unwrap();
        let (engine, claim) = <([u8; 4], Vec<u8>)>::decode(&mut &log[1..]).unwrap();
        assert_eq!(&engine, b"BABE");
        Some(u32::decode(&mut &claim[1..]).unwrap())
    }
}

fn height(header: &Value) -> Option<u64> {
    u64::from_str_radix(header["number"].as_str()?.trim_start_matches("0x"), 16).ok()
}
