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
    assert!(matches!(EngineConfig::parse(open), Err(ConfigError::Value { key: "broker.embedded.bind", .. })));
    let guarded = format!("{open}\nuser = \"a\"\npassword = \"b\"");
    assert!(EngineConfig::parse(&guarded).is_ok());
    assert!(matches!(EngineConfig::parse("version = 1\nalias = \"a/b\""), Err(ConfigError::Value { key: "alias", .. })));
}
