//! The instances of `WEBHOOK`.

use crate::{message::Message, service, SinkError};
use bytes::Bytes;
use hmac::{Hmac, Mac};
use http::{header::RETRY_AFTER, HeaderMap, HeaderValue, Method, Request, Response, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::{connect::HttpConnector, Client};
use neurite_core::{BoxFuture, Clock, Communication, Origin, Payload, PluginError, SecretText};
use sha2::Sha256;
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, UNIX_EPOCH},
};

/// The longest that a server may make its callers wait.
pub const MAX_RETRY_AFTER: Duration = Duration::from_secs(60);
/// The most of an answer that is read, so that its connection can be used again.
const MAX_ANSWER_BYTES: usize = 64 * 1024;
const IDEMPOTENCY_KEY: &str = "idempotency-key";
const SIGNATURE: &str = "x-neurite-signature";

/// An instance.
pub(super) struct WebhookSink {
    pub(super) client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    pub(super) uri: Uri,
    /// What every request says.
    pub(super) headers: HeaderMap,
    pub(super) service: String,
    pub(super) secret: Option<SecretText>,
    pub(super) timeout: Duration,
    pub(super) clock: Arc<dyn Clock>,
    /// Until when the server wants to be left alone, on the monotonic clock.
    pub(super) resume_at: Mutex<Duration>,
}

impl WebhookSink {
    async fn post(&self, origin: &Origin, payload: &Payload) -> Result<(), SinkError> {
        let request = self.request(Message::new(origin, payload)?)?;
        self.wait_for_the_server().await;
        let asked = tokio::time::timeout(self.timeout, self.ask(request)).await;
        let answer = asked.unwrap_or(Err(SinkError::TimedOut { after: self.timeout }))?;
        if answer.status().is_success() {
            return Ok(());
        }
        let error = SinkError::Status { status: answer.status().as_u16() };
        let pause = retry_after(answer.headers(), self.clock.unix_ms()).filter(|_| error.is_transient());
        if let Some(pause) = pause {
            *self.resume_at.lock().unwrap_or_else(PoisonError::into_inner) = self.clock.monotonic().saturating_add(pause);
        }
        Err(error)
    }

    fn request(&self, message: Message) -> Result<Request<Full<Bytes>>, SinkError> {
        let mut headers = self.headers.clone();
        if let Some(id) = &message.id {
            headers.insert(IDEMPOTENCY_KEY, HeaderValue::from_str(id).map_err(|_| SinkError::NoId)?);
        }
        if let Some(secret) = &self.secret {
            let signature = signature(secret, message.json.as_bytes());
            headers.insert(SIGNATURE, HeaderValue::from_str(&signature).expect("hexadecimal digits may be in a header; qed"));
        }
        let mut request = Request::new(Full::new(Bytes::from(message.json)));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.uri.clone();
        *request.headers_mut() = headers;
        Ok(request)
    }

    async fn wait_for_the_server(&self) {
        let resume_at = *self.resume_at.lock().unwrap_or_else(PoisonError::into_inner);
        let pause = resume_at.saturating_sub(self.clock.monotonic());
        if !pause.is_zero() {
            self.clock.sleep(pause).await;
        }
    }

    /// Returns status and headers. What else the server says is read only so that the connection can be used again.
    async fn ask(&self, request: Request<Full<Bytes>>) -> Result<Response<()>, SinkError> {
        let answer = self.client.request(request).await.map_err(|error| {
            let reason = service::innermost(&error);
            if error.is_connect() {
                SinkError::Unreachable { reason }
            } else {
                SinkError::Lost { reason }
            }
        })?;
        let (head, body) = answer.into_parts();
        // An answer that is too long or breaks off costs the connection, not the payload.
        drop(Limited::new(body, MAX_ANSWER_BYTES).collect().await);
        Ok(Response::from_parts(head, ()))
    }
}

impl Communication for WebhookSink {
    fn send<'a>(&'a self, origin: &'a Origin, payload: &'a Payload) -> BoxFuture<'a, Result<(), PluginError>> {
        Box::pin(async move { self.post(origin, payload).await.map_err(|error| error.at(&self.service)) })
    }
}

/// Returns the value of the header that proves who wrote the body.
pub(super) fn signature(secret: &SecretText, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()).expect("HMAC takes keys of any length; qed");
    mac.update(body);
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

/// Returns how long the server wants to be left alone, at most [`MAX_RETRY_AFTER`]: a number of seconds, or a date.
fn retry_after(headers: &HeaderMap, unix_ms: u64) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let pause = match text.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let until = httpdate::parse_http_date(text).ok()?.duration_since(UNIX_EPOCH).ok()?;
            until.saturating_sub(Duration::from_millis(unix_ms))
        }
    };
    Some(pause.min(MAX_RETRY_AFTER))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_a_number_or_a_date_and_bounded() {
        let at = |text: &str| {
            let headers = HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_str(text).unwrap())]);
            // Sun, 06 Nov 1994 08:49:37 GMT
            retry_after(&headers, 784_111_777_000)
        };
        assert_eq!(at("7"), Some(Duration::from_secs(7)));
        assert_eq!(at("86400"), Some(MAX_RETRY_AFTER));
        assert_eq!(at("Sun, 06 Nov 1994 08:49:47 GMT"), Some(Duration::from_secs(10)));
        assert_eq!(at("Sun, 06 Nov 1994 08:49:30 GMT"), Some(Duration::ZERO));
        assert_eq!(at("Mon, 07 Nov 1994 08:49:30 GMT"), Some(MAX_RETRY_AFTER));
        assert_eq!(at("soon"), None);
        assert_eq!(retry_after(&HeaderMap::new(), 0), None);
    }

    #[test]
    fn a_signature_is_the_hmac_of_rfc_4231() {
        let expected = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(signature(&SecretText::new("Jefe"), b"what do ya want for nothing?"), expected);
    }
}
