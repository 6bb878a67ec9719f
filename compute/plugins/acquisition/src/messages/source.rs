//! From messages to batches.

use super::{Message, Rows, MAX_WAIT_MS};
use crate::columns::Columns;
use neurite_core::{Acquisition, Batch, Bookmark, BoxFuture, Clock, Context, ParameterFault, PluginError};
use std::{sync::Arc, time::Duration};

/// Where messages come from, one at a time.
pub(crate) trait MessageSource: Send {
    /// Called before the messages of a batch are asked for: those of the last one are in good hands.
    fn begin(&mut self) -> BoxFuture<'_, Result<(), PluginError>> {
        Box::pin(async { Ok(()) })
    }

    /// Returns the next message. Cancel-safe.
    fn next(&mut self) -> BoxFuture<'_, Result<Message, PluginError>>;

    /// Called when the message that was returned last does not decode.
    fn refuse<'a>(&'a mut self, _reason: &'a PluginError) -> BoxFuture<'a, Result<(), PluginError>> {
        Box::pin(async { Ok(()) })
    }

    /// Called when the messages that were returned and not refused are handed over as the rows from `first`, counted from 0.
    fn handed_over(&mut self, _first: u64) {}

    /// Returns how many messages were dropped because they were not asked for in time.
    fn dropped(&self) -> u64 {
        0
    }
}

/// How messages become batches.
pub(crate) struct Batching {
    /// The most rows of a batch.
    pub(crate) rows: u32,
    /// The longest time for which a row waits, in milliseconds.
    pub(crate) max_wait_ms: u32,
    /// What the messages hold.
    pub(crate) columns: Option<Columns>,
}

/// Returns what the schema cannot say is wrong with the columns of a source of messages.
pub(crate) fn batching_faults(columns: Option<&Columns>) -> Vec<ParameterFault> {
    columns.map(|columns| columns.faults(true)).unwrap_or_default()
}

/// The rows that the messages of a source are.
pub(crate) struct MessageRows<S> {
    source: S,
    rows: Rows,
    batch_rows: usize,
    max_wait: Duration,
    clock: Arc<dyn Clock>,
    position: u64,
    refused: u64,
    /// Why the source failed after the rows that were handed over last.
    failure: Option<PluginError>,
}

impl<S: MessageSource> MessageRows<S> {
    /// Makes batches of what a source gives; `input` is what it is called in errors.
    pub(crate) fn new(source: S, input: &str, batching: &Batching, context: &Context) -> Result<Self, PluginError> {
        Ok(Self {
            source,
            rows: Rows::new(input, batching.columns.as_ref())?,
            batch_rows: usize::try_from(batching.rows).unwrap_or(1).max(1),
            max_wait: Duration::from_millis(batching.max_wait_ms.min(MAX_WAIT_MS).into()),
            clock: context.services.clock.clone(),
            position: 0,
            refused: 0,
            failure: None,
        })
    }

    async fn read_batch(&mut self) -> Result<Option<Batch>, PluginError> {
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        self.source.begin().await?;
        let mut refused = self.refused;
        let mut waited: Option<BoxFuture<'static, ()>> = None;
        // Messages that are refused fill a batch too, or a flood of them would hold back the rows before them.
        while self.rows.len() < self.batch_rows && self.rows.has_room() && self.refused - refused < self.batch_rows as u64 {
            let next = match &mut waited {
                None => self.source.next().await,
                Some(waited) => tokio::select! {
                    biased;
                    next = self.source.next() => next,
                    () = waited => break,
                },
            };
            match next {
                Ok(message) => self.take(message).await?,
                Err(failure) if self.rows.len() == 0 => return Err(failure),
                Err(failure) => {
                    self.failure = Some(failure);
                    break;
                }
            }
            if self.rows.len() == 0 {
                refused = self.refused;
            } else if waited.is_none() {
                waited = Some(self.clock.sleep(self.max_wait));
            }
        }
        let batch = Batch::new(self.position, self.rows.take()?)?;
        self.source.handed_over(self.position);
        self.position = batch.end();
        Ok(Some(batch))
    }

    async fn take(&mut self, message: Message) -> Result<(), PluginError> {
        let row = self.position + self.rows.len() as u64 + 1;
        let Err(reason) = self.rows.push(row, message) else { return Ok(()) };
        self.refused += 1;
        if self.refused.is_power_of_two() {
            tracing::warn!(refused = self.refused, %reason, "message refused");
        }
        self.source.refuse(&reason).await?;
        // A flood of them leaves time to others.
        tokio::task::yield_now().await;
        Ok(())
    }
}

impl<S: MessageSource> Acquisition for MessageRows<S> {
    fn total(&self) -> Option<u64> {
        None
    }

    fn seek<'a>(&'a mut self, bookmark: &'a Bookmark) -> BoxFuture<'a, Result<(), PluginError>> {
        Box::pin(async move {
            self.position = bookmark.rows;
            Ok(())
        })
    }

    fn next_batch(&mut self) -> BoxFuture<'_, Result<Option<Batch>, PluginError>> {
        Box::pin(self.read_batch())
    }

    fn dropped(&self) -> u64 {
        self.source.dropped()
    }
}
