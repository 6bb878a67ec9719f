//! The plugin `AMQP`.

use super::{config::AmqpParameters, sink::AmqpSink};
use crate::template::Template;
use lapin::{types::ShortString, uri::AMQPUri};
use neurite_core::{BoxFuture, Communication, Context, Endpoint, Need, ParameterFault, Plugin, PluginError};
use std::{sync::Arc, time::Duration};

/// The characters that divide a routing key or stand for several.
const SEPARATORS: &[char] = &['.', '*', '#'];
/// How often both sides show that they are alive, in seconds.
const HEARTBEAT: u16 = 10;
/// The schemes of the addresses that are spoken to.
const SCHEMES: &[&str] = &["amqp"];

/// Opens connections to AMQP brokers.
#[derive(Debug, Clone, Copy)]
pub struct Amqp;

impl Plugin for Amqp {
    type Instance = Arc<dyn Communication>;
    type Parameters = AmqpParameters;
    const SIGNATURE: &'static str = "AMQP";
    const EXAMPLE: &'static str = include_str!("../../../../../examples/amqp.json");

    fn check(&self, parameters: &AmqpParameters) -> Vec<ParameterFault> {
        let mut faults = Vec::new();
        if let Err(message) = Template::parse(&parameters.routing_key, SEPARATORS) {
            faults.push(ParameterFault { path: "/ROUTING_KEY".into(), message });
        }
        if parameters.exchange.is_empty() && parameters.exchange_type.is_some() {
            faults.push(ParameterFault { path: "/EXCHANGE_TYPE".into(), message: "needs the name of an exchange".into() });
        }
        faults
    }

    fn needs(&self, parameters: &AmqpParameters, context: &Context) -> Result<Vec<Need>, PluginError> {
        let endpoint = context.services.connections.resolve(&parameters.url, SCHEMES, "/URL", context)?;
        Ok(vec![Need::Service(endpoint)])
    }

    fn open<'a>(&'a self, parameters: AmqpParameters, context: &'a Context) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        Box::pin(async move { Ok(Arc::new(sink(parameters, context)?) as Self::Instance) })
    }
}

fn sink(parameters: AmqpParameters, context: &Context) -> Result<AmqpSink, PluginError> {
    let endpoint = context.services.connections.resolve(&parameters.url, SCHEMES, "/URL", context)?;
    let routing_key = Template::parse(&parameters.routing_key, SEPARATORS);
    Ok(AmqpSink {
        uri: uri(&endpoint)?,
        service: endpoint.service(),
        exchange: ShortString::try_new(parameters.exchange).map_err(|error| PluginError::parameters("/EXCHANGE", error.to_string()))?,
        exchange_type: parameters.exchange_type,
        routing_key: routing_key.map_err(|reason| PluginError::parameters("/ROUTING_KEY", reason))?,
        mandatory: parameters.mandatory,
        timeout: Duration::from_millis(parameters.timeout_ms),
        live: Default::default(),
    })
}

fn uri(endpoint: &Endpoint) -> Result<AMQPUri, PluginError> {
    let mut uri: AMQPUri = endpoint.url.parse().map_err(|reason| PluginError::parameters("/URL", format!("is no AMQP URL: {reason}")))?;
    if let Some(user) = &endpoint.user {
        uri.authority.userinfo.username = user.clone();
    }
    if let Some(password) = &endpoint.password {
        uri.authority.userinfo.password = password.expose().to_owned();
    }
    uri.query.heartbeat.get_or_insert(HEARTBEAT);
    Ok(uri)
}
