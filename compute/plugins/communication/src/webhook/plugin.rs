//! The plugin `WEBHOOK`.

use super::{config::WebhookParameters, sink::WebhookSink};
use crate::{service, tls::Trust};
use http::{
    header::{AUTHORIZATION, CONTENT_TYPE, USER_AGENT},
    uri::{InvalidUri, Scheme},
    HeaderMap, HeaderValue, Uri,
};
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::{
    client::legacy::{connect::HttpConnector, Client},
    rt::{TokioExecutor, TokioTimer},
};
use neurite_core::{BoxFuture, Communication, Context, Endpoint, Need, Plugin, PluginError, SecretText};
use std::{sync::Arc, time::Duration};

/// The schemes of the addresses that are spoken to.
const SCHEMES: &[&str] = &["http", "https"];
/// After how long a connection is closed that nobody uses: a burst opens many that are not needed again soon.
const IDLE: Duration = Duration::from_secs(10);

/// Opens webhooks.
#[derive(Debug, Clone, Default)]
pub struct Webhook {
    pub(super) trust: Trust,
}

impl Plugin for Webhook {
    type Instance = Arc<dyn Communication>;
    type Parameters = WebhookParameters;
    const SIGNATURE: &'static str = "WEBHOOK";
    const EXAMPLE: &'static str = include_str!("../../../../../examples/webhook_delivery.json");

    fn needs(&self, parameters: &WebhookParameters, context: &Context) -> Result<Vec<Need>, PluginError> {
        let endpoint = context.services.connections.resolve(&parameters.url, SCHEMES, "/URL", context)?;
        Ok(vec![Need::Service(endpoint)])
    }

    fn open<'a>(&'a self, parameters: WebhookParameters, context: &'a Context) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        Box::pin(async move { Ok(Arc::new(self.sink(&parameters, context)?) as Self::Instance) })
    }
}

impl Webhook {
    fn sink(&self, parameters: &WebhookParameters, context: &Context) -> Result<WebhookSink, PluginError> {
        let endpoint = context.services.connections.resolve(&parameters.url, SCHEMES, "/URL", context)?;
        let uri: Uri = endpoint.url.parse().map_err(|error: InvalidUri| PluginError::parameters("/URL", error.to_string()))?;
        let secret = if parameters.sign { Some(signing_secret(&endpoint)?) } else { None };
        let mut headers = HeaderMap::from_iter([
            (CONTENT_TYPE, HeaderValue::from_static("application/json")),
            (USER_AGENT, HeaderValue::from_static(concat!("neurite/", env!("CARGO_PKG_VERSION")))),
        ]);
        if secret.is_none() {
            headers.extend(service::authorization(&endpoint)?.map(|value| (AUTHORIZATION, value)));
        }
        let service = endpoint.service();
        let trust = if uri.scheme() == Some(&Scheme::HTTPS) { &self.trust } else { &Trust::Nobody };
        let tls = trust.client_config().map_err(|error| error.at(&service))?;
        let mut plain = HttpConnector::new();
        plain.enforce_http(false);
        plain.set_nodelay(true);
        let connector = HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1().wrap_connector(plain);
        // Without a timer, connections that nobody uses any more would stay open for ever.
        let client = Client::builder(TokioExecutor::new()).pool_timer(TokioTimer::new()).pool_idle_timeout(IDLE).build(connector);
        let (timeout, clock) = (Duration::from_millis(parameters.timeout_ms), context.services.clock.clone());
        Ok(WebhookSink { client, uri, headers, service, secret, timeout, clock, resume_at: Default::default() })
    }
}

fn signing_secret(endpoint: &Endpoint) -> Result<SecretText, PluginError> {
    let lacking = || PluginError::parameters("/SIGN", "needs a connection whose password is the secret");
    endpoint.password.clone().ok_or_else(lacking)
}
