//! The source of a pipeline and where it stands.

use super::{open::on_blocking_thread, Run};
use crate::store::StageCheckpoint;
use neurite_config::{AcquisitionSpec, PluginSpec};
use neurite_core::{Acquisition, Batch, Bookmark, PluginError, PluginKind};
use serde_json::Value;
use std::sync::Arc;

/// What can be expected of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct SourceKind {
    /// Rows that are not taken in time are dropped, as the document says.
    pub(crate) live_feed: bool,
    /// The source has no end; what it delivered is gone, unless it has a cursor.
    pub(crate) live: bool,
    /// The source remembers its place by more than the number of rows.
    pub(crate) has_cursor: bool,
}

impl SourceKind {
    /// Finds out of a document's source what it says itself and what its plugin says.
    pub(super) fn of(run: &Run, spec: &AcquisitionSpec) -> Self {
        let descriptor = run.parts.registry.descriptor(PluginKind::Acquisition, &spec.plugin.signature);
        Self { live_feed: spec.live_feed, live: descriptor.is_ok_and(|descriptor| descriptor.live), has_cursor: false }
    }

    /// Tells whether rows after a bookmark come again, the same as before.
    pub(super) fn replays(self) -> bool {
        !self.live_feed && (!self.live || self.has_cursor)
    }

    /// Tells whether rows may be missing between two batches.
    pub(super) fn has_gaps(self) -> bool {
        self.live_feed || self.live
    }

    /// Returns where the source has to begin: at the stage that is furthest behind if rows come again, else at the one furthest ahead.
    pub(super) fn start<'a>(self, stages: impl Iterator<Item = &'a StageCheckpoint>) -> Bookmark {
        let bookmarks = stages.map(|saved| &saved.bookmark);
        let chosen =
            if self.replays() { bookmarks.min_by_key(|bookmark| bookmark.rows) } else { bookmarks.max_by_key(|bookmark| bookmark.rows) };
        chosen.cloned().unwrap_or_default()
    }
}

/// The source and where it stands.
pub(super) struct Source {
    plugin: PluginSpec,
    acquisition: Box<dyn Acquisition>,
    bookmark: Bookmark,
}

impl Source {
    /// Opens the source of a document so that it goes on after a bookmark.
    pub(super) async fn open(run: &Arc<Run>, plugin: &PluginSpec, bookmark: Bookmark) -> Result<Self, PluginError> {
        let (opening, spec, after) = (run.clone(), plugin.clone(), bookmark.clone());
        let acquisition = on_blocking_thread(async move { open(&opening, &spec, &after).await }).await?;
        run.set_bookmark(bookmark.clone());
        Ok(Self { plugin: plugin.clone(), acquisition, bookmark })
    }

    /// Returns the rows of the shard; `None` without an end.
    pub(super) fn total(&self) -> Option<u64> {
        self.acquisition.total()
    }

    /// Returns where it stands.
    pub(super) fn bookmark(&self) -> &Bookmark {
        &self.bookmark
    }

    /// Returns how many rows were dropped inside it.
    pub(super) fn dropped(&self) -> u64 {
        self.acquisition.dropped()
    }

    /// Goes to a bookmark with a new instance of the plugin, for the present one may have been interrupted.
    pub(super) async fn reopen(&mut self, run: &Arc<Run>, bookmark: Bookmark) -> Result<(), PluginError> {
        *self = Self::open(run, &self.plugin, bookmark).await?;
        Ok(())
    }

    /// Returns the next batch; opens a source again that became unavailable, if the document allows it.
    pub(super) async fn next(&mut self, run: &Arc<Run>) -> Result<Option<Arc<Batch>>, PluginError> {
        let mut failures = 0;
        let batch = loop {
            match self.acquisition.next_batch().await {
                Ok(batch) => break batch,
                Err(error) if !run.document().acquisition.reconnectable => return Err(error),
                Err(error) => {
                    failures += 1;
                    run.wait_after(failures, error).await?;
                    self.reopen(run, self.bookmark.clone()).await?;
                }
            }
        };
        let Some(batch) = batch else { return Ok(None) };
        let (start, position) = (batch.start(), self.bookmark.rows);
        if start < position || (start > position && !run.source_kind().has_gaps()) {
            return Err(PluginError::internal(format!("source went to row {start} instead of {position}")));
        }
        self.bookmark = batch.bookmark();
        run.set_bookmark(self.bookmark.clone());
        if self.bookmark.cursor != Value::Null {
            run.set_source_kind(SourceKind { has_cursor: true, ..run.source_kind() });
        }
        Ok(Some(Arc::new(batch)))
    }
}

async fn open(run: &Run, plugin: &PluginSpec, after: &Bookmark) -> Result<Box<dyn Acquisition>, PluginError> {
    let PluginSpec { signature, parameters } = plugin;
    let context = run.context(signature, "");
    let open = || run.parts.registry.open::<Box<dyn Acquisition>>(signature, parameters.clone(), &context);
    let mut acquisition = run.retry(open).await?;
    if *after != Bookmark::default() {
        acquisition.seek(after).await?;
    }
    Ok(acquisition)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::StageName;
    use serde_json::json;

    #[test]
    fn the_stage_furthest_behind_decides_where_rows_come_again() {
        let name = |instance: &str| StageName { signature: "A".into(), instance: instance.into() };
        let saved = |instance: &str, rows: u64| {
            let bookmark = Bookmark { rows, cursor: json!(rows) };
            StageCheckpoint::fresh(name(instance), bookmark, String::new())
        };
        let stages = [saved("one", 7), saved("two", 3), saved("three", 9)];
        let start = |kind: SourceKind| kind.start(stages.iter()).rows;
        let kinds = |live_feed, live, has_cursor| SourceKind { live_feed, live, has_cursor };
        assert_eq!(start(kinds(false, false, false)), 3, "a file");
        assert_eq!(start(kinds(false, true, true)), 3, "a query by key");
        assert_eq!(start(kinds(false, true, false)), 9, "a subscription");
        assert_eq!(start(kinds(true, true, true)), 9, "a live feed");
    }
}
