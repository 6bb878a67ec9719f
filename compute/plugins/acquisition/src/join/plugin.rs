//! The plugin `Join`, and payloads as messages.

use super::config::{JoinParameters, Kind};
use crate::messages::{batching_faults, Batching, Message, MessageRows, MessageSource};
use neurite_core::{Acquisition, BoxFuture, BusFilter, BusReader, Clock, Context, ParameterFault, Plugin, PluginError};
use serde_json::Value;
use std::sync::Arc;

/// Opens readers of the engine's bus.
#[derive(Debug, Clone, Copy)]
pub struct Join;

impl Plugin for Join {
    type Instance = Box<dyn Acquisition>;
    type Parameters = JoinParameters;
    const SIGNATURE: &'static str = "Join";
    const EXAMPLE: &'static str = include_str!("../../../../../examples/join.json");
    const LIVE: bool = true;

    fn check(&self, parameters: &JoinParameters) -> Vec<ParameterFault> {
        batching_faults(parameters.columns.as_ref())
    }

    fn open<'a>(&'a self, parameters: JoinParameters, context: &'a Context) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        Box::pin(async move {
            context.refuse_jobs()?;
            if parameters.pipelines.contains(&context.pipeline) {
                return Err(PluginError::parameters("/PIPELINES", "must not hold the pipeline itself: Loopback reads its own payloads"));
            }
            let JoinParameters { pipelines, signature, instance, kinds, .. } = parameters;
            let filter = BusFilter { pipelines, signature, instance };
            let payloads = Payloads::open(filter, kinds, parameters.capacity, context)?;
            let batching = Batching { rows: parameters.batch_rows, max_wait_ms: parameters.max_wait_ms, columns: parameters.columns };
            Ok(Box::new(MessageRows::new(payloads, "payloads", &batching, context)?) as Self::Instance)
        })
    }
}

/// Payloads of the engine's bus as messages.
pub(crate) struct Payloads {
    reader: Box<dyn BusReader>,
    kinds: Vec<Kind>,
    clock: Arc<dyn Clock>,
}

impl Payloads {
    /// Reads from now on what passes the filter and is of one of the kinds; fails as [`neurite_core::Bus::read`] does.
    pub(crate) fn open(filter: BusFilter, kinds: Vec<Kind>, capacity: u32, context: &Context) -> Result<Self, PluginError> {
        let reader = context.services.bus.read(filter, usize::try_from(capacity).unwrap_or(1))?;
        Ok(Self { reader, kinds, clock: context.services.clock.clone() })
    }
}

impl MessageSource for Payloads {
    fn next(&mut self) -> BoxFuture<'_, Result<Message, PluginError>> {
        Box::pin(async move {
            loop {
                let message = self.reader.next().await;
                if self.kinds.iter().any(|kind| kind.is(message.payload.kind)) {
                    let origin = format!("{}/{}/{}", message.origin.pipeline, message.origin.signature, message.origin.instance);
                    return Ok(Message::now(&*self.clock, &origin, Value::Object(message.payload.body).to_string()));
                }
            }
        })
    }

    fn dropped(&self) -> u64 {
        self.reader.dropped()
    }
}
