//! The plugin `OnDemand`.

use super::config::OnDemandParameters;
use crate::messages::{batching_faults, refusal, Batching, Check, MessageRows, RequestRows};
use neurite_core::{Acquisition, BoxFuture, Context, ParameterFault, Plugin, PluginError};
use serde::de::IgnoredAny;

/// Opens routes for rows of JSON.
#[derive(Debug, Clone, Copy)]
pub struct OnDemand;

impl Plugin for OnDemand {
    type Instance = Box<dyn Acquisition>;
    type Parameters = OnDemandParameters;
    const SIGNATURE: &'static str = "OnDemand";
    const EXAMPLE: &'static str = include_str!("../../../../../examples/on_demand.json");
    const LIVE: bool = true;

    fn check(&self, parameters: &OnDemandParameters) -> Vec<ParameterFault> {
        batching_faults(parameters.columns.as_ref())
    }

    fn open<'a>(&'a self, parameters: OnDemandParameters, context: &'a Context) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        Box::pin(async move {
            context.refuse_jobs()?;
            let max_body = usize::try_from(parameters.max_body_bytes).unwrap_or(usize::MAX);
            let route = RequestRows::route("POST", &parameters.path, "Makes a row of a JSON value.", max_body, context);
            let requests = RequestRows::open(route, parameters.waiting, is_json(), context)?;
            let batching = Batching { rows: parameters.batch_rows, max_wait_ms: parameters.max_wait_ms, columns: parameters.columns };
            Ok(Box::new(MessageRows::new(requests, &parameters.path, &batching, context)?) as Self::Instance)
        })
    }
}

/// Takes bodies that are JSON.
fn is_json() -> Check {
    Box::new(|request| {
        let read = serde_json::from_slice::<IgnoredAny>(&request.body);
        read.map(drop).map_err(|error| refusal(400, "not_json", error.to_string()))
    })
}
