//! `neurite-e2 check` as its user runs it: on two documents, one of which can run and one of which cannot.

use serde_json::{json, Value};
use std::{
    fs,
    net::TcpListener,
    path::Path,
    process::{Command, Output},
};

/// Runs the checker on the documents in a folder, whose files are the inputs too.
fn check(folder: &Path, documents: &[&str], flags: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_neurite-e2"));
    command.arg("check").args(flags).arg("--base-path").arg(folder.join("base"));
    command.arg("--data").arg(folder).arg("--models").arg(folder);
    command.args(documents.iter().map(|name| folder.join(name))).output().expect("the checker runs")
}

fn write(folder: &Path, name: &str, input: &str, target: &str) {
    let document = json!({
        "NAME": "checked", "TYPE": "CsvFile", "URL": input, "STREAM_CONFIG_METADATA": { "BATCH_ROWS": 4 },
        "COMMUNICATION": { "TYPE": "WEBHOOK", "URL": target },
        "PLUGINS": [{ "SIGNATURE": "FORWARD", "INSTANCES": [{ "INSTANCE_ID": "all", "VALUES": ["features"] }] }]
    });
    fs::write(folder.join(name), document.to_string()).expect("a document");
}

#[test]
fn one_document_can_run_and_one_cannot() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let open = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let (open_at, closed_at) = (open.local_addr().expect("an address"), {
        let closed = TcpListener::bind("127.0.0.1:0").expect("a free port");
        closed.local_addr().expect("an address")
    });
    fs::write(folder.join("rows.csv"), "a,b\n1,2\n").expect("an input");
    write(folder, "good.json", "rows.csv", &format!("http://{open_at}/hook/s3cret"));
    write(folder, "bad.json", "absent.csv", &format!("http://{closed_at}/hook/s3cret"));

    let good = check(folder, &["good.json"], &[]);
    assert!(good.status.success(), "{good:?}");

    let both = check(folder, &["good.json", "bad.json"], &["--json"]);
    assert_eq!(both.status.code(), Some(1), "{both:?}");
    let told: Value = serde_json::from_slice(&both.stdout).expect("JSON");
    assert_eq!(told["ok"], false);
    let failed: Vec<&Value> = told["findings"].as_array().expect("findings").iter().filter(|finding| finding["ok"] == false).collect();
    let what: Vec<&str> = failed.iter().filter_map(|finding| finding["what"].as_str()).collect();
    assert_eq!(what, ["file absent.csv".to_owned(), format!("service http://{closed_at}")], "{told:#}");
    assert!(failed.iter().all(|finding| finding["document"].as_str().is_some_and(|name| name.ends_with("bad.json"))), "{told:#}");
    assert!(failed.iter().all(|finding| finding["advice"].is_string()), "{told:#}");

    let table = check(folder, &["good.json", "bad.json"], &[]);
    let table = String::from_utf8(table.stdout).expect("text");
    assert_eq!(table.lines().count(), 7, "{table}");
    assert!(table.contains("is not there") && table.contains("refused") && !table.contains("s3cret"), "{table}");
}
