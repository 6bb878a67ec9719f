//! The checker against real files, listeners and a real broker.

use super::*;
use neurite_mqtt::{Broker, BrokerConfig, Credentials, Secret};
use neurite_testkit::{context, TempBase};
use serde_json::{json, Value};
use std::net::{Ipv4Addr, SocketAddr};
use tokio::{io::AsyncWriteExt, net::TcpListener};

/// How long each thing may take.
const DEADLINE: Duration = Duration::from_secs(5);

fn ground(base: &TempBase) -> Ground {
    Ground { registry: plugins::catalogue().unwrap(), context: context(base), broker: None }
}

async fn findings(ground: &Ground, base: &TempBase, document: &Value) -> Vec<Finding> {
    let file = base.root().join("document.json");
    std::fs::write(&file, document.to_string()).unwrap();
    try_all(collect::collect(&file, ground), DEADLINE).await
}

/// Returns what is wrong with the thing of this name; nothing if it is all right.
fn fault(findings: &[Finding], what: &str) -> Option<String> {
    let found = findings.iter().find(|finding| finding.what == what);
    found.unwrap_or_else(|| panic!("{what} is not among {findings:?}")).fault.as_ref().map(Fault::to_string)
}

fn document(target: &Value) -> Value {
    json!({
        "NAME": "checked", "TYPE": "CsvFile", "URL": "rows.csv", "STREAM_CONFIG_METADATA": { "BATCH_ROWS": 4 },
        "COMMUNICATION": target,
        "PLUGINS": [{ "SIGNATURE": "FORWARD", "INSTANCES": [{ "INSTANCE_ID": "all", "VALUES": ["features"] }] }]
    })
}

async fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// Returns an address at which nobody listens.
async fn closed() -> SocketAddr {
    listener().await.1
}

async fn reach(url: String) -> Result<(), Fault> {
    try_need(Need::Service(Endpoint { url, user: None, password: None }), DEADLINE).await
}

#[tokio::test]
async fn what_is_there_is_found() {
    let base = TempBase::new();
    base.write_data("rows.csv", "a,b\n1,2\n");
    let (_listener, address) = listener().await;
    let target = json!({ "TYPE": "WEBHOOK", "URL": format!("http://{address}/s3cret?token=s3cret") });
    let findings = findings(&ground(&base), &base, &document(&target)).await;
    let shown: Vec<(&str, &str)> = findings.iter().map(|finding| (finding.instance.as_str(), finding.what.as_str())).collect();
    assert_eq!(shown, [("/", "document"), ("CsvFile", "file rows.csv"), ("WEBHOOK", format!("service http://{address}").as_str())]);
    assert!(findings.iter().all(Finding::is_ok), "{findings:?}");
}

#[tokio::test]
async fn what_is_missing_is_said_with_what_to_do() {
    let base = TempBase::new();
    let address = closed().await;
    let target = json!({ "TYPE": "WEBSOCKET", "URL": format!("ws://{address}") });
    let findings = findings(&ground(&base), &base, &document(&target)).await;
    let file = fault(&findings, "file rows.csv").unwrap();
    assert!(file.contains("is not there") && file.contains("--data"), "{file}");
    let service = fault(&findings, &format!("service ws://{address}")).unwrap();
    assert!(service.contains("refused") && service.contains("start the service"), "{service}");
}

#[tokio::test]
async fn an_invalid_document_shows_its_faults_with_their_paths() {
    let base = TempBase::new();
    let mut invalid = document(&json!({ "TYPE": "WEBHOOK", "URL": "http://127.0.0.1:1" }));
    invalid["PLUGINS"][0]["INSTANCES"][0]["EVERY_ROWS"] = json!(0);
    invalid["STREAM_CONFIG_METADATA"]["ROWS"] = json!(1);
    let findings = findings(&ground(&base), &base, &invalid).await;
    let paths: Vec<&str> = findings.iter().map(|finding| finding.instance.as_str()).collect();
    assert_eq!(paths, ["/PLUGINS/0/INSTANCES/0/EVERY_ROWS", "/STREAM_CONFIG_METADATA/ROWS"]);
    assert!(findings.iter().all(|finding| !finding.is_ok()));
}

