//! Measures the embedded broker against Mosquitto; prints a table and writes JSON.
//!
//! Messages of 256 bytes that subscribers receive in a second: one publisher to one subscriber, four to one (fan-in) and one to four
//! (fan-out), at QoS 0 and 1. The same clients, in this process, talk to both brokers in turns; the median of the rounds counts, and the lowest
//! and the highest tell how far to trust it. Mosquitto gets as many messages in flight as the embedded broker allows, and may queue what it likes.
//!
//! A bounded number of messages is on the way at a time: the next is sent when every subscriber has one. A broker that takes messages faster
//! than it delivers them gains nothing by it, and one that loses a message stands still.
//!
//! `bench-broker [--json FILE]`

use bytes::BytesMut;
use neurite_mqtt::{Broker, BrokerConfig, QoS};
use neurite_report::{machine, Report, Row};
use rumqttc::{mqttbytes, Connect, ConnectReturnCode, Packet, PubAck, Publish, Subscribe};
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
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::Semaphore,
    task::JoinSet,
};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// The rounds of which the median counts.
const ROUNDS: usize = 9;
/// How long each broker is measured in a round, once messages flow.
const ROUND_TIME: Duration = Duration::from_secs(3);
/// How long messages flow before they are counted.
const WARM_UP: Duration = Duration::from_millis(300);
const PAYLOAD: [u8; 256] = [b'x'; 256];
const TOPIC: &str = "bench/messages";
/// The most bytes of a packet, and what a client's buffers hold at first.
const BUFFER: usize = 64 * 1024;
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

fn main() -> Result<()> {
    let json = options()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let report = runtime.block_on(measure())?;
    println!("{report}");
    if let Some(path) = json {
        report.write(&path)?;
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
    let (input, goal) = if case.qos == QoS::AtMostOnce { ("qos 0", "") } else { ("qos 1", "ratio >= 2.0") };
    Ok(Row { input: Some(input.into()), goal, ..Row::of_rates(case.name, "messages/s", ours, theirs) })
}

async fn received_per_second(case: Case, broker: SocketAddr) -> Result<f64> {
    let flow = Arc::new(Flow::new(case));
    let mut clients = JoinSet::new();
    for number in 0..case.subscribers {
        let mut connection = Connection::open(&format!("subscriber-{number}"), broker).await?;
        connection.subscribe(case.qos).await?;
        clients.spawn(receive(connection, flow.clone()));
    }
    for number in 0..case.publishers {
        let connection = Connection::open(&format!("publisher-{number}"), broker).await?;
        clients.spawn(publish(connection, case.qos, flow.clone()));
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

/// A client that costs next to nothing beside a broker: packets in buffers, written and read as many at a time as there are.
struct Connection {
    stream: TcpStream,
    input: BytesMut,
    output: BytesMut,
}

impl Connection {
    async fn open(id: &str, broker: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(broker).await?;
        stream.set_nodelay(true)?;
        let mut connection = Self { stream, input: BytesMut::with_capacity(BUFFER), output: BytesMut::with_capacity(BUFFER) };
        connection.put(Packet::Connect(Connect::new(id)))?;
        match connection.next().await? {
            Packet::ConnAck(answer) if answer.code == ConnectReturnCode::Success => Ok(connection),
            other => Err(format!("the broker refuses a client: {other:?}").into()),
        }
    }

    async fn subscribe(&mut self, qos: QoS) -> Result<()> {
        self.put(Packet::Subscribe(Subscribe { pkid: 1, ..Subscribe::new(TOPIC, qos) }))?;
        match self.next().await? {
            Packet::SubAck(_) => Ok(()),
            other => Err(format!("the broker refuses a subscription: {other:?}").into()),
        }
    }

    /// Prepares a packet for the next time that something is written.
    fn put(&mut self, packet: Packet) -> Result<()> {
        packet.write(&mut self.output, BUFFER)?;
        Ok(())
    }

    /// Returns the next packet; writes what is prepared before it waits. Nothing is lost if it is given up.
    async fn next(&mut self) -> Result<Packet> {
        loop {
            match Packet::read(&mut self.input, BUFFER) {
                Ok(packet) => return Ok(packet),
                Err(mqttbytes::Error::InsufficientBytes(_)) => {}
                Err(error) => return Err(error.into()),
            }
            self.stream.write_all_buf(&mut self.output).await?;
            if self.stream.read_buf(&mut self.input).await? == 0 {
                return Err("the broker ended a connection".into());
            }
        }
    }
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

/// Counts and acknowledges what arrives.
async fn receive(mut connection: Connection, flow: Arc<Flow>) -> Result<()> {
    loop {
        if let Packet::Publish(message) = connection.next().await? {
            flow.arrived();
            if message.qos == QoS::AtLeastOnce {
                connection.put(Packet::PubAck(PubAck::new(message.pkid)))?;
            }
        }
    }
}

/// Publishes as many messages as may be on their way.
async fn publish(mut connection: Connection, qos: QoS, flow: Arc<Flow>) -> Result<()> {
    let mut message = Publish::new(TOPIC, qos, PAYLOAD);
    let is_acknowledged = qos == QoS::AtLeastOnce;
    let mut unacknowledged = 0;
    loop {
        tokio::select! {
            // What may go out is prepared first, so that it is written at once.
            biased;
            permit = flow.window.acquire(), if unacknowledged < usize::from(IN_FLIGHT) => {
                permit?.forget();
                if is_acknowledged {
                    unacknowledged += 1;
                    // Zero is no identifier; long before one is used again it is acknowledged.
                    message.pkid = message.pkid.checked_add(1).unwrap_or(1);
                }
                connection.put(Packet::Publish(message.clone()))?;
            }
            packet = connection.next() => {
                if matches!(packet?, Packet::PubAck(_)) {
                    unacknowledged -= 1;
                }
            }
        }
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
