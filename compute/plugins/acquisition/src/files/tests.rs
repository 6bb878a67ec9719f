//! Tests of files that are one input, and of files that grow, by way of `JsonLines`.

use super::*;
use crate::json_lines::{JsonLines, JsonLinesParameters};
use neurite_core::{Acquisition, Batch, Bookmark, Context, FailureClass, Field, Plugin, PluginError, Shard};
use neurite_testkit::{acquisition, block_on, context, TempBase};
use serde_json::{json, Value};
use std::{fs, future::poll_fn, io::Write, path::PathBuf, task::Poll};

/// A base folder with the folder `logs`.
struct Logs(TempBase);

impl Logs {
    fn new() -> Self {
        let base = TempBase::new();
        fs::create_dir(base.root().join("data/logs")).unwrap();
        Self(base)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.root().join("data/logs").join(name)
    }

    fn append(&self, name: &str, text: &str) {
        let mut file = fs::OpenOptions::new().create(true).append(true).open(self.path(name)).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }

    /// Appends rows of these numbers.
    fn rows(&self, name: &str, numbers: std::ops::Range<u64>) {
        self.append(name, &numbers.map(|number| format!("{{\"n\": {number}}}\n")).collect::<String>());
    }

    fn open(&self, parameters: Value, shard: Shard) -> Result<Box<dyn Acquisition>, PluginError> {
        let parameters: JsonLinesParameters = serde_json::from_value(parameters).unwrap();
        assert_eq!(JsonLines.check(&parameters), []);
        block_on(JsonLines.open(parameters, &Context { shard, ..context(&self.0) }))
    }

    fn follow(&self, batch_rows: u32) -> Box<dyn Acquisition> {
        let parameters = json!({
            "URL": "logs", "FILES": "*.jsonl", "FOLLOW": true, "BATCH_ROWS": batch_rows, "COLUMNS": { "FEATURES": [], "LABEL": "n" }
        });
        self.open(parameters, Shard::WHOLE).unwrap()
    }

    fn error(&self, files: Value) -> PluginError {
        self.open(json!({ "URL": "logs", "FILES": files }), Shard::WHOLE).map(drop).unwrap_err()
    }
}

/// Returns what a source gives without waiting; `None` if it waits.
fn ready(source: &mut dyn Acquisition) -> Option<Batch> {
    let mut next = source.next_batch();
    match block_on(poll_fn(|poll| Poll::Ready(next.as_mut().poll(poll)))) {
        Poll::Ready(batch) => Some(batch.unwrap().expect("no end")),
        Poll::Pending => None,
    }
}

/// Reads all that is there now.
fn numbers(source: &mut dyn Acquisition) -> Vec<i64> {
    let mut read = Vec::new();
    while let Some(batch) = ready(source) {
        read.extend(batch.field(Field::LABEL).unwrap().as_i64().unwrap());
    }
    read
}

#[test]
fn files_are_one_input_in_the_order_of_list_or_names() {
    let logs = Logs::new();
    for (name, text) in
        [("b.jsonl", "{\"n\":2}\n"), ("a.jsonl", "{\"n\":0}\n\n{\"n\":1}"), ("c.jsonl", ""), (".d.jsonl", "x"), ("e.txt", "x")]
    {
        logs.append(name, text);
    }
    fs::create_dir(logs.path("f.jsonl")).unwrap();
    let read = |files: Value| {
        let parameters = json!({ "URL": "logs", "FILES": files, "COLUMNS": { "FEATURES": [], "LABEL": "n" } });
        let mut rows = logs.open(parameters.clone(), Shard::WHOLE).unwrap();
        let batch = block_on(rows.next_batch()).unwrap().unwrap();
        acquisition::shards_partition_rows(|shard| logs.open(parameters.clone(), shard).unwrap(), 2, 3);
        acquisition::resumes_anywhere(|| logs.open(parameters.clone(), Shard::WHOLE).unwrap());
        batch.field(Field::LABEL).unwrap().as_i64().unwrap().to_vec()
    };
    assert_eq!(read(json!("*.jsonl")), [0, 1, 2]);
    assert_eq!(read(json!(["b.jsonl", "c.jsonl", "a.jsonl"])), [2, 0, 1]);
}

#[test]
fn files_that_cannot_be_read_are_input_failures() {
    let logs = Logs::new();
    let secret = logs.0.root().join("secret.jsonl");
    fs::write(&secret, "{}").unwrap();
    std::os::unix::fs::symlink(&secret, logs.path("link.jsonl")).unwrap();
    for files in [json!("*.csv"), json!("l*.jsonl"), json!(["absent.jsonl"])] {
        assert_eq!(logs.error(files.clone()).class(), FailureClass::Input, "{files}");
    }
    let paths = |parameters: Value| {
        let parameters: JsonLinesParameters = serde_json::from_value(parameters).unwrap();
        JsonLines.check(&parameters).into_iter().map(|fault| fault.path).collect::<Vec<_>>()
    };
    for files in [json!([]), json!("a.jsonl"), json!("../*"), json!("*/a"), json!(vec!["a"; MAX_FILES + 1])] {
        assert_eq!(paths(json!({ "URL": "logs", "FILES": files })), ["/FILES"], "{files}");
    }
    assert_eq!(paths(json!({ "URL": "logs", "FILES": ["a"], "FOLLOW": true })), ["/FILES"]);
    assert_eq!(paths(json!({ "URL": "a", "FOLLOW": true, "BLAKE3": "0".repeat(64) })), ["/BLAKE3"]);
    assert!(serde_json::from_value::<JsonLinesParameters>(json!({ "URL": "logs", "FILES": ["../secret.jsonl"] })).is_err());
}

