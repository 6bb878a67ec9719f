//! Measures the embedded broker against Mosquitto; prints a table and writes JSON.
//!
//! Messages of 256 bytes that subscribers receive in a second: one publisher to one subscriber, four to one (fan-in) and one to four
//! (fan-out), at QoS 0 and 1. The same clients, in this process, talk to both brokers in turns; the median of the rounds counts. Mosquitto gets
//! as many messages in flight as the embedded broker allows, and may queue what it likes.
//!
//! A bounded number of messages is on the way at a time: the next is sent when every subscriber has one. A broker that takes messages faster
//! than it delivers them gains nothing by it, and one that loses a message stands still.
//!
//! `bench-broker [--json FILE]`

use neurite_mqtt::{Broker, BrokerConfig, QoS};
use rumqttc::{AsyncClient, Event, EventLoop, MqttOptions, NetworkOptions, Packet, PublishOptions};
use serde::Serialize;
use std::{
    env,
    error::Error,
    fs,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{
        atomic::{AtomicU64, Ordering::Relaxed},
        Arc,
    },
    time::{Duration, Instant},
};
use tokio::{sync::Semaphore, task::JoinSet};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// The rounds of which the median counts.
const ROUNDS: usize = 5;
/// How long each broker is measured in a round, once messages flow.
const ROUND_TIME: Duration = Duration::from_secs(2);
/// How long messages flow before they are counted.
const WARM_UP: Duration = Duration::from_millis(300);
const PAYLOAD: [u8; 256] = [b'x'; 256];
const TOPIC: &str = "bench/messages";
/// What the embedded broker allows, see its settings.
const IN_FLIGHT: u16 = 100;
/// Messages of one publisher on their way.
const WINDOW: usize = 2 * IN_FLIGHT as usize;

/// Who talks to whom.
#[derive(Clone, Copy)]
struct Case {
    name: &'static str,
    publishers: usize,
    subscribers: usize,
    qos: QoS,
}

const SHAPES: [(&str, usize, usize); 3] = [("broker one-to-one", 1, 1), ("broker fan-in", 4, 1), ("broker fan-out", 1, 4)];

#[derive(Serialize)]
struct Report {
    suite: &'static str,
    machine: String,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    case: &'static str,
    input: &'static str,
    batch: usize,
    value: f64,
    unit: &'static str,
    peer_value: f64,
    ratio: f64,
}

fn main() -> Result<()> {
    let json = options()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let report = runtime.block_on(measure())?;
    print(&report);
    if let Some(path) = json {
        fs::write(path, serde_json::to_string_pretty(&report)? + "\n")?;
    }
    Ok(())
}

fn options() -> Result<Option<PathBuf>> {
    let mut args = env::args().skip(1);
    match (args.next().as_deref(), args.next()) {
        (None, _) => Ok(None),
        (Some("--json"), Some(path)) => Ok(Some(path.into())),
        _ => Err("usage: bench-broker [--json FILE]".into()),
    }
}

fn print(report: &Report) {
    println!("{}: {}", report.suite, report.machine);
    println!("{:<20}{:<8}{:>14}{:>14}{:>8}  unit", "case", "input", "value", "mosquitto", "ratio");
    for row in &report.rows {
        println!("{:<20}{:<8}{:>14.1}{:>14.1}{:>8.3}  {}", row.case, row.input, row.value, row.peer_value, row.ratio, row.unit);
    }
}

async fn measure() -> Result<Report> {
    let embedded = Broker::start(BrokerConfig::new((Ipv4Addr::LOCALHOST, 0).into(), None)).await?;
    let mosquitto = Mosquitto::start()?;
    let mut rows = Vec::new();
    for qos in [QoS::AtMostOnce, QoS::AtLeastOnce] {
        for (name, publishers, subscribers) in SHAPES {
            rows.push(measure_case(Case { name, publishers, subscribers, qos }, embedded.address(), mosquitto.address).await?);
        }
    }
    embedded.shutdown().await;
    Ok(Report { suite: "broker", machine: machine(), rows })
}

async fn measure_case(case: Case, embedded: SocketAddr, mosquitto: SocketAddr) -> Result<Row> {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        theirs.push(received_per_second(case, mosquitto).await?);
        ours.push(received_per_second(case, embedded).await?);
    }
    // Ratios are taken within each round: what else the machine does then weighs on both sides.
    let ratio = median(ours.iter().zip(&theirs).map(|(ours, theirs)| ours / theirs).collect());
    let input = if case.qos == QoS::AtMostOnce { "qos 0" } else { "qos 1" };
    let (value, peer_value) = (rounded(median(ours)), rounded(median(theirs)));
    Ok(Row { case: case.name, input, batch: 1, value, unit: "messages/s", peer_value, ratio: rounded(ratio) })
}

