//! The task that reads batches and feeds the stages.

use super::{source::Source, Run};
use crate::{
    queue::{Closed, Sender},
    StageName,
};
use neurite_core::{Batch, Bookmark, PluginError};
use std::{future::pending, pin::pin, sync::Arc, time::Duration};
use tokio::sync::{mpsc, oneshot};

/// What a stage is fed with. A feed that closes without an end was interrupted.
pub(super) enum Feed {
    /// The next rows.
    Batch(Arc<Batch>),
    /// There are no more rows.
    End,
}

/// The way to one stage.
pub(super) struct Lane {
    pub(super) stage: StageName,
    pub(super) feed: Sender<Feed>,
}

/// What the supervisor asks of the pump. It ends when nobody can ask any more.
pub(super) enum Command {
    /// Feeds a stage too, with the rows after its bookmark if they come again, else from where the source stands.
    Attach { lane: Lane, after: Bookmark },
    /// Closes the feeds of these stages, says so, and reads nothing until it is resumed.
    Detach { stages: Vec<StageName>, done: oneshot::Sender<()> },
    /// Reads on.
    Resume,
}

/// What the pump does next.
enum Turn {
    Feed(Option<Arc<Batch>>),
    Reopen(Bookmark),
    /// Look again what there is to do.
    Again,
    Stop,
}

pub(super) struct Pump {
    run: Arc<Run>,
    source: Source,
    lanes: Vec<Lane>,
    commands: mpsc::Receiver<Command>,
    /// When the next batch may be read, by the monotonic clock.
    due: Duration,
    /// Whether the source has ended; it may be opened again for a stage that is behind.
    ended: bool,
    /// Whether nothing is read although there are stages.
    paused: bool,
}

impl Pump {
    pub(super) fn new(run: Arc<Run>, source: Source, lanes: Vec<Lane>, commands: mpsc::Receiver<Command>) -> Self {
        Self { due: run.now(), run, source, lanes, commands, ended: false, paused: false }
    }

    /// Feeds the stages until the pipeline is drained or the supervisor has gone.
    pub(super) async fn work(mut self) -> Result<(), PluginError> {
        loop {
            match self.turn().await? {
                Turn::Feed(batch) => self.feed(batch).await,
                Turn::Reopen(bookmark) => {
                    self.source.reopen(&self.run, bookmark).await?;
                    self.ended = false;
                }
                Turn::Again => {}
                Turn::Stop => return Ok(()),
            }
        }
    }

    /// Waits for the next batch or command. The source is not interrupted by commands that leave it where it is.
    async fn turn(&mut self) -> Result<Turn, PluginError> {
        let Self { run, source, lanes, commands, due, ended, paused } = self;
        let bookmark = source.bookmark().clone();
        let idle = *ended || lanes.is_empty();
        let mut reading = pin!(async {
            if idle {
                // A command changes that.
                pending::<()>().await;
            }
            run.sleep_until(*due).await;
            source.next(run).await
        });
        loop {
            tokio::select! {
                biased;
                () = run.drain.cancelled() => return Ok(Turn::Stop),
                command = commands.recv() => {
                    let Some(command) = command else { return Ok(Turn::Stop) };
                    let behind = apply(lanes, paused, command).filter(|after| after.rows < bookmark.rows && run.source_kind().replays());
                    match behind {
                        Some(after) => return Ok(Turn::Reopen(after)),
                        // Who comes late is told of the end by the source.
                        None if *ended && !lanes.is_empty() => return Ok(Turn::Reopen(bookmark)),
                        None if idle && !lanes.is_empty() => return Ok(Turn::Again),
                        None => {}
                    }
                }
                batch = &mut reading, if !*paused => return Ok(Turn::Feed(batch?)),
            }
        }
    }

    /// Gives a batch to all stages, or tells them that there are no more.
    async fn feed(&mut self, batch: Option<Arc<Batch>>) {
        self.ended = batch.is_none();
        let mut gone = Vec::new();
        for (at, lane) in self.lanes.iter().enumerate() {
            let item = batch.clone().map_or(Feed::End, Feed::Batch);
            let sent = tokio::select! {
                biased;
                () = self.run.drain.cancelled() => return,
                sent = lane.feed.send(item) => sent,
            };
            match sent {
                Ok(None) => {}
                Ok(Some(dropped)) => count_dropped(&self.run, &lane.stage, &dropped),
                Err(Closed) => gone.push(at),
            }
        }
        for at in gone.into_iter().rev() {
            self.lanes.remove(at);
        }
        if self.ended {
            self.lanes.clear();
            return;
        }
        if let Some(interval) = self.run.document().acquisition.interval {
            // A late batch is not made up for by a burst.
            self.due = (self.due + interval).max(self.run.now());
        }
        self.run.count_source_dropped(self.source.dropped());
    }
}

/// Does what is asked; returns the rows that a new stage comes after.
fn apply(lanes: &mut Vec<Lane>, paused: &mut bool, command: Command) -> Option<Bookmark> {
    match command {
        Command::Attach { lane, after } => {
            lanes.push(lane);
            return Some(after);
        }
        Command::Detach { stages, done } => {
            lanes.retain(|lane| !stages.contains(&lane.stage));
            *paused = true;
            // Who asked may have gone.
            let _ = done.send(());
        }
        Command::Resume => *paused = false,
    }
    None
}

fn count_dropped(run: &Run, stage: &StageName, dropped: &Feed) {
    if let Feed::Batch(batch) = dropped {
        run.update_stage(stage, |status| {
            status.dropped_batches += 1;
            status.dropped_rows += batch.rows() as u64;
        });
    }
}
