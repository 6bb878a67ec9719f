//! Starting the processes of a network and waiting for each to be ready.

use super::{folder::BaseFolder, owner_of, ports::Ports, ports::USUAL_RPC, setup, wait_for, Assets, Processes, Programs};
use crate::{
    arguments::NetworkArguments,
    chain::Chain,
    engine::{with_scheme, Engine},
    output::Output,
    signer, CliError,
};
use neurite_primitives::DeedId;
use serde::Deserialize;
use serde_json::{json, Value};
use sp_runtime::AccountId32;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

/// How long a process may take to be ready on a busy machine.
const STARTING: Duration = Duration::from_secs(120);

/// What a network is made of.
#[derive(Debug)]
pub struct Plan {
    /// Where everything is kept.
    pub base: PathBuf,
    /// Number of worker engines.
    pub workers: usize,
    /// The programs.
    pub programs: Programs,
    /// The files that engines read.
    pub assets: Assets,
    /// Where to write what runs where, besides `network.json` of the base folder.
    pub announce: Option<PathBuf>,
    /// Whether the node should listen where tools expect it, if that port is free.
    pub usual_port: bool,
}

impl Plan {
    /// Resolves what was typed.
    pub fn resolve(arguments: &NetworkArguments, base: &BaseFolder, usual_port: bool) -> Result<Self, CliError> {
        Ok(Self {
            base: base.path().to_owned(),
            workers: usize::from(arguments.workers),
            programs: Programs::find(arguments.programs.as_deref())?,
            assets: Assets::find(arguments.assets.as_deref(), arguments.onnxruntime.as_deref())?,
            announce: arguments.announce.clone(),
            usual_port,
        })
    }
}

/// What an engine writes to its announcement once it is ready.
#[derive(Debug, Clone, Deserialize)]
pub struct Announcement {
    /// Address of its HTTP interface.
    pub http: String,
    /// Address of the broker that it uses or embeds.
    pub broker: String,
    /// Account of its node.
    pub account: String,
    /// Public key of its node.
    pub node_public: String,
    /// Its process.
    pub pid: u32,
}

/// A worker engine of the network.
#[derive(Debug, Clone)]
pub struct Worker {
    /// Its alias.
    pub alias: String,
    /// Its base folder.
    pub base: PathBuf,
    /// What it announced.
    pub announcement: Announcement,
    /// The account of its node.
    pub account: AccountId32,
    /// The development account that owns its deed.
    pub owner: &'static str,
    /// Its deed, once linked.
    pub deed: Option<DeedId>,
}

impl Worker {
    /// A client of the worker's engine.
    pub fn engine(&self) -> Result<Engine, CliError> {
        Engine::new(&self.announcement.http)
    }
}

/// A running network.
#[derive(Debug)]
pub struct DevNetwork {
    /// Where it keeps everything.
    pub base: PathBuf,
    /// RPC endpoint of the node.
    pub url: String,
    /// Process of the node.
    pub node_pid: u32,
    /// The chain.
    pub chain: Chain,
    /// What the supervisor announced.
    pub supervisor: Announcement,
    /// The workers.
    pub workers: Vec<Worker>,
}

impl DevNetwork {
    /// Starts all processes, links the deeds and waits until every worker can take work.
    pub async fn start(plan: &Plan, processes: &mut Processes, output: &Output) -> Result<Self, CliError> {
        create_folder(&plan.base.join("logs"))?;
        let mut ports = Ports::default();
        let rpc = if plan.usual_port { ports.preferably(USUAL_RPC)? } else { ports.any()? };
        let (peers, engine, broker) = (ports.any()?, ports.any()?, ports.any()?);
        drop(ports);

        let url = format!("ws://127.0.0.1:{rpc}");
        let node_pid = start_node(plan, processes, rpc, peers, engine)?;
        let chain = wait_for(processes, "the node's first block", STARTING, || first_block(&url)).await?;
        output.talk(&format!("node       pid {node_pid:<8} {url}"));

        let launcher = Launcher { plan, url: &url };
        let supervisor = launcher.supervisor(processes, engine, broker).await?;
        output.talk(&format!("supervisor pid {:<8} {}  broker {}", supervisor.pid, supervisor.http, supervisor.broker));
        let mut workers = launcher.workers(processes, &supervisor.broker).await?;
        for worker in &workers {
            let Worker { alias, announcement, .. } = worker;
            output.talk(&format!("{alias:<10} pid {:<8} {}", announcement.pid, announcement.http));
        }
        setup::set_supervisor(&chain, &supervisor).await?;
        setup::link_deeds(&chain, processes, &mut workers).await?;
        let network = Self { base: plan.base.clone(), url, node_pid, chain, supervisor, workers };
        for path in [Some(plan.base.join("network.json")), plan.announce.clone()].into_iter().flatten() {
            network.write_map(&path)?;
        }
        Ok(network)
    }

    /// What runs where, for programs; also in `network.json` of the base folder.
    pub fn map(&self) -> Value {
        let workers = self.workers.iter().map(|worker| {
            json!({
                "alias": worker.alias,
                "pid": worker.announcement.pid,
                "http": worker.announcement.http,
                "account": signer::show_account(&worker.account),
                "base_path": worker.base,
                "deed": worker.deed,
                "owner": worker.owner,
            })
        });
        json!({
            "ws": self.url,
            "base_path": self.base,
            "node": { "url": self.url, "pid": self.node_pid },
            "supervisor": {
                "pid": self.supervisor.pid,
                "http": self.supervisor.http,
                "broker": self.supervisor.broker,
                "account": self.supervisor.account,
                "base_path": self.base.join("supervisor"),
            },
            "workers": workers.collect::<Vec<_>>(),
        })
    }

