//! Refusals: a kind for programs, a sentence for people, and where a document was refused, every fault.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
    Json,
};
use neurite_config::DocumentError;
use neurite_engine::EngineError;
use serde_json::{json, Value};

/// A request that was refused.
#[derive(Debug)]
pub struct Refused {
    status: StatusCode,
    body: Value,
}

impl Refused {
    /// Makes a refusal.
    pub fn new(status: StatusCode, kind: &str, reason: impl ToString) -> Self {
        Self { status, body: json!({ "error": kind, "reason": reason.to_string() }) }
    }

    /// The token is missing or wrong.
    pub fn unauthorised() -> Self {
        let reason = "send the token of the base folder's api-token file as `Authorization: Bearer …`";
        Self::new(StatusCode::UNAUTHORIZED, "unauthorised", reason)
    }

    /// There is no such thing on this engine.
    pub fn not_found(reason: impl ToString) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", reason)
    }

    fn document(error: &DocumentError) -> Self {
        let faults: Vec<Value> = error.faults().into_iter().map(|fault| json!({ "path": fault.path, "message": fault.message })).collect();
        let body = json!({ "error": "document_refused", "reason": error.to_string(), "faults": faults });
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, body }
    }
}

impl From<EngineError> for Refused {
    fn from(error: EngineError) -> Self {
        let (status, kind) = match &error {
            EngineError::Document(document) => return Self::document(document),
            EngineError::Request { .. } => (StatusCode::BAD_REQUEST, "bad_request"),
            EngineError::AlreadyExists { .. } => (StatusCode::CONFLICT, "already_exists"),
            EngineError::PartOfJob { .. } => (StatusCode::CONFLICT, "part_of_job"),
            EngineError::Payload(_) => (StatusCode::BAD_GATEWAY, "target_unavailable"),
            EngineError::NotOwned { .. } => (StatusCode::FORBIDDEN, "not_owned"),
            EngineError::NotFound { .. } => (StatusCode::NOT_FOUND, "not_found"),
            EngineError::TooManyPipelines { .. } => (StatusCode::TOO_MANY_REQUESTS, "too_many_pipelines"),
            EngineError::ShuttingDown => (StatusCode::SERVICE_UNAVAILABLE, "shutting_down"),
            _ => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
        };
        Self::new(status, kind, error)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.status, Json(self.body)).into_response()
    }
}