#[test]
fn a_digest_covers_all_files() {
    let logs = Logs::new();
    logs.append("a.jsonl", "{\"n\":1}\n");
    logs.append("b.jsonl", "{\"n\":2}\n");
    let open = |digest: String| logs.open(json!({ "URL": "logs", "FILES": "*.jsonl", "BLAKE3": digest }), Shard::WHOLE).map(drop);
    open(blake3::hash(b"{\"n\":1}\n{\"n\":2}\n").to_hex().to_string()).unwrap();
    let error = open("0".repeat(64)).unwrap_err();
    assert!(error.to_string().starts_with("input logs: has blake3 digest "), "{error}");
}

#[test]
fn appended_lines_come_once_they_are_whole() {
    let logs = Logs::new();
    let mut source = logs.follow(10);
    assert!(ready(&mut *source).is_none(), "there is no file yet");
    logs.append("a.jsonl", "{\"n\": 0}\n{\"n\"");
    assert_eq!(numbers(&mut *source), [0]);
    logs.append("a.jsonl", ": 1}\n\n");
    assert_eq!(numbers(&mut *source), [1]);
    assert!(ready(&mut *source).is_none());
    assert_eq!(source.total(), None);
}

#[test]
fn the_next_file_begins_when_the_one_before_it_is_read() {
    let logs = Logs::new();
    logs.append("a.jsonl", "{\"n\": 0}\n{\"n\": 1}");
    let mut source = logs.follow(10);
    assert_eq!(numbers(&mut *source), [0], "the last line may go on");
    logs.rows("b.jsonl", 2..4);
    assert_eq!(numbers(&mut *source), [1, 2, 3], "now it cannot");
    logs.rows("c.jsonl", 4..5);
    assert_eq!(numbers(&mut *source), [4]);
}

#[test]
fn nothing_is_lost_when_a_file_is_renamed_or_cut() {
    let logs = Logs::new();
    logs.rows("a.jsonl", 0..3);
    let mut source = logs.follow(2);
    assert_eq!(ready(&mut *source).unwrap().end(), 2);
    fs::rename(logs.path("a.jsonl"), logs.path("a.jsonl.1")).unwrap();
    logs.rows("a.jsonl.1", 3..4);
    assert_eq!(numbers(&mut *source), [2, 3], "the renamed file is read on");
    logs.rows("a.jsonl", 4..6);
    assert_eq!(numbers(&mut *source), [4, 5], "then the one in its place");
    fs::write(logs.path("a.jsonl"), "{\"n\": 6}\n").unwrap();
    assert_eq!(numbers(&mut *source), [6], "a file that was cut begins anew");
    fs::write(logs.path("a.jsonl"), "{\"n\": 7}\n{\"n\": 8}\n").unwrap();
    assert_eq!(numbers(&mut *source), [7, 8], "also when it has grown beyond where the old one ended");
}

#[test]
fn a_killed_engine_goes_on_in_a_renamed_file() {
    let logs = Logs::new();
    logs.rows("a.jsonl", 0..4);
    let bookmark = ready(&mut *logs.follow(2)).unwrap().bookmark();
    let resumed = || {
        let mut source = logs.follow(10);
        block_on(source.seek(&bookmark)).unwrap();
        numbers(&mut *source)
    };
    assert_eq!(resumed(), [2, 3]);
    fs::rename(logs.path("a.jsonl"), logs.path("a.jsonl.1")).unwrap();
    assert_eq!(resumed(), [2, 3], "no file has its name");
    logs.rows("a.jsonl", 4..9);
    assert_eq!(resumed(), [2, 3, 4, 5, 6, 7, 8], "another file has its name");
    fs::remove_file(logs.path("a.jsonl.1")).unwrap();
    assert_eq!(resumed(), [4, 5, 6, 7, 8], "the file is gone");
}

#[test]
fn every_bookmark_of_growing_files_is_kept_to() {
    let logs = Logs::new();
    logs.rows("a.jsonl", 0..7);
    logs.rows("b.jsonl", 7..12);
    acquisition::goes_on_after_every_batch(|| logs.follow(3), 12);
    let mut source = logs.follow(3);
    let foreign = Bookmark { rows: 1, cursor: json!({ "FILE": 5 }) };
    assert_eq!(block_on(source.seek(&foreign)).unwrap_err().class(), FailureClass::Internal);
}

#[test]
fn a_source_without_an_end_is_not_divided() {
    let logs = Logs::new();
    let error = logs.open(json!({ "URL": "a", "FOLLOW": true }), Shard::new(0, 2).unwrap()).map(drop).unwrap_err();
    assert_eq!(error.class(), FailureClass::Document);
}
