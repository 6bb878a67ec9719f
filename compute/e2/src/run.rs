//! Builds a node from its configuration, runs it until it is interrupted, and brings it to rest.

use crate::{
    arguments::{self, RunArguments},
    assemble::{self, Surroundings},
    base,
    benchmark::Rates,
    control::Control,
    heartbeat::Pulse,
    http::{self, HttpIngress},
    node::Node,
    outgoing::Outgoing,
    replay::DiskReplayStore,
    specs,
    supervisor::{Listener, NetworkTable, Refusals, Supervisor},
};
use anyhow::{Context, Result};
use neurite_agent::{run_supervisor, run_worker, ChainClient, NodeKey, RoleStatus};
use neurite_config::{BaseFolder, EngineConfig, Role};
use neurite_core::Clock;
use neurite_engine::{Engine, SystemClock};
use neurite_mqtt::{Broker, BrokerConfig, Credentials, Incoming, MqttClient, MqttConfig, QoS, Secret};
use neurite_protocol::{Topics, Verifier, VerifierConfig};
use neurite_serving::{ServingConfig, ServingManager};
use redb::Database;
use std::{
    future::Future,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{
    net::TcpListener,
    signal::unix::{signal, SignalKind},
    sync::{mpsc, watch},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

/// How long the connection to the broker may take to send what is queued at the end.
const FAREWELL: Duration = Duration::from_secs(2);

/// Runs a node until it is interrupted.
pub async fn run(arguments: RunArguments) -> Result<()> {
    let folder = arguments::base_folder(arguments.base_path.clone())?;
    let config = arguments::configuration(&folder, &arguments)?;
    base::prepare(&folder)?;
    let listener = TcpListener::bind(config.http.bind).await;
    let listener = listener.with_context(|| format!("cannot listen on {}", config.http.bind))?;
    let broker = start_broker(&config).await?;
    let broker_url = match (&config.broker.url, &broker) {
        (Some(url), _) => url.clone(),
        (None, Some(broker)) => broker.url(),
        (None, None) => anyhow::bail!("no broker is configured"),
    };
    let http = listener.local_addr()?;
    let (running, node) = start(&folder, &config, &broker_url, listener).await?;
    if let Some(file) = &arguments.announce {
        announce(file, &node, &broker_url, &http.to_string())?;
    }
    tracing::info!(%http, broker = broker_url, role = node.role_name(), "ready");
    interrupted().await?;
    tracing::info!("shutting down");
    running.stop(&node, config.limits.drain()).await;
    if let Some(broker) = broker {
        broker.shutdown().await;
    }
    Ok(())
}

async fn start_broker(config: &EngineConfig) -> Result<Option<Broker>> {
    let Some(embedded) = &config.broker.embedded else { return Ok(None) };
    let credentials = credentials(embedded.user.as_ref(), embedded.password.as_ref());
    Ok(Some(Broker::start(BrokerConfig::new(embedded.bind, credentials)).await?))
}

fn credentials(user: Option<&String>, password: Option<&neurite_config::Secret>) -> Option<Credentials> {
    Some(Credentials { user: user?.clone(), password: Secret::new(password?.expose()) })
}

/// The tasks of a node.
struct Running {
    tasks: JoinSet<()>,
    stop: CancellationToken,
}

impl Running {
    fn spawn(&mut self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(task);
    }

    /// Stops the duties, drains the pipelines, then the rest.
    async fn stop(mut self, node: &Node, drain: Duration) {
        self.stop.cancel();
        node.ingress.close();
        node.engine.shutdown(drain).await;
        node.serving.shutdown().await;
        node.mqtt.shutdown(FAREWELL).await;
        while self.tasks.join_next().await.is_some() {}
    }
}

/// What every part of a node is made from.
struct Ground {
    key: NodeKey,
    database: Arc<Database>,
    clock: Arc<dyn Clock>,
    topics: Topics,
    chain: Option<ChainClient>,
}

async fn start(folder: &BaseFolder, config: &EngineConfig, broker: &str, listener: TcpListener) -> Result<(Running, Arc<Node>)> {
    let database = Database::create(folder.state()).with_context(|| format!("cannot open {}", folder.state().display()))?;
    let ground = Ground {
        key: NodeKey::load_or_create(&folder.node_key())?,
        database: Arc::new(database),
        clock: Arc::new(SystemClock::default()),
        topics: Topics::new(&config.broker.root)?,
        chain: config.chain.url.clone().map(ChainClient::new),
    };
    let (mqtt, incoming) = connect(config, &ground.key, broker)?;
    let onnxruntime = assemble::onnxruntime(config);
    let serving = ServingManager::new(assemble::serving_config(config, onnxruntime.clone())?);
    let outgoing =
        Arc::new(Outgoing::new(ground.key.clone(), config.alias.clone(), ground.topics.clone(), mqtt.clone(), ground.clock.clone()));
    let ingress = HttpIngress::new(config.http.public_routes.clone());
    let (database, clock, publisher) = (ground.database.clone(), ground.clock.clone(), outgoing.clone());
    let surroundings = Surroundings { folder, config, database, clock, serving: &serving, ingress: &ingress, publisher };
    let engine = assemble::engine(surroundings).await?;
    let mut running = Running { tasks: JoinSet::new(), stop: CancellationToken::new() };
    let refusals = Arc::new(Refusals::default());
    let (duties, supervisor) = match config.role {
        Role::Worker => {
            let stop = running.stop.clone();
            running.spawn(ignore(incoming, stop));
            let serving = assemble::serving_config(config, onnxruntime)?;
            (start_worker(&mut running, &ground, &engine, folder, serving).await?, None)
        }
        Role::Supervisor => {
            let (duties, supervisor) = start_supervisor(&mut running, &ground, &mqtt, incoming, &refusals).await?;
            (duties, Some(supervisor))
        }
    };
    let pulse = Pulse { alias: config.alias.clone(), role: config.role, engine: engine.clone(), outgoing, chain: ground.chain.clone() };
    let stop = running.stop.clone();
    running.spawn(pulse.run(stop));
    let node = Arc::new(Node {
        alias: config.alias.clone(),
        role: config.role,
        key: ground.key,
        engine,
        serving,
        ingress,
        mqtt,
        duties,
        refusals,
        supervisor,
        clock: ground.clock,
        started: Instant::now(),
    });
    let (served, token, stop) = (node.clone(), base::api_token(folder)?, running.stop.clone());
    running.spawn(async move {
        if let Err(error) = http::serve(listener, served, token, stop).await {
            tracing::error!(%error, "the HTTP API ended");
        }
    });
    Ok((running, node))
}

fn connect(config: &EngineConfig, key: &NodeKey, broker: &str) -> Result<(MqttClient, mpsc::Receiver<Incoming>)> {
    let own = credentials(config.broker.user.as_ref(), config.broker.password.as_ref());
    // The embedded broker's own engine needs no second copy of its password.
    let embedded = config.broker.embedded.as_ref().filter(|_| config.broker.url.is_none());
    let credentials = own.or_else(|| embedded.and_then(|embedded| credentials(embedded.user.as_ref(), embedded.password.as_ref())));
    let client_id = key.identity().address().to_string();
    Ok(MqttClient::connect(MqttConfig::new(broker, client_id).with_credentials(credentials))?)
}

/// A worker subscribes to nothing, but its connection lives as long as somebody listens.
async fn ignore(mut incoming: mpsc::Receiver<Incoming>, stop: CancellationToken) {
    loop {
        tokio::select! {
            message = incoming.recv() => if message.is_none() { return },
            () = stop.cancelled() => return,
        }
    }
}

type Duties = Option<watch::Receiver<RoleStatus>>;

/// Starts what a worker owes to the chain; without a chain, nothing.
async fn start_worker(
    running: &mut Running,
    ground: &Ground,
    engine: &Engine,
    folder: &BaseFolder,
    serving: ServingConfig,
) -> Result<Duties> {
    let Some(chain) = ground.chain.clone() else { return Ok(None) };
    tracing::info!("measuring this machine, for about five seconds");
    let has_onnxruntime = serving.onnxruntime.is_file();
    let rates = Rates::measure(serving, folder.root()).await;
    let specs = specs::read(has_onnxruntime, rates.benchmark());
    tracing::info!(score = specs.benchmark.score, cores = specs.cores, ?rates, "measured");
    let control = Control::new(engine.clone(), specs)?;
    let (sender, receiver) = watch::channel(RoleStatus::default());
    let stop = running.stop.clone();
    running.spawn(control.clone().resend_results(stop.clone()));
    running.spawn(run_worker(chain, ground.key.clone(), control, sender, stop));
    Ok(Some(receiver))
}

/// Starts what a supervisor does: listen, observe, assign.
async fn start_supervisor(
    running: &mut Running,
    ground: &Ground,
    mqtt: &MqttClient,
    incoming: mpsc::Receiver<Incoming>,
    refusals: &Arc<Refusals>,
) -> Result<(Duties, Arc<Supervisor>)> {
    let supervisor = Supervisor::new(NetworkTable::open(ground.database.clone())?, ground.clock.clone());
    let config = VerifierConfig::default();
    let senders = u64::try_from(config.max_senders).unwrap_or(u64::MAX);
    let store = DiskReplayStore::open(ground.database.clone(), senders, config.retention_ms())?;
    let listener = Listener {
        supervisor: supervisor.clone(),
        verifier: Verifier::new(config, store),
        refusals: refusals.clone(),
        clock: ground.clock.clone(),
    };
    for topic in [ground.topics.control(), ground.topics.payloads()] {
        mqtt.subscribe(&topic, QoS::AtLeastOnce).await?;
    }
    let stop = running.stop.clone();
    running.spawn(listener.run(incoming, stop.clone()));
    let Some(chain) = ground.chain.clone() else { return Ok((None, supervisor)) };
    let (sender, receiver) = watch::channel(RoleStatus::default());
    running.spawn(supervisor.clone().observe(chain.clone(), stop.clone()));
    running.spawn(run_supervisor(chain, ground.key.signer(), supervisor.clone(), sender, stop));
    Ok((Some(receiver), supervisor))
}

/// Tells where the engine is reached, by a file that appears whole.
fn announce(file: &Path, node: &Node, broker: &str, http: &str) -> Result<()> {
    let mut announcement = node.identity();
    announcement["http"] = http.into();
    announcement["broker"] = broker.into();
    announcement["pid"] = std::process::id().into();
    let part = file.with_extension("part");
    std::fs::write(&part, announcement.to_string()).with_context(|| format!("cannot write {}", part.display()))?;
    std::fs::rename(&part, file).with_context(|| format!("cannot write {}", file.display()))
}

/// Ends with the first SIGINT or SIGTERM.
async fn interrupted() -> Result<()> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests;
