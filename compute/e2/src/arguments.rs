//! The command line.

use anyhow::{bail, Context, Result};
use clap::{Args, Parser, Subcommand, ValueEnum};
use neurite_config::{BaseFolder, EmbeddedBrokerSection, EngineConfig, Role};
use std::{
    ffi::OsString,
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
};

/// The execution engine of Neurite.
#[derive(Parser, Debug)]
#[command(name = "neurite-e2", version)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the program can do.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Runs the engine until it is interrupted.
    Run(Box<RunArguments>),
    /// Checks pipeline documents and names every fault.
    Validate {
        /// The documents, JSON.
        #[arg(required = true)]
        documents: Vec<PathBuf>,
    },
    /// Tries everything outside that documents name, without running them: files, models, brokers, databases, servers, programs.
    Check(CheckArguments),
    /// Runs a document without a broker for a while and prints how fast it is and what is dropped; payloads are counted and thrown away.
    Bench(BenchArguments),
    /// Measures this machine and prints its score, as a worker commits it on chain.
    Score(ScoreArguments),
    /// Lists the plugins, or shows one with its schema and an example.
    Plugins {
        /// What to show; all plugins without it.
        #[command(subcommand)]
        command: Option<PluginsCommand>,
    },
    /// Shows the node's identity, creating its key on first use.
    Keys {
        /// Folder of the engine.
        #[arg(long, value_name = "DIR")]
        base_path: Option<PathBuf>,
    },
    /// Writes the schema of pipeline documents and the reference of all plugins.
    Docs {
        /// Folder to write to.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Signs code for a CUSTOM_CODE instance with the node's key; prints the keys that the document needs.
    SignCode {
        /// The code.
        file: PathBuf,
        /// Folder of the engine.
        #[arg(long, value_name = "DIR")]
        base_path: Option<PathBuf>,
    },
    /// Runs a user's code; started by the engine.
    #[command(hide = true, disable_help_flag = true)]
    RunCode {
        /// What the engine says.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<OsString>,
    },
    /// Serves one model; started by the engine.
    #[command(hide = true, disable_help_flag = true)]
    ServeModel {
        /// What the engine says.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<OsString>,
    },
}

/// The engine that documents are held against: its folder, and how this run differs from its configuration.
#[derive(Args, Debug)]
pub struct PlaceArguments {
    /// Configuration of the engine. [default: engine.toml in the base folder, if it is there]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Folder of the engine. [default: ~/.neurite]
    #[arg(long, value_name = "DIR")]
    pub base_path: Option<PathBuf>,
    /// Folder of the models that documents may name. [default: models in the base folder]
    #[arg(long, value_name = "DIR")]
    pub models: Option<PathBuf>,
    /// Folder of the inputs that documents may name. [default: data in the base folder]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

impl PlaceArguments {
    /// Returns the folder and the configuration with the flags of this run; makes nothing.
    pub fn resolve(&self) -> Result<(BaseFolder, EngineConfig)> {
        let folder = base_folder(self.base_path.clone())?;
        let mut config = match &self.config {
            Some(file) => read_configuration(file)?,
            None => read_configuration_if_any(&folder.config())?,
        };
        for (value, flag) in [(&mut config.data_folder, &self.data), (&mut config.models_folder, &self.models)] {
            if flag.is_some() {
                value.clone_from(flag);
            }
        }
        Ok((folder, config))
    }
}

/// What to try, and how.
#[derive(Args, Debug)]
pub struct CheckArguments {
    /// The documents, JSON.
    #[arg(required = true, value_name = "DOCUMENT")]
    pub documents: Vec<PathBuf>,
    /// The engine that would run them.
    #[command(flatten)]
    pub place: PlaceArguments,
    /// How long each thing may take to answer.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub seconds: u64,
    /// Prints JSON instead of a table.
    #[arg(long)]
    pub json: bool,
}

/// How to measure this machine.
#[derive(Args, Debug)]
pub struct ScoreArguments {
    /// The engine whose configuration is taken, and on whose disk is written.
    #[command(flatten)]
    pub place: PlaceArguments,
    /// Prints JSON instead of a table.
    #[arg(long)]
    pub json: bool,
}

/// What to measure, and for how long.
#[derive(Args, Debug)]
pub struct BenchArguments {
    /// The document, JSON.
    pub document: PathBuf,
    /// The engine whose configuration is taken.
    #[command(flatten)]
    pub place: PlaceArguments,
    /// How long to measure; a source that ends sooner is run again.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub seconds: u64,
    /// File that receives the figures, as the benchmarks of the repository write them.
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// The library of ONNX Runtime.
    #[arg(long, env = "NEURITE_ONNXRUNTIME", value_name = "FILE")]
    pub onnxruntime: Option<PathBuf>,
}

/// What to show of the plugins.
#[derive(Subcommand, Debug)]
pub enum PluginsCommand {
    /// Shows a plugin: what it does, the schema of its parameters, and a document that uses it.
    Show {
        /// Its signature, as documents write it.
        name: String,
    },
}

/// What an engine is for.
#[derive(ValueEnum, Clone, Copy, Debug)]
pub enum RoleArgument {
    /// Takes shards of jobs.
    Worker,
    /// Stands beside a validator: watches, assigns, observes.
    Supervisor,
}

/// How this run differs from `engine.toml` in the base folder.
#[derive(Args, Debug)]
pub struct RunArguments {
    /// What the engine is for.
    #[arg(long)]
    pub role: Option<RoleArgument>,
    /// Folder of the engine; everything it writes is in there. [default: ~/.neurite]
    #[arg(long, value_name = "DIR")]
    pub base_path: Option<PathBuf>,
    /// WebSocket URL of a chain node.
    #[arg(long, value_name = "URL")]
    pub chain: Option<String>,
    /// URL of the MQTT broker, mqtt://host:port.
    #[arg(long, value_name = "URL", conflicts_with = "embedded_broker")]
    pub broker: Option<String>,
    /// Runs a broker in this process at this address; loopback only unless engine.toml gives it a user and a password.
    #[arg(long, value_name = "ADDRESS")]
    pub embedded_broker: Option<SocketAddr>,
    /// Address of the HTTP API.
    #[arg(long, value_name = "ADDRESS")]
    pub http: Option<SocketAddr>,
    /// The library of ONNX Runtime.
    #[arg(long, env = "NEURITE_ONNXRUNTIME", value_name = "FILE")]
    pub onnxruntime: Option<PathBuf>,
    /// Folder of the models that documents may name. [default: models in the base folder]
    #[arg(long, value_name = "DIR")]
    pub models: Option<PathBuf>,
    /// Folder of the inputs that documents may name. [default: data in the base folder]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Name of the node beside its address.
    #[arg(long)]
    pub alias: Option<String>,
    /// File that receives where the engine is reached, once it is ready.
    #[arg(long, value_name = "FILE")]
    pub announce: Option<PathBuf>,
}

/// Returns the base folder that was named, or the one in the home folder.
pub fn base_folder(named: Option<PathBuf>) -> Result<BaseFolder> {
    match named {
        Some(path) => Ok(BaseFolder::new(path)),
        None => {
            let home = std::env::var_os("HOME").context("neither --base-path nor HOME is set")?;
            Ok(BaseFolder::new(PathBuf::from(home).join(".neurite")))
        }
    }
}

/// Reads a configuration file.
pub fn read_configuration(path: &Path) -> Result<EngineConfig> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    EngineConfig::parse(&text).with_context(|| format!("{}", path.display()))
}

