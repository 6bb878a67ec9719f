//! The task that reads batches and feeds the stages.

use super::{graph::open_acquisition, Run};
use neurite_core::{Acquisition, Batch, PluginError};
use std::sync::Arc;
use tokio::sync::mpsc;

/// What a stage is fed with. A feed that closes without an end was interrupted.
pub(super) enum Feed {
    /// The next rows.
    Batch(Arc<Batch>),
    /// There are no more rows.
    End,
}

/// The source and where it stands.
pub(super) struct Source {
    pub(super) acquisition: Box<dyn Acquisition>,
    pub(super) position: u64,
}

impl Source {
    /// Returns the next batch; opens a source again that became unavailable, if the document allows it.
    async fn next(&mut self, run: &Run) -> Result<Option<Arc<Batch>>, PluginError> {
        let mut failures = 0;
        let batch = loop {
            match self.acquisition.next_batch().await {
                Ok(batch) => break batch,
                Err(error) if !run.document.acquisition.reconnectable => return Err(error),
                Err(error) => {
                    failures += 1;
                    run.wait_after(failures, error).await?;
                    self.acquisition = open_acquisition(run, self.position).await?;
                }
            }
        };
        let Some(batch) = batch else { return Ok(None) };
        if batch.start() != self.position {
            return Err(PluginError::internal(format!("source went to row {} instead of {}", batch.start(), self.position)));
        }
        self.position = batch.end();
        Ok(Some(Arc::new(batch)))
    }
}

/// Feeds the stages until the source ends, the pipeline is drained or a stage is gone.
pub(super) async fn pump(run: Arc<Run>, mut source: Source, feeds: Vec<mpsc::Sender<Feed>>) -> Result<(), PluginError> {
    let mut due = run.now();
    loop {
        let batch = tokio::select! {
            biased;
            () = run.drain.cancelled() => return Ok(()),
            batch = source.next(&run) => batch?,
        };
        let ended = batch.is_none();
        for feed in &feeds {
            let item = batch.clone().map_or(Feed::End, Feed::Batch);
            let sent = tokio::select! {
                biased;
                () = run.drain.cancelled() => return Ok(()),
                sent = feed.send(item) => sent,
            };
            if sent.is_err() {
                return Ok(());
            }
        }
        if ended {
            return Ok(());
        }
        if let Some(interval) = run.document.acquisition.interval {
            // A late batch is not made up for by a burst.
            due = (due + interval).max(run.now());
            tokio::select! {
                biased;
                () = run.drain.cancelled() => return Ok(()),
                () = run.sleep(due.saturating_sub(run.now())) => {}
            }
        }
    }
}