#[tokio::test]
async fn a_connection_that_nobody_configured_is_a_fault() {
    let base = TempBase::new();
    let findings = findings(&ground(&base), &base, &document(&json!({ "TYPE": "AMQP", "URL": "connection:plant" }))).await;
    let fault = fault(&findings, "communication plugin AMQP").unwrap();
    assert!(fault.contains("is no connection of this engine") && fault.contains("--config"), "{fault}");
}

#[tokio::test]
async fn a_file_must_have_its_digest_and_a_pattern_a_match() {
    let base = TempBase::new();
    base.write_data("rows.csv", "a\n1\n");
    let path = neurite_core::RelativePath::new("rows.csv").unwrap();
    let digest = blake3::hash(b"a\n1\n").to_hex().to_string();
    let file = |blake3: String| Need::File { folder: base.data(), path: path.clone(), blake3: Some(blake3) };
    assert_eq!(try_need(file(digest.clone()), DEADLINE).await, Ok(()));
    let wrong = try_need(file("0".repeat(64)), DEADLINE).await.unwrap_err().to_string();
    assert!(wrong.contains(&digest), "{wrong}");
    std::fs::create_dir(base.root().join("data/days")).unwrap();
    base.write_data("days/one.csv", "a\n1\n");
    let days = neurite_core::RelativePath::new("days").unwrap();
    let files = |pattern: &str| Need::Folder { folder: base.data(), path: days.clone(), pattern: Some(pattern.into()) };
    assert_eq!(try_need(files("*.csv"), DEADLINE).await, Ok(()));
    assert!(try_need(files("*.parquet"), DEADLINE).await.is_err());
}

#[tokio::test]
async fn a_program_is_looked_for_on_the_path() {
    assert_eq!(try_need(Need::Program("sh"), DEADLINE).await, Ok(()));
    let missing = try_need(Need::Program("no-such-program"), DEADLINE).await.unwrap_err().to_string();
    assert!(missing.contains("install it"), "{missing}");
}

#[tokio::test]
async fn a_broker_must_let_the_client_in() {
    let credentials = Credentials { user: "ann".into(), password: Secret::new("s3cret") };
    let broker = Broker::start(BrokerConfig::new((Ipv4Addr::LOCALHOST, 0).into(), Some(credentials))).await.unwrap();
    let with = |password: &str| Endpoint { url: broker.url(), user: Some("ann".into()), password: Some(SecretText::new(password)) };
    assert_eq!(try_need(Need::Service(with("s3cret")), DEADLINE).await, Ok(()));
    let refused = try_need(Need::Service(with("guess")), DEADLINE).await.unwrap_err().to_string();
    assert!(refused.contains("password") && !refused.contains("guess"), "{refused}");
    broker.shutdown().await;
}

#[tokio::test]
async fn something_else_on_the_port_is_no_database() {
    let (listener, address) = listener().await;
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    for scheme in ["postgres", "mysql", "amqp"] {
        let fault = reach(format!("{scheme}://{address}/database")).await.unwrap_err().to_string();
        assert!(fault.contains("something else listens there"), "{scheme}: {fault}");
    }
    assert_eq!(reach(format!("rtsp://{address}/camera")).await, Ok(()));
    let tls = reach(format!("https://{address}")).await.unwrap_err().to_string();
    assert!(tls.contains("TLS"), "{tls}");
}

#[tokio::test]
async fn the_nodes_own_broker_is_tried_where_payloads_go_over_it() {
    let base = TempBase::new();
    base.write_data("rows.csv", "a,b\n1,2\n");
    let url = format!("mqtt://{}", closed().await);
    let broker = Some(Endpoint { url: url.clone(), user: None, password: None });
    let ground = Ground { broker, ..ground(&base) };
    let over_node = findings(&ground, &base, &document(&json!({ "TYPE": "MQTT" }))).await;
    assert!(fault(&over_node, &format!("service {url}")).is_some());
    let elsewhere = findings(&ground, &base, &document(&json!({ "TYPE": "WEBHOOK", "URL": "http://127.0.0.1:1" }))).await;
    assert!(elsewhere.iter().all(|finding| !finding.what.contains(&url)));
}
