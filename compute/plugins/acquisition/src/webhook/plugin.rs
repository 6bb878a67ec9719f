//! The plugin `Webhook`.

use super::{config::WebhookParameters, signature::Signature};
use crate::messages::{batching_faults, refusal, Batching, Check, MessageRows, RequestRows};
use neurite_core::{Acquisition, BoxFuture, Context, ParameterFault, Plugin, PluginError};

/// Schemes that the connection with the secret may have.
const SCHEMES: [&str; 2] = ["https", "http"];

/// Opens routes for the calls of other services.
#[derive(Debug, Clone, Copy)]
pub struct Webhook;

impl Plugin for Webhook {
    type Instance = Box<dyn Acquisition>;
    type Parameters = WebhookParameters;
    const SIGNATURE: &'static str = "Webhook";
    const EXAMPLE: &'static str = include_str!("../../../../../examples/webhook.json");
    const LIVE: bool = true;

    fn check(&self, parameters: &WebhookParameters) -> Vec<ParameterFault> {
        batching_faults(parameters.columns.as_ref())
    }

    fn open<'a>(&'a self, parameters: WebhookParameters, context: &'a Context) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        Box::pin(async move {
            context.refuse_jobs()?;
            let check = caller(&parameters, context)?;
            let max_body = usize::try_from(parameters.max_body_bytes).unwrap_or(usize::MAX);
            let route = RequestRows::route(parameters.method.name(), &parameters.path, "Makes a row of a body.", max_body, context);
            let requests = RequestRows::open(route, parameters.waiting, check, context)?;
            let batching = Batching { rows: parameters.batch_rows, max_wait_ms: parameters.max_wait_ms, columns: parameters.columns };
            Ok(Box::new(MessageRows::new(requests, &parameters.path, &batching, context)?) as Self::Instance)
        })
    }
}

/// Takes calls from whoever knows the secret, or from all if there is none.
fn caller(parameters: &WebhookParameters, context: &Context) -> Result<Check, PluginError> {
    let Some(secret) = &parameters.secret else { return Ok(Box::new(|_| Ok(()))) };
    let endpoint = context.services.connections.resolve(secret, &SCHEMES, "/SECRET", context)?;
    let signature = Signature::new(endpoint.password.as_ref())?;
    let header = parameters.signature_header.to_lowercase();
    Ok(Box::new(move |request| {
        let given = request.headers.get(&header);
        if given.is_some_and(|given| signature.matches(given, &request.body)) {
            Ok(())
        } else {
            Err(refusal(401, "unauthorised", format!("the header {header} must have the HMAC-SHA256 of the body")))
        }
    }))
}
