//! The engine's own routes, each with what it does: the router and the OpenAPI document come from this one list.

use super::{change, metrics, openapi, read};
use crate::node::Node;
use axum::{
    handler::Handler,
    routing::{on, MethodFilter, MethodRouter},
};
use std::sync::Arc;

/// A route of the engine.
pub struct FixedRoute {
    /// The method, in lower case.
    pub method: &'static str,
    /// The path, with `{name}` segments.
    pub path: &'static str,
    /// What it does, in a sentence.
    pub summary: &'static str,
    /// Whether it asks for the bearer token.
    pub guarded: bool,
    /// The status of success, and the media type of what then comes.
    pub success: (u16, Option<&'static str>),
    /// What answers.
    pub handler: MethodRouter<Arc<Node>>,
}

const JSON: &str = "application/json";

/// Returns the engine's own routes.
pub fn fixed() -> Vec<FixedRoute> {
    let observation = neurite_duties::reply::OBSERVATION_PATH;
    let scale = neurite_duties::reply::OBSERVATION_MEDIA_TYPE;
    vec![
        open("/v1/health", "Says how engine, models, broker and duties are.", JSON, read::health),
        open("/v1/identity", "Says who this node is: address, account and public key.", JSON, read::identity),
        open("/v1/jobs", "Lists the shards that this engine runs; on a supervisor also the results that it verified.", JSON, read::jobs),
        guarded("post", "/v1/link-proof", "Signs that a deed's owner may link this node.", (200, Some(JSON)), change::link_proof),
        open("/v1/network", "Shows the table of nodes (supervisor).", JSON, read::network),
        open(observation, "Gives the off-chain worker its observation (supervisor).", scale, read::observation),
        open("/v1/openapi.json", "Describes this API and the open routes of pipelines.", JSON, openapi::openapi),
        open("/v1/pipelines", "Lists the pipelines.", JSON, read::pipelines),
        guarded("post", "/v1/pipelines", "Starts a pipeline from a document.", (201, Some(JSON)), change::start_pipeline),
        guarded("delete", "/v1/pipelines/{name}", "Stops a pipeline and forgets it.", (204, None), change::stop_pipeline),
        guarded(
            "put",
            "/v1/pipelines/{name}",
            "Replaces its document; what did not change works on.",
            (204, None),
            change::update_pipeline,
        ),
        guarded("patch", "/v1/pipelines/{name}", "Changes its document by a JSON merge patch.", (204, None), change::patch_pipeline),
        open("/metrics", "Gives the metrics in the OpenMetrics format.", metrics::MEDIA_TYPE, metrics::metrics),
    ]
}

fn open<H, T>(path: &'static str, summary: &'static str, media: &'static str, handler: H) -> FixedRoute
where
    H: Handler<T, Arc<Node>>,
    T: 'static,
{
    FixedRoute { method: "get", path, summary, guarded: false, success: (200, Some(media)), handler: on(MethodFilter::GET, handler) }
}

fn guarded<H, T>(
    method: &'static str,
    path: &'static str,
    summary: &'static str,
    success: (u16, Option<&'static str>),
    handler: H,
) -> FixedRoute
where
    H: Handler<T, Arc<Node>>,
    T: 'static,
{
    let filter = match method {
        "delete" => MethodFilter::DELETE,
        "patch" => MethodFilter::PATCH,
        "put" => MethodFilter::PUT,
        _ => MethodFilter::POST,
    };
    FixedRoute { method, path, summary, guarded: true, success, handler: on(filter, handler) }
}
