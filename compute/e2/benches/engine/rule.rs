//! `rule`: messages of MQTT through a threshold to MQTT.
//!
//! Values alternate between both sides of the threshold, so that every message raises or clears the alarm and makes a message. A bounded
//! number is on the way at a time: the next is sent when one comes out.

use crate::{support::TestEngine, Result, ROUNDS, ROUND_TIME};
use neurite_mqtt::{Broker, BrokerConfig, QoS};
use neurite_report::Row;
use rumqttc::{AsyncClient, Event, EventLoop, MqttOptions, NetworkOptions, Packet, PublishOptions};
use serde::Deserialize;
use serde_json::json;
use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{
        atomic::{AtomicU64, Ordering::Relaxed},
        Arc,
    },
    time::{Duration, Instant},
};
use tokio::{
    sync::{mpsc, Semaphore},
    task::JoinSet,
};

/// Messages on their way.
const WINDOW: usize = 512;
/// How long messages flow before they are counted.
const WARM_UP: Duration = Duration::from_millis(500);
/// Above it, a value is bad.
const THRESHOLD: f64 = 50.0;
/// What clients may have in flight, as the embedded broker allows.
const IN_FLIGHT: u16 = 100;
/// The pipeline's name.
const NAME: &str = "bench-rule";

/// Where messages go in and come out.
#[derive(Clone, Copy)]
struct Topics {
    input: &'static str,
    output: &'static str,
}

const ENGINE: Topics = Topics { input: "bench/engine/in", output: "bench/engine/out" };
const BARE: Topics = Topics { input: "bench/bare/in", output: "bench/bare/out" };

/// What a message says.
#[derive(Deserialize)]
struct Message {
    value: f64,
}

/// Measures the engine and the loop in turns, over the same broker.
pub async fn measure() -> Result<Row> {
    let broker = Broker::start(BrokerConfig::new((Ipv4Addr::LOCALHOST, 0).into(), None)).await?;
    let files = tempfile::tempdir()?;
    let engine = TestEngine::start(files.path()).await;
    let (status, body) = engine.submit(&document(&broker.url())).await;
    assert_eq!(status, 201, "{body}");
    let is_running = || async { engine.pipeline(NAME).await.filter(|pipeline| pipeline["state"] == "running") };
    engine.until("the pipeline to run", is_running).await;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let mut bare = start_bare(broker.address()).await?;
        theirs.push(passed_per_second(broker.address(), BARE, &mut bare).await?);
        bare.shutdown().await;
        ours.push(passed_per_second(broker.address(), ENGINE, &mut JoinSet::new()).await?);
    }
    engine.stop(NAME).await;
    broker.shutdown().await;
    Ok(Row { input: Some("qos 1".into()), goal: "ratio >= 0.5", ..Row::of_rates("rule", "messages/s", ours, theirs) })
}

fn document(broker: &str) -> serde_json::Value {
    json!({
        "NAME": NAME, "TYPE": "MqttSubscriber", "URL": broker, "LIVE_FEED": false,
        "STREAM_CONFIG_METADATA": {
            "TOPICS": [ENGINE.input], "QOS": 1, "BATCH_ROWS": 64, "MAX_WAIT_MS": 1,
            "COLUMNS": { "FEATURES": [], "NUMBERS": ["value"] }
        },
        "COMMUNICATION": { "TYPE": "MQTT_PUBLISH", "URL": broker, "TOPIC": ENGINE.output, "QOS": 1, "CARRIES": ["PAYLOADS"] },
        "PLUGINS": [{
            "SIGNATURE": "ALERT",
            "INSTANCES": [{ "INSTANCE_ID": "threshold", "VALUE": "value", "RAISE": { "ABOVE": THRESHOLD } }]
        }]
    })
}

