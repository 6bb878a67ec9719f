//! The real program: a development node that produces blocks, and the sub-commands on its database.

mod support;

use serde_json::{json, Value};
use sp_core::Pair;
use support::{run, run_well, Node};

const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
/// Where nothing listens: the port of the discard service.
const NO_ENGINE: &str = "http://127.0.0.1:9";

fn hexadecimal(bytes: &[u8]) -> String {
    sp_core::bytes::to_hex(bytes, false)
}

#[tokio::test]
async fn development_node_produces_blocks_and_answers() {
    let base = tempfile::tempdir().expect("a folder can be made");
    let node = Node::start(base.path(), &["--engine-url", NO_ENGINE]);
    node.reach(2).await;

    assert_eq!(node.call("neurite_job", json!([ALICE, 1])).await, Ok(Value::Null));
    assert_eq!(node.call("neurite_jobs", json!([ALICE])).await, Ok(json!([])));
    assert_eq!(node.call("neurite_jobs", json!([ALICE, 0, 1_000_000])).await, Ok(json!([])));
    let rewards = node.call("neurite_rewards", json!([ALICE])).await.expect("the runtime answers");
    assert_eq!((&rewards["account"], &rewards["total"]), (&json!(ALICE), &json!("0")));
    assert!(node.call("neurite_job", json!(["nobody", 1])).await.is_err());

    let error = node.call("neurite_engineHealth", json!([])).await.expect_err("no engine runs there");
    assert!(error.contains("does not answer") && error.contains("--engine-url"), "{error}");
}

#[tokio::test]
async fn development_node_holds_all_session_keys_and_knows_its_engine() {
    let base = tempfile::tempdir().expect("a folder can be made");
    let node = Node::start(base.path(), &["--engine-url", NO_ENGINE]);
    let sr25519 = sp_core::sr25519::Pair::from_string("//Alice", None).expect("the seed is valid").public();
    let ed25519 = sp_core::ed25519::Pair::from_string("//Alice", None).expect("the seed is valid").public();
    for (key, kind) in [(&sr25519.0, "babe"), (&ed25519.0, "gran"), (&sr25519.0, "orac")] {
        assert_eq!(node.call("author_hasKey", json!([hexadecimal(key), kind])).await, Ok(json!(true)), "{kind}");
    }

    let key = hexadecimal(b"neurite/engine-url/v1");
    let stored = node.call("offchain_localStorageGet", json!(["PERSISTENT", key])).await.expect("the storage answers");
    assert_eq!(stored, json!(hexadecimal(&codec::Encode::encode(&NO_ENGINE.to_owned()))));
    drop(node);

    let node = Node::start(base.path(), &[]);
    assert_eq!(node.call("offchain_localStorageGet", json!(["PERSISTENT", key])).await, Ok(Value::Null));
    let error = node.call("neurite_engineHealth", json!([])).await.expect_err("the node knows no engine");
    assert!(error.contains("--engine-url"), "{error}");
}

#[tokio::test]
async fn blocks_survive_a_kill_and_go_through_a_file() {
    let base = tempfile::tempdir().expect("a folder can be made");
    let node = Node::start(base.path(), &[]);
    node.reach(4).await;
    drop(node);

    let folder = base.path().display().to_string();
    let file = base.path().join("blocks").display().to_string();
    let on_chain = |command: &str, more: &[&str]| {
        let arguments: Vec<&str> = [command, "--chain", "dev", "--base-path", &folder].into_iter().chain(more.iter().copied()).collect();
        run_well(&arguments)
    };
    let info = |text: String| serde_json::from_str::<Value>(&text).expect("the information is JSON");

    let before = info(on_chain("chain-info", &[]));
    assert!(before["best_number"].as_u64() >= Some(3), "{before}");
    on_chain("export-blocks", &["--binary", "--to", "3", &file]);
    on_chain("purge-chain", &["-y"]);
    on_chain("import-blocks", &["--binary", &file]);
    let imported = info(on_chain("chain-info", &[]));
    assert_eq!(imported["best_number"], json!(3));
    assert_eq!(imported["genesis_hash"], before["genesis_hash"]);
    on_chain("check-block", &["2"]);
    on_chain("revert", &["1"]);
    assert_eq!(info(on_chain("chain-info", &[]))["best_number"], json!(2));
}

#[test]
fn specifications_are_built_for_every_network() {
    let example = concat!("main=", env!("CARGO_MANIFEST_DIR"), "/chain-parameters.example.json");
    for (chain, id) in [("dev", "neurite_dev"), ("local", "neurite_local"), (example, "example")] {
        let text = run_well(&["export-chain-spec", "--chain", chain, "--raw"]);
        let spec: Value = serde_json::from_str(&text).expect("the specification is JSON");
        assert_eq!(spec["id"], json!(id));
        assert_eq!(spec["properties"]["tokenSymbol"], json!("NEU"));
        assert!(spec["genesis"]["raw"]["top"].is_object(), "{chain}");
    }
}

#[test]
fn bad_arguments_are_explained() {
    for (arguments, expected) in [
        (["--dev", "--engine-url", "https://127.0.0.1:1"].as_slice(), "only http is supported"),
        (["--dev", "--engine-url", "http://192.0.2.1:1"].as_slice(), "--engine-remote"),
        (["--chain", "main"].as_slice(), "main=FILE"),
        (["export-chain-spec", "--chain", "nowhere"].as_slice(), "none of dev, local"),
    ] {
        let output = run(arguments);
        let talk = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && talk.contains(expected), "{arguments:?}: {talk}");
    }
}
