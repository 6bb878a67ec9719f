//! The plugin `HttpPoll` and its loop.

use super::{
    client::Resource,
    config::{Format, HttpPollParameters},
    decode::decode,
};
use crate::messages::{batching_faults, Batching, Message, MessageRows, MessageSource};
use http::HeaderMap;
use neurite_core::{Acquisition, BoxFuture, Clock, Context, Need, ParameterFault, Plugin, PluginError};
use std::{sync::Arc, time::Duration};
use tokio::{sync::mpsc, task::JoinHandle};

/// Failures in a row after which the source is unavailable.
pub const FAILURES: u32 = 8;
/// How long a row waits for the next of the same answer, which are all there already, in milliseconds.
const MAX_WAIT_MS: u32 = 10;
/// The schemes of the addresses that are spoken to.
const SCHEMES: &[&str] = &["http", "https"];

/// Opens resources of web servers.
#[derive(Debug, Clone, Copy)]
pub struct HttpPoll;

impl Plugin for HttpPoll {
    type Instance = Box<dyn Acquisition>;
    type Parameters = HttpPollParameters;
    const SIGNATURE: &'static str = "HttpPoll";
    const EXAMPLE: &'static str = include_str!("../../../../../examples/http_poll.json");
    const LIVE: bool = true;

    fn check(&self, parameters: &HttpPollParameters) -> Vec<ParameterFault> {
        batching_faults(parameters.columns.as_ref())
    }

    fn needs(&self, parameters: &HttpPollParameters, context: &Context) -> Result<Vec<Need>, PluginError> {
        let endpoint = context.services.connections.resolve(&parameters.url, SCHEMES, "/URL", context)?;
        Ok(vec![Need::Service(endpoint)])
    }

    fn open<'a>(&'a self, parameters: HttpPollParameters, context: &'a Context) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        Box::pin(async move {
            let endpoint = context.services.connections.resolve(&parameters.url, SCHEMES, "/URL", context)?;
            let resource = Resource::new(&endpoint, usize::try_from(parameters.max_body_bytes).unwrap_or(usize::MAX))?;
            let input = resource.name().to_owned();
            let poll = Poll::start(resource, &parameters, context);
            let batching = Batching { rows: parameters.batch_rows, max_wait_ms: MAX_WAIT_MS, columns: parameters.columns };
            Ok(Box::new(MessageRows::new(poll, &input, &batching, context)?) as Self::Instance)
        })
    }
}

/// Messages of a resource that is asked for as long as they are read.
struct Poll {
    messages: mpsc::Receiver<Result<Message, PluginError>>,
    asking: JoinHandle<()>,
}

impl Poll {
    fn start(resource: Resource, parameters: &HttpPollParameters, context: &Context) -> Self {
        let (sender, messages) = mpsc::channel(usize::try_from(parameters.batch_rows).unwrap_or(1).max(1));
        let asker = Asker {
            resource,
            format: parameters.format,
            interval: Duration::from_millis(parameters.interval_ms.into()),
            clock: context.services.clock.clone(),
            version: HeaderMap::new(),
            sender,
        };
        Self { messages, asking: tokio::spawn(asker.run()) }
    }
}

impl MessageSource for Poll {
    fn next(&mut self) -> BoxFuture<'_, Result<Message, PluginError>> {
        Box::pin(async move {
            let message = self.messages.recv().await;
            message.unwrap_or_else(|| Err(PluginError::unavailable("HTTP poll", "it has ended")))
        })
    }
}

impl Drop for Poll {
    fn drop(&mut self) {
        self.asking.abort();
    }
}

/// Asks, until nobody reads any more or it fails.
struct Asker {
    resource: Resource,
    format: Format,
    interval: Duration,
    clock: Arc<dyn Clock>,
    /// What is known of the version that was read last.
    version: HeaderMap,
    sender: mpsc::Sender<Result<Message, PluginError>>,
}

impl Asker {
    async fn run(mut self) {
        let mut failures = 0;
        loop {
            match self.ask().await {
                Ok(()) => failures = 0,
                Err(error) if error.is_transient() && failures + 1 < FAILURES => {
                    failures += 1;
                    tracing::warn!(failures, %error, "will ask again");
                }
                Err(error) => {
                    // Nobody reads any more when a pipeline has ended.
                    let _ = self.sender.send(Err(error)).await;
                    return;
                }
            }
            if self.sender.is_closed() {
                return;
            }
            self.clock.sleep(self.interval).await;
        }
    }

    async fn ask(&mut self) -> Result<(), PluginError> {
        let Some(answer) = self.resource.ask(&self.version).await? else { return Ok(()) };
        for row in decode(self.format, self.resource.name(), &answer.body)? {
            let message = Message::now(&*self.clock, self.resource.name(), row);
            if self.sender.send(Ok(message)).await.is_err() {
                return Ok(());
            }
        }
        // Only now, so that rows are not taken for read that were not.
        self.version = answer.version;
        Ok(())
    }
}
