//! The configuration file's sections.

use super::{connections, ConnectionSection, Secret};
use crate::ConfigError;
use neurite_core::Connections;
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
    num::{NonZeroU16, NonZeroU32, NonZeroUsize},
    path::PathBuf,
    time::Duration,
};

/// The version of the configuration file that this engine reads.
pub const CONFIG_VERSION: u32 = 1;
/// The longest alias, in bytes.
const MAX_ALIAS: usize = 32;
/// The most pipelines with public routes.
const MAX_PUBLIC_ROUTES: usize = 256;
/// The most operators whose code may run natively.
const MAX_OPERATORS: usize = 64;

/// What the engine is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Runs pipelines of jobs and of its operator.
    #[default]
    Worker,
    /// Stands beside a validator: watches the network, assigns jobs, observes for the oracle.
    Supervisor,
}

/// How an engine runs.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EngineConfig {
    /// Version of the file; always [`CONFIG_VERSION`] once read.
    pub version: u32,
    /// What the engine is for.
    pub role: Role,
    /// Name of the node in topics and tables beside its address; up to 32 of `A-Z a-z 0-9 _ -`.
    pub alias: String,
    /// Where inputs of documents are, if not in the base folder's `data`.
    pub data_folder: Option<PathBuf>,
    /// Where models of documents are, if not in the base folder's `models`.
    pub models_folder: Option<PathBuf>,
    /// The MQTT broker.
    pub broker: BrokerSection,
    /// The HTTP API.
    pub http: HttpSection,
    /// The chain.
    pub chain: ChainSection,
    /// Model processes.
    pub models: ModelsSection,
    /// Code of users.
    pub code: CodeSection,
    /// Bounds and intervals of the engine.
    pub limits: LimitsSection,
    /// The services outside that pipelines may connect to by `connection:NAME`.
    pub connections: BTreeMap<String, ConnectionSection>,
}

impl Default for EngineConfig {
    fn default() -> Self {
        Self {
            version: CONFIG_VERSION,
            role: Role::default(),
            alias: "e2".into(),
            data_folder: None,
            models_folder: None,
            broker: BrokerSection::default(),
            http: HttpSection::default(),
            chain: ChainSection::default(),
            models: ModelsSection::default(),
            code: CodeSection::default(),
            limits: LimitsSection::default(),
            connections: BTreeMap::new(),
        }
    }
}

/// The connection to the MQTT broker.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BrokerSection {
    /// `mqtt://host:port` of the broker; `None` means the embedded one.
    pub url: Option<String>,
    /// First part of all topics.
    pub root: String,
    /// User at the broker.
    pub user: Option<String>,
    /// Password at the broker.
    pub password: Option<Secret>,
    /// The broker inside this engine, if it has one.
    pub embedded: Option<EmbeddedBrokerSection>,
}

impl Default for BrokerSection {
    fn default() -> Self {
        Self { url: None, root: "naeural".into(), user: None, password: None, embedded: None }
    }
}

/// The broker inside an engine.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmbeddedBrokerSection {
    /// Where it listens; anywhere but on loopback only with user and password.
    pub bind: SocketAddr,
    /// User that clients must name.
    pub user: Option<String>,
    /// Password that clients must give.
    pub password: Option<Secret>,
}

/// The HTTP API of the engine.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HttpSection {
    /// Where it listens.
    pub bind: SocketAddr,
    /// Pipelines whose own routes answer without the bearer token.
    pub public_routes: Vec<String>,
}

impl Default for HttpSection {
    fn default() -> Self {
        Self { bind: SocketAddr::from((Ipv4Addr::LOCALHOST, 8787)), public_routes: Vec::new() }
    }
}

/// The chain that the engine works for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ChainSection {
    /// WebSocket URL of a node's RPC; `None` means no chain.
    pub url: Option<String>,
}

/// The model processes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ModelsSection {
    /// Threads of each model process.
    pub threads: NonZeroU16,
    /// The most model processes at once.
    pub max_models: NonZeroUsize,
    /// Seconds without work after which a model process ends.
    pub idle_seconds: NonZeroU32,
    /// Seconds that a model may take to load.
    pub startup_seconds: NonZeroU32,
    /// The ONNX Runtime library; `None` leaves finding it to the binary.
    pub onnxruntime: Option<PathBuf>,
}

impl Default for ModelsSection {
    fn default() -> Self {
        Self {
            threads: NonZeroU16::MIN,
            max_models: NonZeroUsize::MIN.saturating_add(3),
            idle_seconds: NonZeroU32::MIN.saturating_add(299),
            startup_seconds: NonZeroU32::MIN.saturating_add(59),
            onnxruntime: None,
        }
    }
}