    /// Where polkadot.js shows the chain.
    pub fn explorer(&self) -> String {
        format!("https://polkadot.js.org/apps/?rpc={}#/explorer", self.url.replace(':', "%3A").replace('/', "%2F"))
    }

    /// A client of the supervisor's engine.
    pub fn supervisor_engine(&self) -> Result<Engine, CliError> {
        Engine::new(&self.supervisor.http)
    }

    /// Writes the map under another name first, so that whoever waits for the file never reads half of it.
    fn write_map(&self, path: &Path) -> Result<(), CliError> {
        let part = path.with_extension("part");
        let written = fs::write(&part, format!("{:#}\n", self.map())).and_then(|()| fs::rename(&part, path));
        written.map_err(|error| CliError::File { path: path.to_owned(), reason: error.to_string() })
    }
}

fn create_folder(path: &Path) -> Result<(), CliError> {
    fs::create_dir_all(path).map_err(|error| CliError::File { path: path.to_owned(), reason: error.to_string() })
}

fn start_node(plan: &Plan, processes: &mut Processes, rpc: u16, peers: u16, engine: u16) -> Result<u32, CliError> {
    let mut command = Command::new(&plan.programs.node);
    command.arg("--dev").arg("--base-path").arg(plan.base.join("node"));
    command.args(["--rpc-port", &rpc.to_string(), "--listen-addr", &format!("/ip4/127.0.0.1/tcp/{peers}")]);
    command.args(["--engine-url", &format!("http://127.0.0.1:{engine}")]);
    command.args(["--no-prometheus", "--no-telemetry", "--no-mdns"]);
    processes.start("node", command, &plan.base.join("logs/node.log"))
}

/// Connects once the node has made a block.
async fn first_block(url: &str) -> Result<Option<Chain>, CliError> {
    // The node is still starting as long as it does not answer; that it has ended is seen by whoever waits.
    let Ok(chain) = Chain::connect(url).await else { return Ok(None) };
    Ok(chain.network().await.is_ok_and(|network| network.now > 0).then_some(chain))
}

/// Starts engines on one plan.
struct Launcher<'a> {
    plan: &'a Plan,
    url: &'a str,
}

impl Launcher<'_> {
    async fn supervisor(&self, processes: &mut Processes, http: u16, broker: u16) -> Result<Announcement, CliError> {
        let loopback = |port: u16| format!("127.0.0.1:{port}");
        let command = self.command("supervisor", "supervisor", &loopback(http), &["--embedded-broker", &loopback(broker)])?;
        self.launch(processes, "supervisor", command)?;
        self.announcement(processes, "supervisor").await
    }

    /// Starts all workers before it waits for any.
    async fn workers(&self, processes: &mut Processes, broker: &str) -> Result<Vec<Worker>, CliError> {
        let broker = with_scheme(broker, "mqtt");
        let aliases: Vec<String> = (1..=self.plan.workers).map(|number| format!("worker-{number}")).collect();
        for alias in &aliases {
            let command = self.command("worker", alias, "127.0.0.1:0", &["--broker", &broker])?;
            self.launch(processes, alias, command)?;
        }
        let mut workers = Vec::new();
        for (index, alias) in aliases.into_iter().enumerate() {
            let announcement = self.announcement(processes, &alias).await?;
            let unreadable = |reason: String| CliError::Process { name: alias.clone(), reason };
            let account = signer::parse_account(&announcement.account).map_err(unreadable)?;
            workers.push(Worker { base: self.base(&alias), owner: owner_of(index), deed: None, alias, announcement, account });
        }
        Ok(workers)
    }

    fn command(&self, role: &str, alias: &str, http: &str, broker: &[&str]) -> Result<Command, CliError> {
        let base = self.base(alias);
        create_folder(&base)?;
        // An announcement of an earlier run would be taken for this one's.
        let _ = fs::remove_file(announcement_file(&base));
        let assets = &self.plan.assets;
        let mut command = Command::new(&self.plan.programs.engine);
        command.args(["run", "--role", role, "--alias", alias, "--chain", self.url, "--http", http]).args(broker);
        command.arg("--base-path").arg(&base).arg("--onnxruntime").arg(assets.onnxruntime());
        command.arg("--models").arg(assets.models()).arg("--data").arg(assets.models());
        command.arg("--announce").arg(announcement_file(&base));
        Ok(command)
    }

    fn launch(&self, processes: &mut Processes, alias: &str, command: Command) -> Result<u32, CliError> {
        processes.start(alias, command, &self.plan.base.join(format!("logs/{alias}.log")))
    }

    async fn announcement(&self, processes: &mut Processes, alias: &str) -> Result<Announcement, CliError> {
        let file = announcement_file(&self.base(alias));
        // A file that does not parse is still being written.
        let read = || std::future::ready(Ok(fs::read(&file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok())));
        wait_for(processes, &format!("{alias} to be ready"), STARTING, read).await
    }

    fn base(&self, alias: &str) -> PathBuf {
        self.plan.base.join(alias)
    }
}

fn announcement_file(base: &Path) -> PathBuf {
    base.join("announcement.json")
}
