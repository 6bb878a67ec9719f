//! A request on its way to a plugin and back.

use super::{path::segments, table::Found, HttpIngress};
use crate::{base::ApiToken, http::answer::Refused};
use axum::{
    body::Body,
    extract::{rejection::QueryRejection, Query, Request, State},
    http::{
        header::{ALLOW, AUTHORIZATION, CONTENT_LENGTH, COOKIE, PROXY_AUTHORIZATION},
        HeaderMap, StatusCode,
    },
    response::{IntoResponse, Response},
    Json,
};
use futures::StreamExt;
use neurite_core::bounds::MAX_HEADERS;
use std::collections::BTreeMap;
use tokio::{
    sync::{
        mpsc::{self, error::TrySendError},
        oneshot, OwnedSemaphorePermit,
    },
    time::timeout,
};

/// What stands before the name of a pipeline.
const PREFIX: &str = "/v1/pipelines/";
/// Headers that are meant for the engine alone.
const OWN_HEADERS: [axum::http::HeaderName; 3] = [AUTHORIZATION, PROXY_AUTHORIZATION, COOKIE];

/// The routes of pipelines, and who may use them.
#[derive(Clone)]
pub struct Door {
    /// The routes.
    pub ingress: HttpIngress,
    /// What a request must carry.
    pub token: ApiToken,
}

/// The values of a query.
type Values = Query<BTreeMap<String, String>>;

/// Answers a request to a pipeline.
pub async fn answer(State(door): State<Door>, query: Result<Values, QueryRejection>, request: Request) -> Result<Response, Refused> {
    let mut path = segments(request.uri().path(), PREFIX).ok_or_else(nothing)?;
    let pipeline = path.remove(0);
    if !door.ingress.is_public(&pipeline) && !authorised(&door.token, request.headers()) {
        return Err(Refused::unauthorised());
    }
    // A statement of its own, for the lock of the table must not be held while the request is answered.
    let found = door.ingress.table().find(&pipeline, request.method().as_str(), &path);
    let (values, sender, max_body) = match found {
        Found::Route { values, sender, max_body } => (values, sender, max_body),
        Found::Methods(methods) => {
            let methods = methods.into_iter().collect::<Vec<_>>().join(", ");
            let reason = format!("this route takes {methods}");
            return Ok(([(ALLOW, methods)], Refused::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", reason)).into_response());
        }
        Found::Nothing => return Err(nothing()),
    };
    let Query(query) = query.map_err(bad_request)?;
    let _room = reserve(&door.ingress, request.headers(), max_body)?;
    let headers = headers(request.headers());
    let body = timeout(door.ingress.patience, read(request.into_body(), max_body)).await;
    let body = body.map_err(|_| Refused::new(StatusCode::REQUEST_TIMEOUT, "request_timeout", "the body did not come in time"))??;
    let (answer, answered) = oneshot::channel();
    // Nobody waits any more for an answer that comes too late.
    let answer = Box::new(move |response| drop(answer.send(response)));
    let request = neurite_core::Request { segments: values, query, headers, body, answer };
    hand_over(sender, request)?;
    match timeout(door.ingress.patience, answered).await {
        Ok(Ok(response)) => Ok(respond(response)),
        Ok(Err(_)) => Err(Refused::new(StatusCode::SERVICE_UNAVAILABLE, "not_answered", "the pipeline ended before it answered")),
        Err(_) => Err(Refused::new(
            StatusCode::GATEWAY_TIMEOUT,
            "answer_timeout",
            "the pipeline did not answer in time; it may still do the work",
        )),
    }
}

/// Queues a request for the plugin. Lets go of the route, or the plugin would not see it closed as long as a request waits for its answer.
fn hand_over(sender: mpsc::Sender<neurite_core::Request>, request: neurite_core::Request) -> Result<(), Refused> {
    sender.try_send(request).map_err(|error| match error {
        TrySendError::Full(_) => too_many(),
        TrySendError::Closed(_) => nothing(),
    })
}

/// Says that there is nothing at a path.
fn nothing() -> Refused {
    Refused::not_found("no pipeline has such a route")
}

fn authorised(token: &ApiToken, headers: &HeaderMap) -> bool {
    headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).is_some_and(|header| token.authorises(header))
}

fn bad_request(reason: impl ToString) -> Refused {
    Refused::new(StatusCode::BAD_REQUEST, "bad_request", reason)
}

fn too_many() -> Refused {
    Refused::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", "too many requests wait, try again later")
}

fn too_large(limit: usize) -> Refused {
    Refused::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", format!("the body may have at most {limit} bytes"))
}

/// Takes room for a body: as much as it announces, or as much as it may have.
fn reserve(ingress: &HttpIngress, headers: &HeaderMap, max_body: usize) -> Result<OwnedSemaphorePermit, Refused> {
    let announced = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()).and_then(|length| length.parse::<usize>().ok());
    let bytes = announced.unwrap_or(max_body);
    if bytes > max_body {
        return Err(too_large(max_body));
    }
    let kib = u32::try_from(bytes / 1024 + 1).unwrap_or(u32::MAX);
    ingress.room.clone().try_acquire_many_owned(kib).map_err(|_| too_many())
}

async fn read(body: Body, limit: usize) -> Result<Vec<u8>, Refused> {
    let mut chunks = body.into_data_stream();
    let mut bytes = Vec::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(bad_request)?;
        if bytes.len() + chunk.len() > limit {
            return Err(too_large(limit));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Returns the headers that a plugin sees; the server has bounded their size, and repeated ones are joined.
fn headers(headers: &HeaderMap) -> BTreeMap<String, String> {
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in headers.iter().filter(|(name, _)| !OWN_HEADERS.contains(name)) {
        let Ok(value) = value.to_str() else { continue };
        if let Some(first) = seen.get_mut(name.as_str()) {
            *first = format!("{first}, {value}");
        } else if seen.len() < MAX_HEADERS {
            seen.insert(name.to_string(), value.to_owned());
        }
    }
    seen
}

fn respond(response: neurite_core::Response) -> Response {
    let status = StatusCode::from_u16(response.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if response.body.is_null() {
        status.into_response()
    } else {
        (status, Json(response.body)).into_response()
    }
}
