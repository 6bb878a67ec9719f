//! The engine's HTTP API, on loopback unless configured.
//!
//! | route | what |
//! |---|---|
//! | `GET /v1/health` | how engine, models, broker and duties are |
//! | `GET /v1/identity` | address, account and public key of the node |
//! | `GET /v1/pipelines` | the pipelines |
//! | `GET /v1/jobs` | the shards that this engine runs; on a supervisor also the results that it verified |
//! | `GET /v1/network` | the table of nodes (supervisor) |
//! | `GET /v1/observation` | SCALE for the off-chain worker (supervisor) |
//! | `GET /metrics` | Prometheus |
//! | `POST /v1/pipelines` | starts a pipeline; bearer token |
//! | `PUT /v1/pipelines/{name}` | replaces its document; what did not change works on; bearer token |
//! | `PATCH /v1/pipelines/{name}` | changes its document by a JSON merge patch; bearer token |
//! | `DELETE /v1/pipelines/{name}` | stops and forgets it; bearer token |
//! | `POST /v1/link-proof` | signs that a deed's owner may link this node; bearer token |

mod answer;
mod change;
mod metrics;
mod pipelines;
mod read;

use crate::{base::ApiToken, node::Node};
use axum::{
    extract::{DefaultBodyLimit, Request, State},
    http::header::AUTHORIZATION,
    middleware::{self, Next},
    response::Response,
    routing::{delete, get, post},
    Router,
};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// The longest body of a request, in bytes: a document and a little.
const MAX_BODY: usize = neurite_config::MAX_DOCUMENT_BYTES + 4096;

/// Serves until `stop` is cancelled.
pub async fn serve(listener: TcpListener, node: Arc<Node>, token: ApiToken, stop: CancellationToken) -> std::io::Result<()> {
    let changes = Router::new()
        .route("/v1/pipelines", post(change::start_pipeline))
        .route("/v1/pipelines/{name}", delete(change::stop_pipeline).put(change::update_pipeline).patch(change::patch_pipeline))
        .route("/v1/link-proof", post(change::link_proof))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .route_layer(middleware::from_fn_with_state(token, authorise));
    let router = Router::new()
        .route("/v1/health", get(read::health))
        .route("/v1/identity", get(read::identity))
        .route("/v1/pipelines", get(read::pipelines))
        .route("/v1/jobs", get(read::jobs))
        .route("/v1/network", get(read::network))
        .route(neurite_duties::reply::OBSERVATION_PATH, get(read::observation))
        .route("/metrics", get(metrics::metrics))
        .merge(changes)
        .with_state(node);
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
