//! The OpenAPI document of this engine, made from its own routes and from those that pipelines have open at the moment.

use super::{
    ingress::HttpIngress,
    routes::{fixed, FixedRoute},
};
use crate::node::Node;
use axum::{extract::State, Json};
use neurite_core::Route;
use serde_json::{json, Map, Value};
use std::sync::Arc;

/// Describes the routes of this engine.
pub async fn openapi(State(node): State<Arc<Node>>) -> Json<Value> {
    Json(document(&fixed(), &node.ingress))
}

/// Makes the document (OpenAPI 3.1).
fn document(fixed: &[FixedRoute], ingress: &HttpIngress) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    let own = fixed.iter().map(|route| (route.path.to_owned(), route.method.to_owned(), own_operation(route)));
    let routes = ingress.routes();
    let of_pipelines = routes.iter().map(|route| {
        let path = format!("/v1/pipelines/{}/{}", route.pipeline, route.path);
        (path, route.method.to_lowercase(), operation(route, ingress.is_public(&route.pipeline)))
    });
    for (path, method, operation) in own.chain(of_pipelines) {
        if let Value::Object(methods) = paths.entry(path).or_insert_with(|| json!({})) {
            methods.insert(method, operation);
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Neurite execution engine", "version": env!("CARGO_PKG_VERSION") },
        "paths": paths,
        "components": {
            "schemas": { "Refusal": refusal() },
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer", "description": "The text of the file api-token in the engine's base folder." } }
        }
    })
}

/// What every refusal looks like.
fn refusal() -> Value {
    json!({
        "type": "object",
        "required": ["error", "reason"],
        "properties": {
            "error": { "type": "string", "description": "The kind of refusal, for programs." },
            "reason": { "type": "string", "description": "What happened, for people." }
        }
    })
}

fn own_operation(route: &FixedRoute) -> Value {
    let (status, media) = route.success;
    let mut success = json!({ "description": "Done." });
    if let Some(media) = media {
        success["content"] = json!({ media: {} });
    }
    let mut operation = json!({ "summary": route.summary, "tags": ["engine"], "responses": responses(status.to_string(), success) });
    complete(&mut operation, route.path, !route.guarded);
    operation
}

fn operation(route: &Route, public: bool) -> Value {
    let success = json!({ "description": "What the pipeline answers.", "content": { "application/json": { "schema": route.response } } });
    let mut operation = json!({ "summary": route.summary, "tags": [route.pipeline], "responses": responses("2XX".into(), success) });
    if let Some(request) = &route.request {
        operation["requestBody"] = json!({ "required": true, "content": { "application/json": { "schema": request } } });
    }
    complete(&mut operation, &route.path, public);
    operation
}

fn responses(status: String, success: Value) -> Value {
    let refused = json!({
        "description": "Refused.",
        "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Refusal" } } }
    });
    json!({ status: success, "default": refused })
}

/// Adds the parameters of the path and who may call.
fn complete(operation: &mut Value, path: &str, public: bool) {
    let named = path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'));
    let parameters: Vec<Value> =
        named.map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } })).collect();
    if !parameters.is_empty() {
        operation["parameters"] = parameters.into();
    }
    if !public {
        operation["security"] = json!([{ "token": [] }]);
    }
}
