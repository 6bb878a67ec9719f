//! One resource of one web server.

use base64::{prelude::BASE64_STANDARD, Engine};
use bytes::Bytes;
use http::{
    header::{AUTHORIZATION, ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, USER_AGENT},
    HeaderMap, HeaderName, HeaderValue, Request, StatusCode, Uri,
};
use http_body_util::{BodyExt, Empty, LengthLimitError, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{connect::HttpConnector, Client},
    rt::{TokioExecutor, TokioTimer},
};
use neurite_core::{Endpoint, PluginError};
use rustls::{crypto::ring, ClientConfig, RootCertStore};
use std::{sync::Arc, time::Duration};

/// How long an answer may take to come whole.
const PATIENCE: Duration = Duration::from_secs(30);
/// Which header of a request says what header of the last answer.
const VERSIONS: [(HeaderName, HeaderName); 2] = [(IF_NONE_MATCH, ETAG), (IF_MODIFIED_SINCE, LAST_MODIFIED)];

/// What a server answered.
pub(super) struct Answer {
    /// The body.
    pub(super) body: Bytes,
    /// What tells this version of the resource from others.
    pub(super) version: HeaderMap,
}

/// Asks for one resource.
pub(super) struct Resource {
    client: Client<HttpsConnector<HttpConnector>, Empty<Bytes>>,
    uri: Uri,
    authorization: Option<HeaderValue>,
    max_body: usize,
    /// The resource in errors: its URL without a query, which may hold a key.
    name: String,
}

impl Resource {
    /// Prepares the requests; connects to nothing.
    ///
    /// Fails with [`PluginError::Parameters`] if the URL is none.
    pub(super) fn new(endpoint: &Endpoint, max_body: usize) -> Result<Self, PluginError> {
        let fault = |reason: String| PluginError::parameters("/URL", reason);
        let uri: Uri = endpoint.url.parse().map_err(|error| fault(format!("is no URL: {error}")))?;
        let name = endpoint.url.split(['?', '#']).next().unwrap_or_default().to_owned();
        let authorization = authorization(endpoint).map_err(fault)?;
        let connector = HttpsConnectorBuilder::new().with_tls_config(tls()?).https_or_http().enable_http1().build();
        // Without a timer, connections that nobody uses any more would stay open for ever.
        let client = Client::builder(TokioExecutor::new()).pool_timer(TokioTimer::new()).build(connector);
        Ok(Self { client, uri, authorization, max_body, name })
    }

    /// Returns what the resource is called in errors.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Asks once; `None` if the version that is known is still the last.
    pub(super) async fn ask(&self, known: &HeaderMap) -> Result<Option<Answer>, PluginError> {
        let answer = tokio::time::timeout(PATIENCE, self.exchange(known)).await;
        answer.unwrap_or_else(|_| Err(self.unavailable("no answer in time")))
    }

    async fn exchange(&self, known: &HeaderMap) -> Result<Option<Answer>, PluginError> {
        let mut request = Request::new(Empty::new());
        *request.uri_mut() = self.uri.clone();
        let headers = request.headers_mut();
        headers.insert(USER_AGENT, HeaderValue::from_static(concat!("neurite/", env!("CARGO_PKG_VERSION"))));
        headers.extend(self.authorization.clone().map(|value| (AUTHORIZATION, value)));
        for (condition, version) in VERSIONS {
            headers.extend(known.get(version).map(|value| (condition, value.clone())));
        }
        let response = self.client.request(request).await.map_err(|error| self.unavailable(innermost(&error)))?;
        match response.status() {
            StatusCode::NOT_MODIFIED => return Ok(None),
            status if status.is_success() => {}
            status if is_transient(status) => return Err(self.unavailable(format!("answers {status}"))),
            status if status.is_redirection() => {
                return Err(PluginError::input(&self.name, format!("answers {status}: redirects are not followed")));
            }
            status => return Err(PluginError::input(&self.name, format!("answers {status}"))),
        }
        let mut version = HeaderMap::new();
        for (_, name) in VERSIONS {
            version.extend(response.headers().get(&name).map(|value| (name, value.clone())));
        }
        let body = Limited::new(response.into_body(), self.max_body).collect().await.map_err(|error| {
            if error.is::<LengthLimitError>() {
                PluginError::input(&self.name, format!("answers more than {} bytes", self.max_body))
            } else {
                self.unavailable(error.to_string())
            }
        })?;
        Ok(Some(Answer { body: body.to_bytes(), version }))
    }

    fn unavailable(&self, reason: impl Into<String>) -> PluginError {
        PluginError::unavailable(&self.name, reason)
    }
}

fn is_transient(status: StatusCode) -> bool {
    let passing = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_EARLY, StatusCode::TOO_MANY_REQUESTS];
    status.is_server_error() || passing.contains(&status)
}

/// Makes the header that says who asks: user and password, or a token alone.
fn authorization(endpoint: &Endpoint) -> Result<Option<HeaderValue>, String> {
    let Some(password) = &endpoint.password else { return Ok(None) };
    let text = match &endpoint.user {
        Some(user) => format!("Basic {}", BASE64_STANDARD.encode(format!("{user}:{}", password.expose()))),
        None => format!("Bearer {}", password.expose()),
    };
    let mut value = HeaderValue::try_from(text).map_err(|_| "its token has characters that no header may have".to_owned())?;
    value.set_sensitive(true);
    Ok(Some(value))
}

/// Makes what checks a server's certificate: the machine's own list of authorities.
fn tls() -> Result<ClientConfig, PluginError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider())).with_safe_default_protocol_versions();
    let config = config.map_err(|error| PluginError::internal(error.to_string()))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

/// Returns the cause that says what happened, such as a refused connection.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
