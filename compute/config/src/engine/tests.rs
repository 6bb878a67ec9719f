//! Tests of the engine configuration.

use super::*;
use crate::ConfigError;

const WHOLE: &str = r#"
version = 1
role = "supervisor"
alias = "main-node"
data_folder = "/srv/data"

[broker]
url = "mqtt://127.0.0.1:1883"
user = "engine"
password = "open sesame"
embedded = { bind = "127.0.0.1:1883" }

[http]
bind = "127.0.0.1:9000"

[chain]
url = "ws://127.0.0.1:9944"

[models]
threads = 2
idle_seconds = 60

[limits]
max_pipelines = 8
drain_seconds = 3
"#;

#[test]
fn a_whole_file_is_read() {
    let config = EngineConfig::parse(WHOLE).unwrap();
    assert_eq!(config.role, Role::Supervisor);
    assert_eq!(config.models.threads.get(), 2);
    assert_eq!(config.models.max_models.get(), 4);
    assert_eq!(config.limits.drain().as_secs(), 3);
    assert_eq!(config.broker.password.as_ref().unwrap().expose(), "open sesame");
    assert_eq!(EngineConfig::parse("version = 1").unwrap(), EngineConfig::default());
}

#[test]
fn secrets_are_neither_printed_nor_quoted_in_errors() {
    let config = EngineConfig::parse(WHOLE).unwrap();
    assert!(!format!("{config:?}").contains("sesame"));
    let broken = WHOLE.replace("\"open sesame\"", "\"open sesame");
    let error = EngineConfig::parse(&broken).unwrap_err();
    assert!(matches!(&error, ConfigError::Syntax { line: Some(10), .. }), "{error:?}");
    assert!(!format!("{error} {error:?}").contains("sesame"));
}

#[test]
fn unknown_keys_and_versions_are_refused() {
    assert!(matches!(EngineConfig::parse("version = 1\ncolour = 2"), Err(ConfigError::Syntax { line: Some(2), .. })));
    assert!(matches!(EngineConfig::parse("version = 2"), Err(ConfigError::Version { found: 2, supported: 1 })));
    assert!(matches!(EngineConfig::parse(""), Err(ConfigError::Syntax { line: None, .. })));
    assert!(matches!(EngineConfig::parse("version = 1\n[limits]\nmax_pipelines = 0"), Err(ConfigError::Syntax { .. })));
}

#[test]
fn a_broker_open_to_the_world_without_password_is_refused() {
    let open = "version = 1\n[broker.embedded]\nbind = \"0.0.0.0:1883\"";
    assert_eq!(faulty_key(open), "broker.embedded.bind");
    let guarded = format!("{open}\nuser = \"a\"\npassword = \"b\"");
    assert!(EngineConfig::parse(&guarded).is_ok());
    assert_eq!(faulty_key("version = 1\nalias = \"a/b\""), "alias");
}

#[test]
fn native_code_is_off_and_needs_operators() {
    let code = EngineConfig::default().code;
    assert!(!code.native && code.operators.is_empty());
    assert_eq!(faulty_key("version = 1\n[code]\nnative = true"), "code.operators");
    assert_eq!(faulty_key("version = 1\n[code]\npackages = [\"here\"]"), "code.packages");
    let allowed = EngineConfig::parse("version = 1\n[code]\nnative = true\noperators = [\"0xai_A\"]\npackages = [\"/opt/numpy\"]").unwrap();
    assert_eq!(allowed.code.operators, ["0xai_A"]);
}

/// Returns the key whose value was refused.
fn faulty_key(text: &str) -> String {
    match EngineConfig::parse(text) {
        Err(ConfigError::Value { key, .. }) => key,
        other => panic!("no value was refused: {other:?}"),
    }
}

#[test]
fn connections_are_read_and_their_secrets_kept() {
    let config = EngineConfig::parse(include_str!("golden/engine.toml")).unwrap();
    assert_eq!(format!("{:#?}\n", config.connections), include_str!("golden/connections.txt"));
    assert_eq!(config.connections["plant"].password.as_ref().unwrap().expose(), "open sesame");
    let shown = format!("{config:?} {:?}", config.connections());
    assert!(!shown.contains("sesame") && !shown.contains("s3cret"), "{shown}");
    assert_eq!(config.http.public_routes, ["guest-book"]);
}

#[test]
fn a_job_reaches_only_what_was_opened_to_jobs() {
    let connections = EngineConfig::parse(include_str!("golden/engine.toml")).unwrap().connections();
    let own = neurite_testkit::detached_context();
    let job = neurite_core::JobIdentity { sender: "alice".into(), id: 1, shard: neurite_core::Shard::WHOLE, deed: 1, steps: 1 };
    let foreign = neurite_core::Context { job: Some(job), ..own.clone() };
    let resolve = |name: &str, context| connections.resolve(&format!("connection:{name}"), &["mqtt", "https"], "/URL", context);
    assert_eq!(resolve("plant", &own).unwrap().user.as_deref(), Some("engine"));
    assert!(resolve("plant", &foreign).is_err());
    assert_eq!(resolve("weather", &foreign).unwrap().password.unwrap().expose(), "s3cret");
}

#[test]
fn faults_of_connections_name_their_key() {
    let keys = |lines: &str| faulty_key(&format!("version = 1\n{lines}"));
    assert_eq!(keys("[connections.Plant]\nurl = \"mqtt://a\""), "connections.\"Plant\"");
    assert_eq!(keys("[connections.\"a b\"]\nurl = \"mqtt://a\""), "connections.\"a b\"");
    assert_eq!(keys("[connections.plant]\nurl = \"a:1883\""), "connections.plant.url");
    assert_eq!(keys("[connections.plant]\nurl = \"mqtt://me:secret@a\""), "connections.plant.url");
    assert_eq!(keys("[connections.plant]\nurl = \"mqtt://a\"\nuser = \"me\""), "connections.plant.user");
    let unknown = EngineConfig::parse("version = 1\n[connections.plant]\nurl = \"mqtt://a\"\ntoken = \"x\"");
    assert!(matches!(unknown, Err(ConfigError::Syntax { .. })), "{unknown:?}");
    let missing = EngineConfig::parse("version = 1\n[connections.plant]\nuser = \"me\"").unwrap_err();
    assert!(missing.to_string().contains("url"), "{missing}");
}
