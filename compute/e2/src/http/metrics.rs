//! Prometheus metrics, gathered when they are asked for.

use super::pipelines::Pipelines;
use crate::node::Node;
use axum::{
    extract::State,
    http::{header::CONTENT_TYPE, HeaderName},
};
use neurite_engine::PipelineState;
use prometheus_client::{
    encoding::text::encode,
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};
use std::sync::Arc;

/// The media type of the metrics.
pub const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

type Labels = Vec<(String, String)>;

/// The metrics of this engine in the OpenMetrics format.
pub async fn metrics(State(node): State<Arc<Node>>) -> ([(HeaderName, &'static str); 1], String) {
    let mut registry = Registry::with_prefix("neurite");
    pipelines(&node, &mut registry);
    broker(&node, &mut registry);
    models(&node, &mut registry);
    duties(&node, &mut registry);
    refusals(&node, &mut registry);
    let mut text = String::new();
    // Writing into a string does not fail.
    let _ = encode(&mut text, &registry);
    ([(CONTENT_TYPE, MEDIA_TYPE)], text)
}

fn pipelines(node: &Node, registry: &mut Registry) {
    let states = Family::<Labels, Gauge>::default();
    registry.register("pipelines", "Pipelines by state", states.clone());
    let (sent, dropped, retries) = (count(0), count(0), count(0));
    let list = node.engine.list();
    for pipeline in &list {
        let state = match &pipeline.state {
            PipelineState::Starting => "starting",
            PipelineState::Running => "running",
            PipelineState::Resting => "resting",
            PipelineState::Complete { .. } => "complete",
            PipelineState::Failed { .. } => "failed",
        };
        states.get_or_create(&label("state", state)).inc();
        sent.inc_by(pipeline.payloads_sent);
        dropped.inc_by(pipeline.payloads_dropped);
        retries.inc_by(pipeline.retries);
    }
    registry.register("payloads_sent", "Payloads handed over by the present pipelines", sent);
    registry.register("payloads_dropped", "Payloads dropped by the present pipelines", dropped);
    registry.register("retries", "Calls repeated after a transient failure by the present pipelines", retries);
    registry.register_collector(Box::new(Pipelines(list)));
}

fn broker(node: &Node, registry: &mut Registry) {
    let counts = node.mqtt.counts();
    let connected: Gauge = Gauge::default();
    connected.set(i64::from(node.mqtt.is_connected()));
    registry.register("broker_connected", "Whether the broker is connected", connected);
    registry.register("broker_messages_sent", "Messages sent", count(counts.sent));
    registry.register("broker_messages_received", "Messages received", count(counts.received));
    registry.register("broker_dropped_outgoing", "Messages dropped before sending", count(counts.dropped_outgoing));
    registry.register("broker_dropped_incoming", "Messages dropped after receiving", count(counts.dropped_incoming));
    registry.register("broker_connections", "Connections made", count(counts.connections));
}

fn models(node: &Node, registry: &mut Registry) {
    let (requests, restarts) = (Family::<Labels, Counter>::default(), Family::<Labels, Counter>::default());
    registry.register("model_requests", "Inferences by model", requests.clone());
    registry.register("model_restarts", "Restarts by model", restarts.clone());
    for model in node.serving.health() {
        let labels = label("model", &model.path.display().to_string());
        requests.get_or_create(&labels).inc_by(model.requests);
        restarts.get_or_create(&labels).inc_by(model.restarts);
    }
}

fn duties(node: &Node, registry: &mut Registry) {
    let Some(duties) = &node.duties else { return };
    let duties = duties.borrow();
    let block: Gauge = Gauge::default();
    block.set(duties.block.map_or(0, |block| i64::from(block.number)));
    registry.register("chain_block", "Last best block whose duties were done", block);
    registry.register("duties_performed", "Duties done", count(duties.performed));
    registry.register("duties_failed", "Duties that failed for the moment", count(duties.failed));
}

fn refusals(node: &Node, registry: &mut Registry) {
    let refused = Family::<Labels, Counter>::default();
    registry.register("messages_refused", "Messages that were not believed, by reason", refused.clone());
    for (reason, refusals) in node.refusals.snapshot() {
        refused.get_or_create(&label("reason", reason)).inc_by(refusals);
    }
}

fn label(name: &str, value: &str) -> Labels {
    vec![(name.to_owned(), value.to_owned())]
}

fn count(value: u64) -> Counter {
    let counter = Counter::default();
    counter.inc_by(value);
    counter
}