async fn received_per_second(case: Case, broker: SocketAddr) -> Result<f64> {
    let flow = Arc::new(Flow::new(case));
    let mut clients = JoinSet::new();
    for number in 0..case.subscribers {
        let (client, mut event_loop) = connect(&format!("subscriber-{number}"), broker);
        client.subscribe(TOPIC, case.qos).await?;
        until_subscribed(&mut event_loop).await?;
        clients.spawn(count(client, event_loop, flow.clone()));
    }
    for number in 0..case.publishers {
        let (client, event_loop) = connect(&format!("publisher-{number}"), broker);
        clients.spawn(drive(event_loop));
        clients.spawn(publish(client, case.qos, flow.clone()));
    }
    tokio::time::sleep(WARM_UP).await;
    let (began, before) = (Instant::now(), flow.received.load(Relaxed));
    tokio::time::sleep(ROUND_TIME).await;
    let (elapsed, after) = (began.elapsed(), flow.received.load(Relaxed));
    // A client that ended before it was told to has failed.
    if let Some(ended) = clients.try_join_next() {
        return Err(format!("a client ended: {ended:?}").into());
    }
    clients.shutdown().await;
    Ok((after - before) as f64 / elapsed.as_secs_f64())
}

fn connect(id: &str, broker: SocketAddr) -> (AsyncClient, EventLoop) {
    let mut options = MqttOptions::new(id, rumqttc::Broker::tcp(broker.ip().to_string(), broker.port()));
    options.set_inflight(IN_FLIGHT);
    let (client, mut event_loop) = AsyncClient::builder(options).capacity(1024).build();
    let mut network = NetworkOptions::new();
    network.set_tcp_nodelay(true);
    event_loop.set_network_options(network);
    (client, event_loop)
}

async fn until_subscribed(event_loop: &mut EventLoop) -> Result<()> {
    while !matches!(event_loop.poll().await?, Event::Incoming(Packet::SubAck(_))) {}
    Ok(())
}

/// What is on its way, and what has arrived.
struct Flow {
    subscribers: u64,
    received: AtomicU64,
    /// Room for further messages.
    window: Semaphore,
}

impl Flow {
    fn new(case: Case) -> Self {
        Self { subscribers: case.subscribers as u64, received: AtomicU64::new(0), window: Semaphore::new(case.publishers * WINDOW) }
    }

    /// Counts a message that one subscriber has received; for as many as there are subscribers, another may follow.
    fn arrived(&self) {
        if (self.received.fetch_add(1, Relaxed) + 1).is_multiple_of(self.subscribers) {
            self.window.add_permits(1);
        }
    }
}

/// Counts what arrives; the client is kept, for the loop ends with its last handle.
async fn count(_client: AsyncClient, mut event_loop: EventLoop, flow: Arc<Flow>) -> Result<()> {
    loop {
        if let Event::Incoming(Packet::Publish(_)) = event_loop.poll().await? {
            flow.arrived();
        }
    }
}

async fn drive(mut event_loop: EventLoop) -> Result<()> {
    loop {
        event_loop.poll().await?;
    }
}

async fn publish(client: AsyncClient, qos: QoS, flow: Arc<Flow>) -> Result<()> {
    loop {
        flow.window.acquire().await?.forget();
        client.publish(TOPIC, &PAYLOAD, PublishOptions::new(qos)).await?;
    }
}

/// A Mosquitto on loopback with a folder of its own.
struct Mosquitto {
    address: SocketAddr,
    folder: PathBuf,
    child: Child,
}

impl Mosquitto {
    fn start() -> Result<Self> {
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let folder = env::temp_dir().join(format!("neurite-bench-broker-{}", std::process::id()));
        fs::create_dir(&folder)?;
        let lines = [
            format!("listener {} 127.0.0.1", address.port()),
            "allow_anonymous true\npersistence false\nset_tcp_nodelay true\nmax_queued_messages 0".into(),
            format!("max_inflight_messages {IN_FLIGHT}\n"),
        ];
        fs::write(folder.join("mosquitto.conf"), lines.join("\n"))?;
        // Debian keeps it where only root's PATH looks.
        let program = ["/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto"].into_iter().find(|path| fs::exists(path).unwrap_or(false));
        let child = Command::new(program.unwrap_or("mosquitto"))
            .arg("-c")
            .arg(folder.join("mosquitto.conf"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let mosquitto = Self { address, folder, child };
        let began = Instant::now();
        while std::net::TcpStream::connect(address).is_err() {
            if began.elapsed() > Duration::from_secs(10) {
                return Err("mosquitto does not listen".into());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(mosquitto)
    }
}

impl Drop for Mosquitto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn rounded(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}

fn machine() -> String {
    let processors = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = processors.lines().find_map(|line| line.strip_prefix("model name")).and_then(|line| line.split_once(": "));
    let count = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{}, {count} processors", model.map_or("unknown processor", |(_, name)| name))
}