/// Reads a configuration file if it is there; without one, everything is as usual.
pub fn read_configuration_if_any(path: &Path) -> Result<EngineConfig> {
    match fs::exists(path) {
        Ok(false) => Ok(EngineConfig::default()),
        _ => read_configuration(path),
    }
}

/// Reads `engine.toml`, if there is one, and applies the flags of this run.
pub fn configuration(base: &BaseFolder, arguments: &RunArguments) -> Result<EngineConfig> {
    let mut config = read_configuration_if_any(&base.config())?;
    apply(&mut config, arguments);
    config.validate()?;
    if config.broker.url.is_none() && config.broker.embedded.is_none() {
        bail!("no broker: name one with --broker mqtt://host:port, or run one with --embedded-broker 127.0.0.1:1883");
    }
    Ok(config)
}

fn apply(config: &mut EngineConfig, arguments: &RunArguments) {
    match arguments.role {
        Some(RoleArgument::Worker) => config.role = Role::Worker,
        Some(RoleArgument::Supervisor) => config.role = Role::Supervisor,
        None => {}
    }
    if let Some(alias) = &arguments.alias {
        config.alias.clone_from(alias);
    }
    if let Some(bind) = arguments.http {
        config.http.bind = bind;
    }
    if arguments.broker.is_some() {
        config.broker.url.clone_from(&arguments.broker);
    }
    if let Some(bind) = arguments.embedded_broker {
        let (user, password) = config.broker.embedded.take().map_or((None, None), |embedded| (embedded.user, embedded.password));
        config.broker.embedded = Some(EmbeddedBrokerSection { bind, user, password });
    }
    let flags = [
        (&mut config.data_folder, &arguments.data),
        (&mut config.models_folder, &arguments.models),
        (&mut config.models.onnxruntime, &arguments.onnxruntime),
    ];
    for (value, flag) in flags {
        if flag.is_some() {
            value.clone_from(flag);
        }
    }
    if arguments.chain.is_some() {
        config.chain.url.clone_from(&arguments.chain);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(flags: &[&str]) -> RunArguments {
        let line = ["neurite-e2", "run"].iter().chain(flags);
        match Arguments::try_parse_from(line).unwrap().command {
            Command::Run(arguments) => *arguments,
            other => panic!("not run: {other:?}"),
        }
    }

    #[test]
    fn a_flag_wins_over_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let base = BaseFolder::new(folder.path());
        fs::write(base.config(), "version = 1\nalias = \"file\"\n[broker]\nurl = \"mqtt://a:1\"\n").unwrap();
        let config = configuration(&base, &run(&["--alias", "flag"])).unwrap();
        assert_eq!((config.alias.as_str(), config.broker.url.as_deref()), ("flag", Some("mqtt://a:1")));
    }

    #[test]
    fn without_a_broker_it_says_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let error = configuration(&BaseFolder::new(folder.path()), &run(&[])).unwrap_err().to_string();
        assert!(error.contains("--broker") && error.contains("--embedded-broker"), "{error}");
    }

    #[test]
    fn a_broker_for_others_needs_a_password() {
        let folder = tempfile::tempdir().unwrap();
        let error = configuration(&BaseFolder::new(folder.path()), &run(&["--embedded-broker", "0.0.0.0:1883"])).unwrap_err();
        assert!(format!("{error:#}").contains("password"), "{error:#}");
    }
}
