//! The engine's HTTP API, on loopback unless configured.
//!
//! `routes` lists the engine's own routes, `ingress` holds those that pipelines open below `/v1/pipelines/{name}/`; `GET /v1/openapi.json` describes
//! both. Routes that change something ask for the bearer token. Refusals are JSON: `error` for programs, `reason` for people.

mod answer;
mod change;
mod ingress;
mod metrics;
mod openapi;
mod pipelines;
mod read;
mod routes;

pub use ingress::HttpIngress;

use crate::{base::ApiToken, node::Node};
use axum::{
    extract::{DefaultBodyLimit, Request, State},
    http::header::AUTHORIZATION,
    middleware::{self, Next},
    response::Response,
    routing::{any, MethodRouter},
    Router,
};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// The longest body of a request, in bytes: a document and a little.
const MAX_BODY: usize = neurite_config::MAX_DOCUMENT_BYTES + 4096;

/// Serves until `stop` is cancelled.
pub async fn serve(listener: TcpListener, node: Arc<Node>, token: ApiToken, stop: CancellationToken) -> std::io::Result<()> {
    let guard = middleware::from_fn_with_state(token.clone(), authorise);
    let mut router = Router::new();
    for route in routes::fixed() {
        // Around the handler alone: a method that the route does not take is refused as such, with or without the token.
        let guarded = |handler: MethodRouter<Arc<Node>>| handler.route_layer(DefaultBodyLimit::max(MAX_BODY)).route_layer(guard.clone());
        router = router.route(route.path, if route.guarded { guarded(route.handler) } else { route.handler });
    }
    let door = ingress::Door { ingress: node.ingress.clone(), token };
    let pipelines = Router::new().route("/v1/pipelines/{name}/{*path}", any(ingress::answer)).with_state(door);
    let router = router.with_state(node).merge(pipelines);
    axum::serve(listener, router).with_graceful_shutdown(async move { stop.cancelled().await }).await
}

/// Lets only those through who carry the bearer token.
async fn authorise(State(token): State<ApiToken>, request: Request, next: Next) -> Result<Response, answer::Refused> {
    let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    if header.is_some_and(|header| token.authorises(header)) {
        Ok(next.run(request).await)
    } else {
        Err(answer::Refused::unauthorised())
    }
}