/// What runs the code of users, besides the interpreter that is in the engine.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CodeSection {
    /// Whether code of the operators may run in the system's own CPython.
    pub native: bool,
    /// Addresses of those operators.
    pub operators: Vec<String>,
    /// The interpreter.
    pub interpreter: PathBuf,
    /// Folders with packages that native code may import.
    pub packages: Vec<PathBuf>,
    /// The program that makes the namespaces around CPython.
    pub bubblewrap: PathBuf,
    /// The folder of CPython for WebAssembly; `None` leaves finding it to the binary.
    pub python_wasm: Option<PathBuf>,
}

impl Default for CodeSection {
    fn default() -> Self {
        Self {
            native: false,
            operators: Vec::new(),
            interpreter: "/usr/bin/python3".into(),
            packages: Vec::new(),
            bubblewrap: "/usr/bin/bwrap".into(),
            python_wasm: None,
        }
    }
}

/// Bounds and intervals of the engine.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsSection {
    /// The most pipelines, finished ones included.
    pub max_pipelines: NonZeroUsize,
    /// Seconds that pipelines have for coming to rest when the engine ends.
    pub drain_seconds: NonZeroU32,
    /// Milliseconds between two checkpoints of an instance.
    pub checkpoint_millis: NonZeroU32,
}

impl Default for LimitsSection {
    fn default() -> Self {
        Self {
            max_pipelines: NonZeroUsize::MIN.saturating_add(63),
            drain_seconds: NonZeroU32::MIN.saturating_add(9),
            checkpoint_millis: NonZeroU32::MIN.saturating_add(999),
        }
    }
}

impl LimitsSection {
    /// Returns the time that pipelines have for coming to rest.
    pub fn drain(&self) -> Duration {
        Duration::from_secs(self.drain_seconds.get().into())
    }

    /// Returns the time between two checkpoints.
    pub fn checkpoint_interval(&self) -> Duration {
        Duration::from_millis(self.checkpoint_millis.get().into())
    }
}

impl EngineConfig {
    /// Reads a configuration file. Looks at nothing but the text.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let syntax = |error: toml::de::Error| {
            let line = error.span().map(|span| text[..span.start].matches('\n').count() + 1);
            ConfigError::Syntax { line, reason: error.message().to_owned() }
        };
        let table: toml::Table = toml::from_str(text).map_err(syntax)?;
        let found = table
            .get("version")
            .and_then(toml::Value::as_integer)
            .ok_or(ConfigError::Syntax { line: None, reason: "`version` is missing or no integer".into() })?;
        if found != i64::from(CONFIG_VERSION) {
            return Err(ConfigError::Version { found, supported: CONFIG_VERSION });
        }
        let config: Self = toml::from_str(text).map_err(syntax)?;
        config.validate()?;
        Ok(config)
    }

    /// Checks what the types cannot say. For a configuration that was changed by flags after it was read.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let fault = |key: &str, reason: &str| Err(ConfigError::Value { key: key.into(), reason: reason.into() });
        let named = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
        if self.alias.is_empty() || self.alias.len() > MAX_ALIAS || !named(&self.alias) {
            return fault("alias", "must be 1 to 32 of A-Z a-z 0-9 _ -");
        }
        if self.broker.root.is_empty() || self.broker.root.len() > MAX_ALIAS || !named(&self.broker.root) {
            return fault("broker.root", "must be 1 to 32 of A-Z a-z 0-9 _ -");
        }
        if self.broker.user.is_some() != self.broker.password.is_some() {
            return fault("broker.user", "user and password go together");
        }
        if self.http.public_routes.len() > MAX_PUBLIC_ROUTES {
            return fault("http.public_routes", "must be at most 256 names");
        }
        if let Some(embedded) = &self.broker.embedded {
            if embedded.user.is_some() != embedded.password.is_some() {
                return fault("broker.embedded.user", "user and password go together");
            }
            if !embedded.bind.ip().is_loopback() && embedded.password.is_none() {
                return fault("broker.embedded.bind", "needs user and password anywhere but on loopback");
            }
        }
        if self.code.operators.len() > MAX_OPERATORS {
            return fault("code.operators", "must be at most 64 addresses");
        }
        if self.code.native && self.code.operators.is_empty() {
            return fault("code.operators", "must name whose code may run natively");
        }
        if self.code.packages.iter().any(|folder| !folder.is_absolute()) {
            return fault("code.packages", "must be absolute paths");
        }
        connections::validate(&self.connections)
    }

    /// Returns the connections as plugins see them.
    pub fn connections(&self) -> Connections {
        Connections::new(self.connections.iter().map(|(name, section)| (name.clone(), section.connection())).collect())
    }
}
