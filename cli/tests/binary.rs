//! The program as a shell sees it: data on stdout, errors with kind and hint on stderr, the exit status.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

/// Runs the program without the settings of whoever runs the tests.
fn neurite(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_neurite"));
    for variable in ["NEURITE_URL", "NEURITE_SIGNER", "NEURITE_ENGINE", "NEURITE_PROGRAMS", "NEURITE_ASSETS", "NEURITE_ONNXRUNTIME"] {
        command.env_remove(variable);
    }
    command.current_dir(folder).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn json(bytes: &[u8]) -> serde_json::Value {
    serde_json::from_slice(bytes).unwrap_or_else(|error| panic!("{error}: {}", text(bytes)))
}

#[test]
fn a_new_key_is_shown_again_by_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let made = neurite(folder.path(), &["keys", "new", "key", "--json"]);
    assert!(made.status.success(), "{}", text(&made.stderr));
    let shown = neurite(folder.path(), &["keys", "show", "--signer", "key", "--json"]);
    assert_eq!(json(&made.stdout), json(&shown.stdout));
    let seed = fs::read_to_string(folder.path().join("key")).unwrap();
    assert!(![&made.stdout, &made.stderr].iter().any(|bytes| text(bytes).contains(seed.trim())), "the seed must not be shown");
    let again = neurite(folder.path(), &["keys", "new", "key"]);
    assert!(!again.status.success() && text(&again.stderr).starts_with("error[file]: "), "{}", text(&again.stderr));
}

#[test]
fn a_node_that_is_not_there_is_an_error_with_a_hint() {
    let folder = tempfile::tempdir().unwrap();
    let output = neurite(folder.path(), &["node", "list", "--url", "ws://127.0.0.1:1"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    let words = text(&output.stderr);
    assert!(words.starts_with("error[chain]: cannot reach the chain at ws://127.0.0.1:1: ") && words.contains("\n  hint: "), "{words}");
}

#[test]
fn programs_get_errors_as_json() {
    let folder = tempfile::tempdir().unwrap();
    let output = neurite(folder.path(), &["job", "show", "1", "--json"]);
    assert!(output.stdout.is_empty());
    let error = json(&output.stderr);
    assert_eq!(error["error"]["kind"], "signer");
    assert!(error["error"]["hint"].as_str().unwrap().contains("--signer //Alice"));
}

#[test]
fn a_document_that_cannot_be_submitted_is_refused_before_anything_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("job.json"), "{\"NAME\": \"x\"").unwrap();
    let output = neurite(folder.path(), &["job", "submit", "job.json", "--signer", "//Alice", "--url", "ws://127.0.0.1:1"]);
    assert!(text(&output.stderr).starts_with("error[document]: job.json is no pipeline document"), "{}", text(&output.stderr));
}

#[test]
fn a_network_without_its_programs_says_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let output = neurite(folder.path(), &["dev", "--programs", "."]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("neurite-node: is not in ."), "{}", text(&output.stderr));
}

#[test]
fn what_cannot_be_parsed_is_a_fault_of_usage() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(neurite(folder.path(), &["job", "submit", "a.json", "--reward", "much"]).status.code(), Some(2));
}
