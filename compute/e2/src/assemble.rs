//! Puts an engine together from its configuration, for whoever runs one.

use crate::{http::HttpIngress, plugins};
use anyhow::{Context, Result};
use neurite_config::{BaseFolder, EngineConfig, PluginSpec};
use neurite_core::{Clock, ConfinedFolder, PayloadPublisher, Plugin, Services};
use neurite_engine::{Engine, EngineLimits, EngineParts, PayloadBus};
use neurite_plugins_communication::mqtt::Mqtt;
use neurite_protocol::canonical;
use neurite_sandbox::{CpythonConfig, SandboxConfig};
use neurite_serving::{ServingConfig, ServingManager};
use redb::Database;
use serde_json::json;
use std::{path::PathBuf, sync::Arc, time::Duration};

/// What is around an engine.
pub struct Surroundings<'a> {
    /// The folder that it writes to.
    pub folder: &'a BaseFolder,
    /// How it runs.
    pub config: &'a EngineConfig,
    /// Where it keeps its state.
    pub database: Arc<Database>,
    /// Its clock.
    pub clock: Arc<dyn Clock>,
    /// Its models.
    pub serving: &'a ServingManager,
    /// The routes of its pipelines.
    pub ingress: &'a HttpIngress,
    /// Where payloads of documents go that do not say.
    pub publisher: Arc<dyn PayloadPublisher>,
}

/// Opens an engine, which goes on with the pipelines in its database.
pub async fn engine(surroundings: Surroundings<'_>) -> Result<Engine> {
    let Surroundings { folder, config, database, clock, serving, ingress, publisher } = surroundings;
    let confined = |path: PathBuf| ConfinedFolder::new(path, std::fs::canonicalize);
    let limits = EngineLimits {
        max_pipelines: config.limits.max_pipelines.get(),
        checkpoint_interval: config.limits.checkpoint_interval(),
        ..EngineLimits::default()
    };
    let bus = PayloadBus::default();
    let services = Services {
        clock: clock.clone(),
        connections: Arc::new(config.connections()),
        ingress: Arc::new(ingress.clone()),
        bus: Arc::new(bus.clone()),
    };
    let parts = EngineParts {
        registry: Arc::new(plugins::registry(serving.clone(), sandbox_config(folder, config)?, publisher)?),
        database,
        clock,
        canonical: Arc::new(|value: &serde_json::Value| canonical::to_string(value).into_bytes()),
        data: confined(config.data_folder.clone().unwrap_or_else(|| folder.data())),
        models: confined(config.models_folder.clone().unwrap_or_else(|| folder.models())),
        outputs: folder.outputs(),
        services,
        bus,
        communication: PluginSpec { signature: Mqtt::SIGNATURE.into(), parameters: json!({}) },
        limits,
    };
    Ok(Engine::open(parts).await?)
}

/// Returns the library of ONNX Runtime that was named, or the one of a checkout above the working folder.
pub fn onnxruntime(config: &EngineConfig) -> PathBuf {
    let named = config.models.onnxruntime.clone();
    named.or_else(|| in_checkout("libonnxruntime.so")).unwrap_or_else(|| PathBuf::from("libonnxruntime.so"))
}

/// Finds what `scripts` have put into a checkout above the working folder.
fn in_checkout(name: &str) -> Option<PathBuf> {
    let here = std::env::current_dir().unwrap_or_default();
    here.ancestors().map(|folder| folder.join(".deps").join(name)).find(|path| path.exists())
}

/// Says how model processes are started: as this program.
pub fn serving_config(config: &EngineConfig, onnxruntime: PathBuf) -> Result<ServingConfig> {
    let models = &config.models;
    Ok(ServingConfig {
        worker_program: std::env::current_exe().context("cannot find this program")?,
        worker_args: vec!["serve-model".into()],
        onnxruntime,
        threads: usize::from(models.threads.get()),
        max_models: models.max_models.get(),
        idle_timeout: Duration::from_secs(models.idle_seconds.get().into()),
        startup_timeout: Duration::from_secs(models.startup_seconds.get().into()),
    })
}

fn sandbox_config(folder: &BaseFolder, config: &EngineConfig) -> Result<SandboxConfig> {
    let code = &config.code;
    let operators = code.operators.iter().map(|text| text.parse().with_context(|| format!("code.operators: {text}")));
    let operators: Vec<_> = operators.collect::<Result<_>>()?;
    Ok(SandboxConfig {
        program: std::env::current_exe().context("cannot find this program")?,
        args: vec!["run-code".into()],
        folder: folder.root().join("sandbox"),
        cpython: CpythonConfig {
            bubblewrap: code.bubblewrap.clone(),
            interpreter: code.interpreter.clone(),
            packages: code.packages.clone(),
            operators: if code.native { operators } else { Vec::new() },
            wasm: code.python_wasm.clone().or_else(|| in_checkout("python-wasm")),
        },
    })
}