/// Returns how many messages came out in a second; `rule` are the tasks between both topics, of which none may end.
async fn passed_per_second(broker: SocketAddr, topics: Topics, rule: &mut JoinSet<()>) -> Result<f64> {
    let (passed, window) = (Arc::new(AtomicU64::new(0)), Arc::new(Semaphore::new(WINDOW)));
    let mut clients = JoinSet::new();
    let (client, mut event_loop) = connect("reader", broker);
    client.subscribe(topics.output, QoS::AtLeastOnce).await?;
    until_subscribed(&mut event_loop).await?;
    clients.spawn(count(client, event_loop, passed.clone(), window.clone()));
    let (client, event_loop) = connect("writer", broker);
    clients.spawn(drive(event_loop));
    clients.spawn(write(client, topics.input, window));
    tokio::time::sleep(WARM_UP).await;
    let (began, before) = (Instant::now(), passed.load(Relaxed));
    tokio::time::sleep(ROUND_TIME).await;
    let (elapsed, after) = (began.elapsed(), passed.load(Relaxed));
    if clients.try_join_next().is_some() || rule.try_join_next().is_some() {
        return Err("a client ended before it was told to".into());
    }
    clients.shutdown().await;
    if after == before {
        return Err(format!("no message came out at {}", topics.output).into());
    }
    Ok((after - before) as f64 / elapsed.as_secs_f64())
}

/// Starts what one would write by hand: subscribe, parse, compare, publish.
async fn start_bare(broker: SocketAddr) -> Result<JoinSet<()>> {
    let (client, mut event_loop) = connect("rule", broker);
    client.subscribe(BARE.input, QoS::AtLeastOnce).await?;
    until_subscribed(&mut event_loop).await?;
    // Room for all that can be on the way, so that the connection is never held up.
    let (sender, mut receiver) = mpsc::channel(2 * WINDOW);
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        loop {
            if let Event::Incoming(Packet::Publish(message)) = event_loop.poll().await.expect("a connection") {
                if sender.send(message.payload).await.is_err() {
                    return;
                }
            }
        }
    });
    tasks.spawn(async move {
        let mut is_bad = false;
        while let Some(payload) = receiver.recv().await {
            let Message { value } = serde_json::from_slice(&payload).expect("a message");
            if is_bad != (value > THRESHOLD) {
                is_bad = !is_bad;
                let event = if is_bad { "RAISE" } else { "CLEAR" };
                let text = json!({ "EVENT": event, "VALUE": value }).to_string();
                client.publish(BARE.output, text, PublishOptions::new(QoS::AtLeastOnce)).await.expect("a connection");
            }
        }
    });
    Ok(tasks)
}

fn connect(id: &str, broker: SocketAddr) -> (AsyncClient, EventLoop) {
    let mut options = MqttOptions::new(id, rumqttc::Broker::tcp(broker.ip().to_string(), broker.port()));
    options.set_inflight(IN_FLIGHT);
    let (client, mut event_loop) = AsyncClient::builder(options).capacity(2 * WINDOW).build();
    let mut network = NetworkOptions::new();
    network.set_tcp_nodelay(true);
    event_loop.set_network_options(network);
    (client, event_loop)
}

async fn until_subscribed(event_loop: &mut EventLoop) -> Result<()> {
    while !matches!(event_loop.poll().await?, Event::Incoming(Packet::SubAck(_))) {}
    Ok(())
}

/// Counts what comes out and lets as much in; the client is kept, for the loop ends with its last handle.
async fn count(_client: AsyncClient, mut event_loop: EventLoop, passed: Arc<AtomicU64>, window: Arc<Semaphore>) {
    while let Ok(event) = event_loop.poll().await {
        if let Event::Incoming(Packet::Publish(_)) = event {
            passed.fetch_add(1, Relaxed);
            window.add_permits(1);
        }
    }
}

async fn drive(mut event_loop: EventLoop) {
    while event_loop.poll().await.is_ok() {}
}

/// Writes values that are bad and good in turns, as many as may be on the way.
async fn write(client: AsyncClient, topic: &'static str, window: Arc<Semaphore>) {
    for value in [100.0, 0.0].into_iter().cycle() {
        let Ok(permit) = window.acquire().await else { return };
        permit.forget();
        let text = json!({ "value": value }).to_string();
        if client.publish(topic, text, PublishOptions::new(QoS::AtLeastOnce)).await.is_err() {
            return;
        }
    }
}
