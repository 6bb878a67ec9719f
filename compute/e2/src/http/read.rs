//! Routes that change nothing.

use super::answer::Refused;
use crate::node::Node;
use axum::{
    extract::State,
    http::{header::CONTENT_TYPE, HeaderName, StatusCode},
    Json,
};
use neurite_engine::PipelineStatus;
use serde_json::{json, Value};
use sp_core::crypto::Ss58Codec;
use std::sync::Arc;

/// How engine, models, broker and duties are; `status` is `ok` while the broker is connected and the last look at the chain worked.
pub async fn health(State(node): State<Arc<Node>>) -> Json<Value> {
    let counts = node.mqtt.counts();
    let duties = node.duties.as_ref().map(|duties| duties.borrow().clone());
    let chain_works = duties.as_ref().is_none_or(|duties| duties.last_error.is_none());
    let status = if node.mqtt.is_connected() && chain_works { "ok" } else { "degraded" };
    let models: Vec<Value> = node.serving.health().iter().map(|model| json!(model)).collect();
    Json(json!({
        "status": status,
        "role": node.role_name(),
        "alias": node.alias,
        "version": env!("CARGO_PKG_VERSION"),
        "uptime_s": node.started.elapsed().as_secs(),
        "pipelines": node.engine.list().len(),
        "models": models,
        "broker": { "connected": node.mqtt.is_connected(), "sent": counts.sent, "received": counts.received },
        "chain": duties.map(|duties| json!({
            "block": duties.block.map(|block| block.number),
            "performed": duties.performed,
            "failed": duties.failed,
            "last_error": duties.last_error,
            "obstacles": duties.obstacles,
        })),
    }))
}

/// Who this node is.
pub async fn identity(State(node): State<Arc<Node>>) -> Json<Value> {
    Json(node.identity())
}

/// The pipelines of this engine.
pub async fn pipelines(State(node): State<Arc<Node>>) -> Json<Value> {
    Json(json!({ "pipelines": node.engine.list() }))
}

/// The shards that this engine runs, and on a supervisor the results of all workers.
pub async fn jobs(State(node): State<Arc<Node>>) -> Json<Value> {
    let running: Vec<PipelineStatus> = node.engine.list().into_iter().filter(|status| status.job.is_some()).collect();
    let jobs = node.supervisor.as_ref().map(|supervisor| supervisor.results().list()).unwrap_or_default();
    Json(json!({ "running": running, "jobs": jobs }))
}

/// The table of nodes.
pub async fn network(State(node): State<Arc<Node>>) -> Result<Json<Value>, Refused> {
    let supervisor = node.supervisor.as_ref().ok_or_else(|| Refused::not_found("only a supervisor watches the network"))?;
    let table = supervisor.network();
    let nodes: Vec<Value> = table
        .nodes()
        .into_iter()
        .map(|(address, status, covered_ms)| {
            json!({
                "address": address,
                "account": status.account.to_ss58check(),
                "alias": status.alias,
                "role": status.role,
                "version": status.version,
                "uptime_s": status.uptime_s,
                "pipelines": status.pipelines,
                "last_seen": status.last_seen,
                "available": table.is_available(&status.account, node.clock.unix_ms()),
                "covered_ms": covered_ms,
            })
        })
        .collect();
    Ok(Json(json!({ "nodes": nodes, "interval_ms": table.interval() })))
}

/// What the oracle beside this engine may attest.
pub async fn observation(State(node): State<Arc<Node>>) -> Result<([(HeaderName, &'static str); 1], Vec<u8>), Refused> {
    let supervisor = node.supervisor.as_ref().ok_or_else(|| Refused::not_found("only a supervisor observes"))?;
    let observation = supervisor.observation();
    let bytes = observation.ok_or_else(|| Refused::new(StatusCode::SERVICE_UNAVAILABLE, "not_yet", "no finalized block was seen yet"))?;
    Ok(([(CONTENT_TYPE, neurite_duties::reply::OBSERVATION_MEDIA_TYPE)], bytes))
}
