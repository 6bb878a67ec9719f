//! Routes that change something; the bearer token was checked before.

use super::answer::Refused;
use crate::node::Node;
use axum::{
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
    Json,
};
use neurite_engine::{PipelineKey, StartRequest};
use neurite_primitives::messages::LinkProof;
use serde::Deserialize;
use serde_json::{json, Value};
use sp_core::{crypto::Ss58Codec, H256};
use sp_runtime::AccountId32;
use std::sync::Arc;

/// Who owns the pipelines that the node's operator starts.
const OWNER: &str = "operator";

/// Starts a pipeline from a document.
pub async fn start_pipeline(State(node): State<Arc<Node>>, document: Bytes) -> Result<(StatusCode, Json<Value>), Refused> {
    let request = StartRequest { owner: OWNER.into(), document: document.to_vec(), job: None };
    let key = node.engine.start(request).await?;
    Ok((StatusCode::CREATED, Json(json!({ "pipeline": key }))))
}

/// Stops a pipeline and forgets it.
pub async fn stop_pipeline(State(node): State<Arc<Node>>, Path(name): Path<String>) -> Result<StatusCode, Refused> {
    node.engine.stop(&PipelineKey::Named(name), OWNER).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Replaces a pipeline's document.
pub async fn update_pipeline(State(node): State<Arc<Node>>, Path(name): Path<String>, document: Bytes) -> Result<StatusCode, Refused> {
    node.engine.update(&PipelineKey::Named(name), OWNER, document.to_vec()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Changes a pipeline's document by a JSON merge patch.
pub async fn patch_pipeline(
    State(node): State<Arc<Node>>,
    Path(name): Path<String>,
    Json(patch): Json<Value>,
) -> Result<StatusCode, Refused> {
    node.engine.patch(&PipelineKey::Named(name), OWNER, &patch).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a deed's owner asks to be signed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkRequest {
    genesis: String,
    deed: u32,
    owner: String,
    generation: u32,
}

impl TryFrom<LinkRequest> for LinkProof {
    type Error = Refused;

    fn try_from(request: LinkRequest) -> Result<Self, Refused> {
        let bad = |reason: &str| Refused::new(StatusCode::BAD_REQUEST, "bad_request", reason);
        let mut genesis = [0; 32];
        hex::decode_to_slice(request.genesis.trim_start_matches("0x"), &mut genesis)
            .map_err(|_| bad("genesis must be 32 bytes in hexadecimal"))?;
        let owner = AccountId32::from_ss58check(&request.owner).map_err(|_| bad("owner must be an SS58 address"))?;
        Ok(Self { genesis: H256(genesis), deed: request.deed, owner, generation: request.generation })
    }
}

/// Signs that a deed's owner may link this node.
pub async fn link_proof(State(node): State<Arc<Node>>, Json(request): Json<LinkRequest>) -> Result<Json<Value>, Refused> {
    let signature = node.key.sign_link(&LinkProof::try_from(request)?);
    Ok(Json(json!({ "signature": format!("0x{}", hex::encode(signature.0)) })))
}
