//! The plugin `Loopback`.

use super::config::LoopbackParameters;
use crate::{
    join::Payloads,
    messages::{batching_faults, Batching, Message, MessageRows, MessageSource},
};
use neurite_core::{Acquisition, BoxFuture, BusFilter, Context, ParameterFault, Plugin, PluginError};
use serde_json::Value;

/// Where the first row comes from.
const SEED: &str = "seed";

/// Opens readers of a pipeline's own payloads.
#[derive(Debug, Clone, Copy)]
pub struct Loopback;

impl Plugin for Loopback {
    type Instance = Box<dyn Acquisition>;
    type Parameters = LoopbackParameters;
    const SIGNATURE: &'static str = "Loopback";
    const EXAMPLE: &'static str = include_str!("../../../../../examples/loopback.json");
    const LIVE: bool = true;

    fn check(&self, parameters: &LoopbackParameters) -> Vec<ParameterFault> {
        batching_faults(parameters.columns.as_ref())
    }

    fn open<'a>(&'a self, parameters: LoopbackParameters, context: &'a Context) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        Box::pin(async move {
            context.refuse_jobs()?;
            let LoopbackParameters { seed, signature, instance, kinds, .. } = parameters;
            let filter = BusFilter { pipelines: vec![context.pipeline.clone()], signature, instance };
            let payloads = Payloads::open(filter, kinds, parameters.capacity, context)?;
            let seed = seed.map(|body| Message::now(&*context.services.clock, SEED, Value::Object(body).to_string()));
            let batching = Batching { rows: parameters.batch_rows, max_wait_ms: parameters.max_wait_ms, columns: parameters.columns };
            Ok(Box::new(MessageRows::new(Loop { seed, payloads }, "payloads", &batching, context)?) as Self::Instance)
        })
    }
}

/// A seed, and what grows from it.
struct Loop {
    seed: Option<Message>,
    payloads: Payloads,
}

impl MessageSource for Loop {
    fn next(&mut self) -> BoxFuture<'_, Result<Message, PluginError>> {
        match self.seed.take() {
            Some(seed) => Box::pin(async { Ok(seed) }),
            None => self.payloads.next(),
        }
    }

    fn dropped(&self) -> u64 {
        self.payloads.dropped()
    }
}
