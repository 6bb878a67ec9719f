//! What is refused, and that nothing is held or stored by it; each test is named after what was tried.

mod support;

use neurite_mqtt::{MqttClient, MqttConfig, QoS};
use neurite_protocol::{Draft, HeartbeatBody, Identity, Role, Stamp, Topics};
use serde_json::{json, Value};
use std::{fs, time::SystemTime};
use support::{root, signer, until, TestNetwork};

#[tokio::test]
async fn a_bad_job_is_refused_by_name_and_holds_nothing() {
    let network = TestNetwork::start(1).await;
    let good = network.digits("--workers 1").await;
    let cases = [
        ("InsufficientBalance", neurite_primitives::JobSpec { reward: 2_000_000 * 1_000_000_000_000, ..good.clone() }),
        ("RewardTooSmall", neurite_primitives::JobSpec { reward: 0, ..good.clone() }),
        ("DeadlinePassed", neurite_primitives::JobSpec { accept_by: 1, ..good.clone() }),
        ("TooManyWorkers", neurite_primitives::JobSpec { workers: 65, ..good.clone() }),
    ];
    for (name, spec) in cases {
        let error = network.chain().submit_job(&signer("//Alice"), &spec).await.unwrap_err();
        assert!(error.to_string().contains(name), "{name}: {error}");
        assert!(!error.hint().is_empty(), "{name} says what to do");
    }
    assert_eq!(network.chain().network().await.unwrap().escrow, 0);
    network.stop().await;
}

#[tokio::test]
async fn a_bad_document_is_refused_whole_with_the_path_of_each_fault() {
    let network = TestNetwork::start(1).await;
    let worker = &network.network.workers[0];
    let token = fs::read_to_string(worker.base.join("api-token")).unwrap();
    let url = format!("http://{}/v1/pipelines", worker.announcement.http);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let good: Value = serde_json::from_slice(&fs::read(root().join("examples/digits.json")).unwrap()).unwrap();

    let mut several = good.clone();
    several["TYPE"] = json!("NoSuchPlugin");
    several["CAP_RESOLUTION"] = json!("fast");
    several.as_object_mut().unwrap().remove("NAME");
    let response = client.post(&url).bearer_auth(&token).body(several.to_string()).send().await.unwrap();
    assert_eq!(response.status().as_u16(), 422);
    let answer: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
    let faults = answer["faults"].as_array().unwrap();
    let all = answer.to_string();
    assert!(faults.len() >= 2 && all.contains("CAP_RESOLUTION") && all.contains("NAME"), "{all}");

    let response = client.post(&url).bearer_auth(&token).body(vec![b' '; 10 * 1024 * 1024]).send().await;
    assert!(response.is_err() || response.unwrap().status().as_u16() == 413, "ten megabytes are too much");
    let response = client.post(&url).body(good.to_string()).send().await.unwrap();
    assert_eq!(response.status().as_u16(), 401, "nobody starts a pipeline without the token");
    let listed: Value = serde_json::from_slice(&client.get(&url).send().await.unwrap().bytes().await.unwrap()).unwrap();
    assert_eq!(listed["pipelines"], json!([]), "nothing was stored");
    network.stop().await;
}

#[tokio::test]
async fn a_forged_heartbeat_is_refused_counted_and_not_heard() {
    let network = TestNetwork::start(1).await;
    let broker = network.network.supervisor.broker.clone();
    let (client, _incoming) = MqttClient::connect(MqttConfig::new(broker, "forger")).unwrap();
    let topic = Topics::new("naeural").unwrap().control();
    let own = Identity::from_secret(&[7; 32]).unwrap();
    let now = u64::try_from(SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap();
    let body = HeartbeatBody { alias: "forger".into(), role: Role::Worker, version: "0".into(), uptime_s: 1, pipelines: vec![] };
    let sign = |seq| Draft::heartbeat(&body).sign(&own, Stamp { now, seq }).unwrap().text;

    let mut unsigned: Value = serde_json::from_str(&sign(1)).unwrap();
    unsigned.as_object_mut().unwrap().remove("EE_SIGN");
    let tampered = sign(2).replace("forger", "friend");
    let mut another: Value = serde_json::from_str(&sign(3)).unwrap();
    another["EE_SENDER"] = json!(Identity::from_secret(&[8; 32]).unwrap().address().to_string());
    let genuine = sign(4);
    for message in [unsigned.to_string(), tampered, another.to_string(), genuine.clone(), genuine] {
        client.publish(&topic, message, QoS::AtLeastOnce).unwrap();
    }
    let expected = [("unsigned", 1), ("wrong_hash", 1), ("replayed", 1)];
    let metrics = until("the refusals to be counted", || async {
        let text = get(&network, "/metrics").await;
        expected.iter().all(|(reason, count)| text.contains(&format!("reason=\"{reason}\"}} {count}"))).then_some(text)
    })
    .await;
    assert!(metrics.contains("wrong_s"), "a foreign sender is refused: {metrics}");
    // The one genuine heartbeat shows that the forger was heard where it spoke the truth, and only once.
    let nodes: Value = serde_json::from_str(&get(&network, "/v1/network").await).unwrap();
    let forger: Vec<_> = nodes["nodes"].as_array().unwrap().iter().filter(|node| node["alias"] == "forger").collect();
    assert_eq!(forger.len(), 1);
    assert!(!nodes.to_string().contains("friend"));
    network.stop().await;
}

async fn get(network: &TestNetwork, path: &str) -> String {
    let url = format!("http://{}{path}", network.network.supervisor.http);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    client.get(url).send().await.unwrap().text().await.unwrap()
}
